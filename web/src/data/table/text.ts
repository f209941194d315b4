/** A file of text as rows of cells: where the table begins, and what its columns are. */

import type { Said } from "../../protocol";
import { refuse } from "../refusal";
import { isVague } from "./cells";
import { rowsOf } from "./rows";
import { AMONG_NUMBERS, MISSING } from "./rules";

const MOST_BYTES = 50_000_000;
const MOST_ROWS = 200_000;
/** A file that has two of them in every row is parted by the first of these. */
const SEPARATORS = ["\t", ";", "|", ","];
const LONGEST_UNIT = 15;

export interface TextTable {
  name: string;
  separator: string;
  names: string[];
  rows: string[][];
  notes: Said[];
}

export async function readText(file: File): Promise<TextTable> {
  const { name } = file;
  if (file.size > MOST_BYTES) {
    const [size, most] = [file.size, MOST_BYTES].map((bytes) => Math.round(bytes / 1e6));
    refuse("too-large", { name, size, most });
  }
  return tableOf(name, textOf(name, new Uint8Array(await file.arrayBuffer())));
}

/** UTF-8, or UTF-16 where the file says so. */
function textOf(name: string, bytes: Uint8Array): string {
  const marks = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(marks, { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Said below.
  }
  return refuse("not-text", { name });
}

export function tableOf(name: string, text: string): TextTable {
  const separator = separatorOf(text);
  const parsed = rowsOf(text, separator);
  if (parsed.open !== null) {
    const row = parsed.open;
    refuse("open-quote", { row });
  }
  const rows = parsed.rows.map((row) => row.map((cell) => cell.trim()));
  if (!rows.length) refuse("empty-file", { name });
  const width = rows[0].length;
  const hasNames = hasHeader(rows);
  const names = hasNames ? uniqueNames(rows[0]) : rows[0].map((_, i) => String(i + 1));
  const units = hasNames && areUnits(rows);
  const below = rows.slice(+hasNames + +units);
  if (width < 2) refuse("one-column", { name });
  const ragged = below.findIndex((row) => row.length !== width);
  if (ragged >= 0) {
    const [row, got] = [ragged + 1, below[ragged].length];
    refuse("ragged-row", { row, got, need: width });
  }
  if (below.length > MOST_ROWS) {
    const [count, most] = [below.length, MOST_ROWS];
    refuse("too-many-rows", { rows: count, most });
  }
  return { name, separator, names, rows: below, notes: [] };
}

/** What parts the cells of most rows into the same number of them. */
function separatorOf(text: string): string {
  const lines = text.slice(0, 100_000).split(/\r?\n/, 200).filter((line) => line.trim());
  const bare = lines.map((line) => line.replace(/"[^"]*"/g, ""));
  const shares = SEPARATORS.map((mark) => ({ mark, share: shareOf(bare.map((line) => line.split(mark).length - 1)) }));
  const best = shares.reduce((a, b) => (b.share > a.share ? b : a));
  return best.share ? best.mark : ",";
}

/** How large a part of the rows has the most frequent number of marks. */
function shareOf(counts: number[]): number {
  const found = new Map<number, number>();
  for (const count of counts) if (count) found.set(count, (found.get(count) ?? 0) + 1);
  return Math.max(0, ...found.values()) / counts.length;
}

const NUMBER = /^(?:[-+(]?\s*[^\p{L}\p{N}_\s]?\s*[-+]?\d[\d.,'’ ]*([eE][-+]?\d+)?\s*(%|\p{L}{1,3}\d?)?\)?|[-+]?[.,]\d+)$/u;
const DATE = /^\d{1,4}[-/.年:]\d{1,2}([-/.月:]\d{1,4}日?)?([T ]\d.*)?$/;

function looksNumeric(cell: string): boolean {
  return NUMBER.test(cell) || DATE.test(cell);
}

/** Whether the first row has names: words above numbers. */
function hasHeader(rows: string[][]): boolean {
  const [first, ...below] = rows.slice(0, 200);
  if (!below.length) return true;
  const cells = numericColumns(below).filter((j) => j < first.length).map((j) => first[j]);
  if (!cells.length || cells.some((cell) => cell && !looksNumeric(cell) && !isVague(cell))) return true;
  return areYears(cells);
}

/** Numbers that are names of columns: 2019, 2020, 2021. */
function areYears(cells: string[]): boolean {
  if (cells.length < 3 || !cells.every((cell) => /^\d+$/.test(cell))) return false;
  const steps = new Set(cells.slice(1).map((cell, i) => Number(cell) - Number(cells[i])));
  return steps.size === 1 && !steps.has(0);
}

/** Which columns hold numbers in nearly all rows. */
function numericColumns(rows: string[][]): number[] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const known = new Set<string>([...MISSING, ...AMONG_NUMBERS]);
  return Array.from({ length: width }, (_, j) => j).filter((j) => {
    const cells = rows.filter((row) => row.length > j && !known.has(row[j])).map((row) => row[j]);
    return cells.length > 0 && cells.filter(looksNumeric).length >= 0.9 * cells.length;
  });
}

/** Whether the row below the names has units, above columns of numbers. */
function areUnits(rows: string[][]): boolean {
  if (rows.length < 3) return false;
  const [, row, ...below] = rows.slice(0, 200);
  const numeric = numericColumns(below).filter((j) => j < row.length);
  const cells = numeric.map((j) => row[j]);
  const others = row.filter((cell, j) => cell && !numeric.includes(j));
  const words = cells.filter((cell) => cell && !looksNumeric(cell));
  const hasSeveral = words.length > 1 || (words.length === 1 && !others.length);
  const isClear = !cells.some((cell) => looksNumeric(cell)) && !words.some(isVague);
  return row.every((cell) => cell.length <= LONGEST_UNIT) && hasSeveral && isClear;
}

/** The names, those without one or with another's numbered. */
function uniqueNames(given: string[]): string[] {
  const names: string[] = [];
  given.forEach((name, i) => {
    let unique = name || `column ${i + 1}`;
    for (let count = 2; names.includes(unique); count++) unique = `${name} (${count})`;
    names.push(unique);
  });
  return names;
}
