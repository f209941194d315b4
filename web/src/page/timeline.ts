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
  const history = joined(known.history, frame.history);
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

function last(steps: number[]): number {
  return steps.length ? steps[steps.length - 1] : -1;
}

/** A branch's points from step 0: those of its ancestors, then its own. */
export function lineage(branches: Branch[], id: number): HistoryPoints {
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
  const count = ancestors.step.filter((step) => step < until).length;
  const whole = noHistory();
  for (const series of SERIES) {
    whole[series] = ancestors[series].slice(0, count);
  }
  return joined(whole, branch.history);
}
