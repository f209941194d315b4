import assert from "node:assert/strict";
import { Refusal } from "../src/data/refusal";
import { fittedTable, tableFromText } from "../src/data/table/table";
import type { TableGiven } from "../src/protocol";
import { fixtureTest } from "./fixtures";

interface Case {
  name: string;
  text: string;
  target: string;
  testSize: number;
  seed: number;
  /** Null where Python refuses the table. */
  expected: null | { inputs: string[]; classes: string[]; train: number[][]; test: number[][]; t: number[] };
}

/** Means and deviations are summed in another order, and numbers kept as float32. */
const TOLERANCE = 2e-5;

function read({ name, text, target, testSize, seed }: Case): TableGiven | Refusal {
  try {
    return fittedTable(tableFromText(name, text), target, [], testSize, seed).given;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function difference(found: TableGiven, expected: NonNullable<Case["expected"]>): string {
  if (JSON.stringify(found.inputs) !== JSON.stringify(expected.inputs)) return `inputs ${found.inputs} ≠ ${expected.inputs}`;
  if (JSON.stringify(found.classes ?? []) !== JSON.stringify(expected.classes)) return `classes ${found.classes}`;
  const rows = Array.from(found.isTest.keys());
  const inOrder = [...rows.filter((row) => !found.isTest[row]), ...rows.filter((row) => found.isTest[row])];
  const width = found.inputs.length;
  const x = inOrder.map((row) => found.x.subarray(row * width, (row + 1) * width));
  const wanted = [...expected.train, ...expected.test];
  if (x.length !== wanted.length || expected.test.length !== rows.filter((row) => found.isTest[row]).length) return `rows ${x.length}`;
  const far = (a: number, b: number) => !(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b)));
  for (let i = 0; i < x.length; i++) {
    const j = wanted[i].findIndex((value, k) => far(x[i][k], value));
    if (j >= 0) return `row ${i}, ${found.inputs[j]}: ${x[i][j]} ≠ ${wanted[i][j]}`;
    if (far(found.t[inOrder[i]], expected.t[i])) return `target of row ${i}: ${found.t[inOrder[i]]} ≠ ${expected.t[i]}`;
  }
  return "";
}

fixtureTest<Case[]>("tables are read as in Python", (cases) => {
  const wrong: string[] = [];
  for (const each of cases) {
    const found = read(each);
    const said = found instanceof Refusal ? found.said.code : "";
    if (each.expected === null) {
      if (!said) wrong.push(`${each.name}: is not refused`);
    } else {
      const what = found instanceof Refusal ? said : difference(found, each.expected);
      if (what) wrong.push(`${each.name}: ${what}\n${each.text.slice(0, 300)}`);
    }
  }
  assert.deepEqual(wrong.slice(0, 8), [], `${wrong.length} of ${cases.length}`);
});
