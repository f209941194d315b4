/** What a confusion matrix says: rows are true classes, columns predicted ones. */

export interface Confused {
  right: number;
  total: number;
  worst: { truth: number; predicted: number; n: number } | null;
  rowOf: (truth: number) => number;
}

export function confused(counts: ArrayLike<number>, classes: number): Confused {
  const rows = new Array<number>(classes).fill(0);
  let right = 0;
  let worst: Confused["worst"] = null;
  for (let truth = 0; truth < classes; truth++) {
    for (let predicted = 0; predicted < classes; predicted++) {
      const n = counts[truth * classes + predicted];
      rows[truth] += n;
      if (truth === predicted) {
        right += n;
      } else if (n > (worst?.n ?? 0)) {
        worst = { truth, predicted, n };
      }
    }
  }
  const total = rows.reduce((sum, n) => sum + n, 0);
  return { right, total, worst, rowOf: (truth) => rows[truth] };
}
