/** The histories of all branches as columns that a chart can draw. */

import type { HistoryPoints } from "../../protocol";
import { type Branch, lineage, thinned } from "../timeline";

export type Measure = "Loss" | "Score";

export interface Curve {
  branch: number;
  part: "train" | "test";
}

/** More points than this are not seen on a screen. */
const MOST = 800;

/** Steps, then one column for each curve, with null where a branch has no point. */
export function columnsOf(
  branches: Branch[],
  measure: Measure,
): { curves: Curve[]; columns: (number | null)[][] } {
  const curves = branches.flatMap(({ id }): Curve[] => [
    { branch: id, part: "train" },
    { branch: id, part: "test" },
  ]);
  const histories = branches.map(({ id }) => thinned(lineage(branches, id), MOST));
  if (histories.length === 1) {
    const [only] = histories;
    const values = [finite(only[`train${measure}`]), finite(only[`test${measure}`])];
    return { curves, columns: [only.step, ...values] };
  }
  const steps = unionOf(histories);
  const columns = histories.flatMap((history) => {
    const at = new Map(history.step.map((step, i) => [step, i]));
    return (["train", "test"] as const).map((part) => {
      const values = finite(history[`${part}${measure}`]);
      return steps.map((step) => values[at.get(step) ?? -1] ?? null);
    });
  });
  return { curves, columns: [steps, ...columns] };
}

function unionOf(histories: HistoryPoints[]): number[] {
  const steps = new Set(histories.flatMap((history) => history.step));
  return [...steps].sort((a, b) => a - b);
}

/** A chart cannot show what is not a number. */
function finite(values: number[]): (number | null)[] {
  return values.map((value) => (Number.isFinite(value) ? value : null));
}
