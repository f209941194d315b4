/** Samples to learn from and to test on, whatever they came from. */

import type { Numbers } from "../engine/formulas";
import type { Task } from "../protocol";

export interface Part {
  rows: number;
  /** rows × inputs. */
  x: Float32Array;
  /** A class or a number for each row. */
  t: Float32Array;
}

export interface Dataset {
  name: string;
  task: Task;
  inputs: string[];
  classes: string[] | null;
  train: Part;
  test: Part;
  /** What was fitted to a table's columns, for a model file. */
  columns?: object;
  /** Data that are pictures: their size, and the number that a full dot has. */
  picture: { width: number; height: number; high: number } | null;
}

/** How many outputs a network needs; a single sigmoid says which of two classes. */
export function outputsFor(data: Dataset, output: string): number {
  if (!data.classes) return 1;
  return output === "sigmoid" && data.classes.length === 2 ? 1 : data.classes.length;
}

/** Copies samples into a batch: `rows[from + i]`, or `from + i` where there are none. */
export function gather(part: Part, rows: Int32Array | null, from: number, count: number, x: Numbers, inputs: number): void {
  for (let i = 0; i < count; i++) {
    const start = (rows ? rows[from + i] : from + i) * inputs;
    const to = i * inputs;
    // A call for each row of a few numbers would cost more than the numbers.
    if (inputs > 32) x.set(part.x.subarray(start, start + inputs), to);
    else for (let j = 0; j < inputs; j++) x[to + j] = part.x[start + j];
  }
}

/** The same for targets; classes are one-hot where there are several outputs. */
export function gatherTargets(part: Part, rows: Int32Array | null, from: number, count: number, t: Numbers, outputs: number): void {
  for (let i = 0; i < count; i++) {
    const target = part.t[rows ? rows[from + i] : from + i];
    if (outputs === 1) t[i] = target;
    else for (let k = 0; k < outputs; k++) t[i * outputs + k] = k === target ? 1 : 0;
  }
}
