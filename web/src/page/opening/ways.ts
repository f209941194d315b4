/**
 * What was changed on the way, as part of a link. Of each branch, parted by ~: where it
 * left another one, what was done at which step, and how far it was trained.
 *
 *   120/opt=sgd:0.1;300~0@200;200/W1.5=0.25;250
 *
 * At step 120 of the first the optimizer was changed; at its step 200 another one begins,
 * with a weight put by hand: the sixth of W1.
 */

import type { Moment, Settings, Shape } from "../../protocol";
import type { Deed, Place, Way } from "../run";
import { startsAnew } from "../settings";
import { Damaged, FIELDS, type LinkState, MOST_STEPS, number } from "./fields";

/** Those that go on with the weights there are. */
const KEYS = [
  ...["net", "out", "loss", "opt", "options", "schedule"],
  ...["decay", "l1", "batches", "batch", "std"],
];
const MOST = 1000;
/** A link is to be short, and whoever opens it is not to wait. */
const MOST_LETTERS = 1500;
const MOST_WALKED = 50_000;

type Texts = Record<string, string>;

type Course = Pick<LinkState, "settings" | "ways" | "branch" | "step">;

/** What of a run is in a link: all branches, or where they are too much, the one seen. */
export function linked(all: Way[], { first: settings, moment, deeds }: Place): Course {
  const { branch, step } = moment;
  if (all.every((way) => way.deeds.length === 0)) {
    return { settings, ways: [], branch: 0, step };
  }
  const whole = { settings, ways: all, branch, step };
  if (isShort(whole)) {
    return whole;
  }
  const done = last(deeds);
  // Each number put by hand begins a branch.
  const edits = done.filter(({ edit }) => edit).length;
  return { settings, ways: [{ from: null, deeds: done, head: step }], branch: edits, step };
}

function isShort(course: Course): boolean {
  const { ways, step } = course;
  const steps = ways.map(({ from, head }) => head - (from?.step ?? 0));
  const walked = steps.reduce((sum, count) => sum + count, 0);
  const isFast = walked <= Math.max(step, MOST_WALKED);
  return isFast && writtenWays(course, null).length <= MOST_LETTERS;
}

export function writtenWays(
  { ways, settings }: Pick<LinkState, "ways" | "settings">,
  shape: Shape | null,
): string {
  return ways
    .map(({ from, deeds, head }, at) => {
      let before = textsOf(settingsBefore(ways, at, settings), shape);
      const done = last(deeds).map(({ step, settings, edit }) => {
        const after = textsOf(settings, shape);
        const other = KEYS.filter((key) => after[key] !== before[key]);
        const parts = other.map((key) => `${key}=${after[key]}`);
        before = after;
        const put = edit ? [`${edit.parameter}.${edit.index}=${edit.value}`] : [];
        return [step, ...parts, ...put].join("/");
      });
      const start = from ? [`${from.branch}@${from.step}`] : [];
      return [...start, ...done, head].join(";");
    })
    .join("~");
}

/** Without what was put otherwise at the same step. */
function last(deeds: Deed[]): Deed[] {
  const place = ({ step, edit }: Deed) => `${step} ${edit?.parameter} ${edit?.index}`;
  return deeds.filter(
    (deed, i) => !deeds.slice(i + 1).some((later) => place(later) === place(deed)),
  );
}

function textsOf(settings: Settings, shape: Shape | null): Texts {
  const state = { settings } as LinkState;
  return Object.fromEntries(KEYS.map((key) => [key, `${FIELDS[key].write(state, shape)}`]));
}

export function readWays(text: string, first: Settings): Way[] {
  const ways: Way[] = [];
  let left = MOST;
  for (const part of text.split("~")) {
    const deeds = part.split(";");
    const head = wholeStep(deeds.pop() ?? "");
    const from = ways.length ? momentOf(deeds.shift() ?? "", ways.length) : null;
    left -= 1 + deeds.length;
    if (left < 0) {
      throw new Damaged();
    }
    const way: Way = { from, deeds: [], head };
    ways.push(way);
    let settings = settingsBefore(ways, ways.length - 1, first);
    for (const deed of deeds) {
      const found = readDeed(deed, settings);
      way.deeds.push(found);
      settings = found.settings;
    }
  }
  return ways;
}

/** The settings at the moment that a branch began with. */
function settingsBefore(ways: Way[], at: number, first: Settings): Settings {
  let { from } = ways[at];
  while (from) {
    const { branch, step } = from;
    const deed = ways[branch].deeds.filter((done) => done.step <= step).at(-1);
    if (deed) {
      return deed.settings;
    }
    from = ways[branch].from;
  }
  return first;
}

function momentOf(text: string, most: number): Moment {
  const [branch, step] = text.split("@");
  return { branch: number(branch, 0, most - 1, true), step: wholeStep(step ?? "") };
}

function readDeed(text: string, before: Settings): Deed {
  const [at, ...parts] = text.split("/");
  let [settings, edit] = [before, undefined as Deed["edit"]];
  for (const part of parts) {
    const [key, value = ""] = part.split("=");
    const [, parameter, index] = key.match(/^([Wb]\d+)\.(\d+)$/) ?? [];
    if (parameter) {
      edit = { parameter, index: Number(index), value: number(value, -1e30, 1e30) };
    } else if (KEYS.includes(key)) {
      const put = (_: unknown, some: Partial<Settings>) => {
        settings = { ...settings, ...some };
      };
      FIELDS[key].read(value, put, {});
    } else {
      throw new Damaged();
    }
  }
  if (startsAnew(before, settings)) {
    throw new Damaged();
  }
  return edit ? { step: wholeStep(at), settings, edit } : { step: wholeStep(at), settings };
}

const wholeStep = (text: string) => number(text, 0, MOST_STEPS, true);
