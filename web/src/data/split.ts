/** Rows divided into a part to learn from and a part to test on, as in Python. */

import { Random } from "../engine/random";
import type { Part } from "./dataset";

export interface Rows {
  train: Int32Array;
  test: Int32Array;
}

/**
 * The rows of both parts in a random order; each of the classes, if there are any, is
 * divided in the same proportion. A part that would be empty is the other's.
 */
export function splitRows(count: number, testSize: number, seed: number, labels: ArrayLike<number> | null): Rows {
  const order = new Random(seed).permutation(count);
  const chosen = chosenRows(order, testCount(count, testSize), labels);
  return {
    train: order.filter((row) => !chosen[row]),
    test: order.filter((row) => chosen[row]),
  };
}

/** Which rows are for testing, by their random order. */
export function chosenRows(order: Int32Array, count: number, labels: ArrayLike<number> | null): Uint8Array {
  const rows = order.length;
  const chosen = new Uint8Array(rows);
  if (!labels) {
    for (const row of order.subarray(0, count)) chosen[row] = 1;
    return chosen;
  }
  // Evenly spaced once sorted by class.
  const sorted = Array.from(order).sort((a, b) => labels[a] - labels[b]);
  for (let i = 0; i < count; i++) chosen[sorted[Math.floor(((2 * i + 1) * rows) / (2 * count))]] = 1;
  return chosen;
}

export function testCount(rows: number, testSize: number): number {
  if (!(testSize > 0) || rows < 2) return 0;
  return Math.min(rows - 1, Math.max(1, halfToEven(rows * testSize)));
}

/** Python's round(). */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below % 2 ? below + 1 : below;
  return rest < 0.5 ? below : below + 1;
}

/** The samples of some rows. */
export function partOf(x: ArrayLike<number>, t: ArrayLike<number>, inputs: number, rows: Int32Array): Part {
  const part = { rows: rows.length, x: new Float32Array(rows.length * inputs), t: new Float32Array(rows.length) };
  rows.forEach((row, i) => {
    for (let j = 0; j < inputs; j++) part.x[i * inputs + j] = x[row * inputs + j];
    part.t[i] = t[row];
  });
  return part;
}
