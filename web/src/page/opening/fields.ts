/**
 * What stands in a link: each key has one entry in a table, how it is written and how it
 * is read. What is as usual is left out; what cannot be read is `Damaged`.
 */

import {
  ACTIVATIONS,
  type ActivationName,
  INITIALIZERS,
  LOSSES,
  OPTIMIZERS,
  SCHEDULES,
} from "../../engine/formulas";
import type { HiddenLayer, Settings, Shape, ToyName } from "../../protocol";
import type { Speed, Theme } from "../lab";
import type { Way } from "../run";
import { FIRST, MOST_LAYERS, MOST_UNITS } from "../settings";
import type { Language } from "../words";
import { packedPoints, unpackedPoints } from "./points";

/** What a link says. */
export interface LinkState {
  /** Those that the run began with. */
  settings: Settings;
  step: number;
  branch: number;
  /** What was changed on the way, in each branch; none where nothing was. */
  ways: Way[];
  language: Language;
  theme: Theme;
  contrast: boolean;
  speed: Speed;
  hidden: string[];
  task: string;
  tab: string;
}

/** A value that cannot be read. */
export class Damaged extends Error {}

type State = LinkState;
type Put = (state: Partial<State>, some: Partial<Settings>) => void;

interface Field {
  /** What need not be said. */
  usual?: string;
  /** What stands behind the key; nothing where it has no meaning. */
  write(state: State, shape: Shape | null): string | undefined | Promise<string>;
  read(text: string, put: Put, state: Partial<State>): void | Promise<void>;
}

const TOYS: ToyName[] = ["spiral", "circles", "gaussians", "moons", "xor", "sine"];
const LANGUAGES: Language[] = ["en", "ja", "zh"];
const THEMES: Theme[] = ["auto", "light", "dark"];
const BATCHES: Settings["batches"][] = ["shuffle", "random", "online", "full"];
const PRECISIONS: Settings["precision"][] = ["float32", "float64"];
/** More are not waited for. */
export const MOST_STEPS = 1e7;
const SPEEDS = ["1", "10", "100", "1000", "max"];

/** A key for one setting that is a number. */
function numeral(name: NumberSetting, low: number, high: number, whole = false): Field {
  return {
    usual: `${FIRST[name]}`,
    write: ({ settings }) => `${settings[name]}`,
    read: (text, put, state) => put(state, { [name]: number(text, low, high, whole) }),
  };
}

type NumberSetting =
  | "testSize"
  | "seed"
  | "std"
  | "weightDecay"
  | "l1"
  | "batchSize"
  | "learningRate";

/** A key for one setting that is a name. */
function choice(
  name: "output" | "loss" | "initializer" | "batches" | "precision",
  names: string[],
): Field {
  return {
    usual: FIRST[name],
    write: ({ settings }) => settings[name],
    read: (text, put, state) => put(state, { [name]: one(text, names) }),
  };
}

/** A key for something that is no setting of the training. */
function plain<Name extends keyof Omit<State, "settings" | "ways">>(
  name: Name,
  usual: State[Name] | undefined,
  read: (text: string) => State[Name],
): Field {
  return {
    usual: `${usual}`,
    write: (state) => `${state[name]}`,
    read: (text, _put, state) => {
      state[name] = read(text);
    },
  };
}

export const FIELDS: Record<string, Field> = {
  lang: plain("language", undefined, (text) => one(text, LANGUAGES)),
  data: { write: dataName, read: readData },
  rows: {
    write: ({ settings: { data } }) =>
      "rows" in data ? data.rows?.toString() : undefined,
    read: (text, put, state) =>
      withData(put, state, { rows: number(text, 2, 1e6, true) }),
  },
  classes: {
    write: ({ settings: { data } }) =>
      isToy(data) ? data.classes?.toString() : undefined,
    read: (text, put, state) =>
      withData(put, state, { classes: number(text, 2, 10, true) }),
  },
  noise: {
    write: ({ settings: { data } }) => (isToy(data) ? `${data.noise}` : undefined),
    read: (text, put, state) => withData(put, state, { noise: number(text, 0, 10) }),
  },
  points: {
    write: ({ settings: { data } }) =>
      data.kind === "points" ? packedPoints(data) : undefined,
    read: async (text, put, state) => {
      const points = await unpackedPoints(text).catch(() => null);
      if (!points) {
        throw new Damaged();
      }
      withData(put, state, points);
    },
  },
  test: numeral("testSize", 0, 0.9),
  net: { write: network, read: readNetwork },
  out: choice("output", Object.keys(ACTIVATIONS)),
  loss: choice("loss", Object.keys(LOSSES)),
  init: choice("initializer", INITIALIZERS),
  std: numeral("std", 0, 100),
  opt: { write: optimizer, read: readOptimizer },
  options: { usual: "", write: options, read: readOptions },
  schedule: {
    usual: FIRST.schedule,
    write: ({ settings }) => settings.schedule,
    read: (text, put, state) => put(state, { schedule: one(text, keys(SCHEDULES)) }),
  },
  decay: numeral("weightDecay", 0, 10),
  l1: numeral("l1", 0, 10),
  batches: choice("batches", BATCHES),
  batch: numeral("batchSize", 1, 1e6, true),
  precision: choice("precision", PRECISIONS),
  seed: {
    write: ({ settings }) => `${settings.seed}`,
    read: (text, put, state) =>
      put(state, { seed: number(text, 0, 2 ** 32 - 1, true) }),
  },
  step: plain("step", 0, (text) => number(text, 0, MOST_STEPS, true)),
  branch: plain("branch", 0, (text) => number(text, 0, 1000, true)),
  speed: plain("speed", undefined, (text) => {
    const speed = one(text, SPEEDS);
    return speed === "max" ? "max" : (Number(speed) as Speed);
  }),
  theme: plain("theme", "auto", (text) => one(text, THEMES)),
  colours: {
    write: ({ contrast }) => (contrast ? "safe" : undefined),
    read: (text, _put, state) => {
      state.contrast = one(text, ["safe", "usual"]) === "safe";
    },
  },
  tab: plain("tab", "", (text) => short(text, 40)),
  hide: {
    write: ({ hidden }) => hidden.join(",") || undefined,
    read: (text, _put, state) => {
      state.hidden = short(text, 400).split(",").filter(Boolean);
    },
  },
  task: plain("task", "", (text) => short(text, 2000)),
};

function dataName({ settings: { data } }: State): string {
  if (data.kind === "toy") {
    return data.name;
  }
  return data.kind === "points" ? `points:${data.task}` : data.kind;
}

function readData(text: string, put: Put, state: Partial<State>): void {
  const [name, task = "classes"] = text.split(":");
  if (name === "points") {
    const kind = one(task, ["classes", "regression"] as const);
    put(state, { data: { kind: "points", task: kind, x: [], t: [] } });
  } else if (name === "digits") {
    put(state, { data: { kind: "digits" } });
  } else {
    const usual = { rows: 300, noise: 0.1, classes: 2 };
    put(state, { data: { kind: "toy", name: one(name, TOYS), ...usual } });
  }
}

function withData(put: Put, state: Partial<State>, some: object): void {
  const data = state.settings?.data ?? FIRST.data;
  put(state, { data: { ...data, ...some } as Settings["data"] });
}

function network({ settings: { hidden } }: State, shape: Shape | null): string {
  const layers = hidden.map(({ units, activation, dropout }) =>
    dropout ? `${units}:${activation}:${dropout}` : `${units}:${activation}`,
  );
  const inputs = shape ? [`${shape.inputs.length}`] : ["x"];
  const outputs = shape ? [`${shape.layers.at(-1)?.units}`] : ["y"];
  return [...inputs, ...layers, ...outputs].join("-");
}

/** The first and the last number are the data's: they are there for the reader. */
function readNetwork(text: string, put: Put, state: Partial<State>): void {
  const layers = text.split("-").slice(1, -1);
  if (layers.length > MOST_LAYERS || !text.includes("-")) {
    throw new Damaged();
  }
  put(state, { hidden: layers.map(readLayer) });
}

function readLayer(text: string): HiddenLayer {
  const [units, activation = "tanh", dropout = "0"] = text.split(":");
  const names = keys(ACTIVATIONS).filter((name) => ACTIVATIONS[name].hidden);
  return {
    units: number(units, 1, MOST_UNITS, true),
    activation: one<ActivationName>(activation, names),
    dropout: number(dropout, 0, 0.95),
  };
}

function isToy(
  data: Settings["data"],
): data is Extract<Settings["data"], { kind: "toy" }> {
  return data.kind === "toy";
}

function optimizer({ settings: { optimizer: name, learningRate } }: State): string {
  return `${name}:${learningRate}`;
}

function readOptimizer(text: string, put: Put, state: Partial<State>): void {
  const [name, rate] = text.split(":");
  const known = one(name, keys(OPTIMIZERS));
  const usual = `${OPTIMIZERS[known].learningRate}`;
  put(state, { optimizer: known, learningRate: number(rate ?? usual, 0, 1000) });
}

function options({ settings }: State): string {
  const given = Object.entries({ ...settings.options, ...settings.scheduleOptions });
  return given.map(([name, value]) => `${name}:${value}`).join(",");
}

function readOptions(text: string, put: Put, state: Partial<State>): void {
  const parts = text.split(",").filter(Boolean);
  const given = parts.map((part) => {
    const [name, value] = part.split(":");
    return [one(name, [...OPTIONS, ...SCHEDULED]), number(value, 0, 1e9)];
  });
  const [own, scheduled] = [OPTIONS, SCHEDULED].map((names) =>
    Object.fromEntries(given.filter(([name]) => names.includes(`${name}`))),
  );
  put(state, { options: own, scheduleOptions: scheduled });
}

const OPTIONS = Object.values(OPTIMIZERS).flatMap((each) => Object.keys(each.options));
const SCHEDULED = Object.values(SCHEDULES).flatMap((each) => Object.keys(each.options));

function keys<Name extends string>(record: Record<Name, unknown>): Name[] {
  return Object.keys(record) as Name[];
}

export function number(text: string, low: number, high: number, whole = false): number {
  const value = Number(text);
  const inside = text.trim() !== "" && value >= low && value <= high;
  if (!inside || (whole && !Number.isInteger(value))) {
    throw new Damaged();
  }
  return value;
}

function one<Name extends string>(text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (!found) {
    throw new Damaged();
  }
  return found;
}

function short(text: string, most: number): string {
  if (text.length > most) {
    throw new Damaged();
  }
  return text;
}
