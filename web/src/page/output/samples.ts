/** Rows of the points on the page, and rows of the parts of the data. */

import type { Shape } from "../../protocol";
import type { Sample } from "../lab";

/** The sample that a row of the page's points is: it counts within its part. */
export function sampleOf({ points: { isTest } }: Shape, row: number): Sample {
  const part = isTest[row] ? "test" : "train";
  let before = 0;
  for (let i = 0; i < row; i++) {
    before += isTest[i] === isTest[row] ? 1 : 0;
  }
  return { row: before, part };
}

/** The row of the page's points that a sample is; −1 where it is not among them. */
export function chosenRow({ points: { isTest } }: Shape, sample: Sample): number {
  const wanted = sample.part === "test" ? 1 : 0;
  let before = 0;
  for (let i = 0; i < isTest.length; i++) {
    if (isTest[i] === wanted) {
      if (before === sample.row) {
        return i;
      }
      before += 1;
    }
  }
  return -1;
}
