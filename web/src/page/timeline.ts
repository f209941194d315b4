/**
 * The branches of a run as the page keeps them: pure functions over immutable records.
 *
 * A branch is born where something was changed in the past. Its curve begins at the
 * moment it left its parent, so the parent's points up to there belong to it too.
 */

import type { Frame, HistoryPoints, Moment } from "../protocol";

export interface Branch {
  id: number;
  /** Where it left another branch; null for the first. */
  from: Moment | null;
  /** What was changed there, as a short text. */
  change: string;
  /** Its own points, from its birth on. */
  history: HistoryPoints;
  /** The last step that was trained. */
  head: number;
}

export type Series = keyof HistoryPoints;

export const SERIES: Series[] = [
  "step",
  "trainLoss",
  "testLoss",
  "trainScore",
  "testScore",
];

export function noHistory(): HistoryPoints {
  return { step: [], trainLoss: [], testLoss: [], trainScore: [], testScore: [] };
}

/** The branches after a frame: its new points are put where they belong. */
export function withFrame(
  branches: Branch[],
  frame: Frame,
  change = "",
  from: Moment | null = null,
): Branch[] {
  const { branch: id, step } = frame.moment;
  const known = branches.find((branch) => branch.id === id);
  if (!known) {
    const fresh: Branch = { id, from, change, history: frame.history, head: step };
    return [...branches, { ...fresh, head: Math.max(step, last(frame.history.step)) }];
  }
  const history = thinned(joined(known.history, frame.history), MOST);
  const head = Math.max(known.head, step, last(history.step));
  if (history === known.history && head === known.head) {
    return branches;
  }
  const grown = { ...known, history, head };
  return branches.map((branch) => (branch.id === id ? grown : branch));
}

/** One history after another, without the points that are there already. */
function joined(before: HistoryPoints, after: HistoryPoints): HistoryPoints {
  const newest = last(before.step);
  const first = after.step.findIndex((step) => step > newest);
  if (first < 0) {
    return before;
  }
  const whole = noHistory();
  for (const series of SERIES) {
    whole[series] = before[series].concat(after[series].slice(first));
  }
  return whole;
}

/** More are not seen, and all of them are copied with every frame. */
const MOST = 10_000;

/** Every so manieth point, if there are too many, and the last one: where the run is. */
export function thinned(history: HistoryPoints, most: number): HistoryPoints {
  const count = history.step.length;
  const every = Math.ceil(count / most);
  if (every <= 1) {
    return history;
  }
  const fewer = noHistory();
  for (const series of SERIES) {
    fewer[series] = history[series].filter((_, i) => i % every === 0 || i === count - 1);
  }
  return fewer;
}

function last(steps: number[]): number {
  return steps.length ? steps[steps.length - 1] : -1;
}

const LINEAGES = new WeakMap<Branch[], Map<number, HistoryPoints>>();

/** A branch's points from step 0: those of its ancestors, then its own. */
export function lineage(branches: Branch[], id: number): HistoryPoints {
  // Several parts of the page ask for the same in each frame.
  const known = LINEAGES.get(branches) ?? new Map<number, HistoryPoints>();
  LINEAGES.set(branches, known);
  const found = known.get(id) ?? joinedWithAncestors(branches, id);
  known.set(id, found);
  return found;
}

function joinedWithAncestors(branches: Branch[], id: number): HistoryPoints {
  const branch = branches.find((candidate) => candidate.id === id);
  if (!branch) {
    return noHistory();
  }
  if (!branch.from) {
    return branch.history;
  }
  const ancestors = lineage(branches, branch.from.branch);
  // At the moment of its birth its own point counts: an edit changes the loss at once.
  const until = Math.min(branch.from.step + 1, branch.history.step[0] ?? Infinity);
  const count = indexAt(ancestors.step, until - 1) + 1;
  const whole = noHistory();
  for (const series of SERIES) {
    whole[series] = ancestors[series].slice(0, count);
  }
  return joined(whole, branch.history);
}

/** The point of a history at a step, or the last one before it; −1 for none. */
export function indexAt(steps: number[], step: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
