/** The columns of a table as all of their cells say: numbers, or codes of words. */

import type { Said } from "../../protocol";
import { isVague, tidy, wordIn } from "./cells";
import { momentsBy, PARTS, partsOf } from "./dates";
import { type Decision, decide, sameWords, showsDecimal } from "./deciding";
import { evidenceOf } from "./evidence";
import { type Numerals, numbersBy, PROGRAMS } from "./numerals";
import { refuse } from "../refusal";
import type { TextTable } from "./text";

/** How the cells become values, as Python keeps it with a model. */
export interface Reading {
  numerals: Numerals;
  date: string;
  part: string;
  missing: string[];
}

export interface RawColumn {
  name: string;
  /** The column of the table that it is made of. */
  source: string;
  kind: "number" | "category" | null;
  isDate: boolean;
  /** NaN where a cell is missing; a category's are places in `words`. */
  values: Float64Array;
  words: string[];
  reading: Reading;
  example: string;
  missing: number;
}

export interface RawTable {
  name: string;
  rows: number;
  separator: string;
  decimal: string;
  columns: RawColumn[];
  notes: Said[];
}

/** No network computes with more. */
const LARGEST = 1e30;

export function rawTable({ name, separator, names, rows, notes }: TextTable): RawTable {
  const cells = names.map((_, j) => rows.map((row) => wordIn(row[j])));
  const evidences = cells.map(evidenceOf);
  const shown = new Set(evidences.map(showsDecimal));
  const decimal = shown.has(",") ? "," : shown.has(".") || separator !== ";" ? "." : ",";
  const columns = names.flatMap((column, j) => {
    const different = new Set(cells[j]).size;
    return columnsOf(column, cells[j], decide(evidences[j], different, decimal));
  });
  for (const column of columns) check(column);
  return { name, rows: rows.length, separator, decimal, columns, notes };
}

function columnsOf(name: string, cells: (string | null)[], decision: Decision): RawColumn[] {
  const example = cells.find((cell) => cell !== null) ?? "";
  const base = { name, source: name, example, isDate: false, words: [] as string[] };
  const plain: Reading = { numerals: PROGRAMS, date: "", part: "", missing: [] };
  if (cells.every((cell) => cell === null)) {
    const values = new Float64Array(cells.length).fill(Number.NaN);
    return [{ ...base, kind: null, values, reading: plain, missing: cells.length }];
  }
  if (decision.kind === "words") return [{ ...base, ...categories(cells), kind: "category", reading: plain }];
  const read = decision.kind === "date" ? momentsBy(decision.form) : numbersBy(decision.numerals);
  const there = (cell: string | null) => cell !== null && !isVague(cell) && !isVague(tidy(cell));
  const values = Float64Array.from(cells, (cell) => (there(cell) ? (read(cell as string) ?? Number.NaN) : Number.NaN));
  if (decision.kind === "number") {
    const reading = { ...plain, numerals: decision.numerals };
    const code = sentinel(values);
    if (code !== null) reading.missing = [String(code)];
    const kept = code === null ? values : values.map((value) => (value === code ? Number.NaN : value));
    return [{ ...base, kind: "number", values: kept, reading, missing: countMissing(kept) }];
  }
  return partsOf(decision.form).map((part) => ({
    ...{ ...base, name: `${name} (${part})`, kind: "number" as const, isDate: true, missing: countMissing(values) },
    values: values.map((moment) => (Number.isNaN(moment) ? moment : PARTS[part](moment))),
    reading: { ...plain, date: decision.form, part },
  }));
}

function countMissing(values: Float64Array): number {
  return values.reduce((count, value) => count + +Number.isNaN(value), 0);
}

/** The words in the order of their first rows, those that mean the same as one. */
function categories(cells: (string | null)[]): Pick<RawColumn, "values" | "words" | "missing"> {
  const different = [...new Set(cells.filter((cell) => cell !== null))];
  const same = sameWords(different);
  const words = [...new Set(different.map((word) => same.get(word) ?? word))];
  const codes = new Map(words.map((word, code) => [word, code]));
  const code = (cell: string) => codes.get(same.get(cell) ?? cell) ?? Number.NaN;
  const values = Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : code(cell)));
  return { values, words, missing: countMissing(values) };
}

/** A number that stands for a missing one, such as -999: it lies far from all others. */
function sentinel(values: Float64Array): number | null {
  const known = values.filter(Number.isFinite);
  if (!known.length) return null;
  const extremes = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  // As in Python the larger one decides where both are apart.
  return extremes.filter((value) => looksLikeCode(value) && isApart(values, known, value)).pop() ?? null;
}

function looksLikeCode(value: number): boolean {
  if (!Number.isInteger(value) || Math.abs(value) < 9) return false;
  const digits = String(Math.abs(value));
  return /^9+$/.test(digits) || (value < 0 && /^[1-9]0*$/.test(digits));
}

function isApart(values: Float64Array, known: Float64Array, value: number): boolean {
  const others = known.filter((other) => other !== value);
  const count = known.length - others.length;
  if (count < Math.max(3, 0.002 * values.length) || others.length < 10) return false;
  const [low, high] = [others.reduce((a, b) => Math.min(a, b)), others.reduce((a, b) => Math.max(a, b))];
  const gap = value < low ? low - value : value - high;
  return gap > high - low && new Set(others).size >= 10;
}

function check({ name, kind, values }: RawColumn): void {
  if (kind !== "number") return;
  const row = values.findIndex((value) => Math.abs(value) > LARGEST);
  if (row < 0) return;
  const value = String(values[row]);
  refuse("mixed-column", { column: name, row: row + 1, value });
}
