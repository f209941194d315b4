/**
 * The whole state as a link's hash that one can read:
 *
 *   #v=1&lang=ja&data=spiral&net=2-8:tanh-8:tanh-2&opt=adam:0.01&seed=3&step=1200
 *
 * Each key has one entry in a table: how it is written, and how it is read. An unknown
 * key is left alone; one that is damaged is named, and the rest is taken. A table of the
 * user's never goes into a link, not even its name.
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
import { packedPoints, unpackedPoints } from "./points";
import { FIRST, MOST_LAYERS, MOST_UNITS } from "../settings";
import type { Language } from "../words";

export const VERSION = 1;

/** What a link says. */
export interface LinkState {
  settings: Settings;
  step: number;
  language: Language;
  theme: Theme;
  contrast: boolean;
  speed: Speed;
  hidden: string[];
  task: string;
  tab: string;
}

export interface LinkRead {
  state: Partial<LinkState>;
  /** The parts that could not be read, as they stand in the link. */
  damaged: string[];
  newer: boolean;
  /** What the link asks for but cannot contain. */
  absent: "table" | "mnist" | "run" | null;
}

/** Raised inside this module alone: a value that cannot be read. */
class Damaged extends Error {}

type State = LinkState;
type Put = (state: Partial<State>, some: Partial<Settings>) => void;

interface Field {
  /** What stands behind the key; nothing where it is as usual. */
  write(state: State, shape: Shape | null): string | undefined | Promise<string>;
  read(text: string, put: Put, state: Partial<State>): void | Promise<void>;
}

const TOYS: ToyName[] = ["spiral", "circles", "gaussians", "moons", "xor", "sine"];
const LANGUAGES: Language[] = ["en", "ja", "zh"];
const THEMES: Theme[] = ["auto", "light", "dark"];
const BATCHES: Settings["batches"][] = ["shuffle", "random", "online", "full"];
const PRECISIONS: Settings["precision"][] = ["float32", "float64"];
const SPEEDS = ["1", "10", "100", "1000", "max"];

/** A key for one setting that is a number. */
function numeral(name: NumberSetting, low: number, high: number, whole = false): Field {
  return {
    write: ({ settings }) => unusual(settings[name], FIRST[name]),
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
    write: ({ settings }) => unusual(settings[name], FIRST[name]),
    read: (text, put, state) => put(state, { [name]: one(text, names) }),
  };
}

/** A key for something that is no setting of the training. */
function plain<Name extends keyof Omit<State, "settings">>(
  name: Name,
  usual: State[Name] | undefined,
  read: (text: string) => State[Name],
): Field {
  return {
    write: (state) => unusual(state[name], usual),
    read: (text, _put, state) => {
      state[name] = read(text);
    },
  };
}

const FIELDS: Record<string, Field> = {
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
  options: { write: options, read: readOptions },
  schedule: {
    write: ({ settings }) => unusual(settings.schedule, FIRST.schedule),
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
  step: plain("step", 0, (text) => number(text, 0, 1e7, true)),
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

/** The hash, without its #, of a state. */
export async function linkOf(state: State, shape: Shape | null): Promise<string> {
  const parts = [`v=${VERSION}`];
  for (const [key, field] of Object.entries(FIELDS)) {
    const text = await field.write(state, shape);
    if (text !== undefined) {
      parts.push(`${key}=${escaped(text)}`);
    }
  }
  return parts.join("&");
}

/** What a hash says; never raises. */
export async function readLink(hash: string, base = FIRST): Promise<LinkRead> {
  const result: LinkRead = { state: {}, damaged: [], newer: false, absent: null };
  const values = pairs(hash);
  for (const key of Object.keys(FIELDS)) {
    const text = values.get(key);
    if (text !== undefined) {
      await readField(key, text, result, base);
    }
  }
  result.newer = Number(values.get("v") ?? VERSION) > VERSION;
  return result;
}

async function readField(
  key: string,
  text: string,
  result: LinkRead,
  base: Settings,
): Promise<void> {
  const put: Put = (state, some) => {
    state.settings = { ...(state.settings ?? base), ...some };
  };
  try {
    if (key === "data" && isAbsent(text)) {
      result.absent = text;
      return;
    }
    await FIELDS[key].read(
      decodeURIComponent(text.replace(/\+/g, " ")),
      put,
      result.state,
    );
  } catch {
    // Whatever is wrong with a value, the answer is the same: it is named and left out.
    result.damaged.push(`${key}=${text}`.slice(0, 60));
  }
}

function isAbsent(text: string): text is "table" | "mnist" | "run" {
  return ["table", "mnist", "run"].includes(text);
}

function pairs(hash: string): Map<string, string> {
  const parts = hash.replace(/^#/, "").split("&");
  return new Map(
    parts.filter(Boolean).map((part) => {
      const equals = part.indexOf("=");
      return equals < 0 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
    }),
  );
}

/** Only what would end a value or a link is escaped: a reader sees the rest. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|2C|2F|40)/g, decodeURIComponent);
}

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

function options({ settings }: State): string | undefined {
  const given = Object.entries({ ...settings.options, ...settings.scheduleOptions });
  return given.map(([name, value]) => `${name}:${value}`).join(",") || undefined;
}

function readOptions(text: string, put: Put, state: Partial<State>): void {
  const given = text.split(",").map((part) => {
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

function unusual(value: unknown, usual: unknown): string | undefined {
  return value === usual ? undefined : `${value}`;
}

function number(text: string, low: number, high: number, whole = false): number {
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
