/**
 * Where the table begins and ends among the rows of a file: what stands above and below
 * it, its names and units, and the sums of its rows.
 *
 * The rules are those of `kobai.data.tables.text.layout` and `delimited`.
 */

import { isVague } from "./cells";
import { AMONG_NUMBERS, ERAS, LINE, MISSING, REMARK, SUMMARIES, TOTAL } from "./rules";

const MOST_LINES = 200;
const MOST_BELOW = 20;
const LONGEST_UNIT = 15;
const MOST_UNITS = 3;

export interface Layout {
  names: string[];
  rows: string[][];
  /** What was read as no row of the table, in the order of the file. */
  leftOut: string[];
}

/** The table among the rows of a file; `above` are the comments that were over them. */
export function layoutOf(all: string[][], above: string[]): Layout {
  const width = usualWidth(all.slice(0, MOST_LINES));
  const first = firstRow(all.slice(0, MOST_LINES), width);
  const rows = all.slice(first);
  const head = rows.slice(0, MOST_LINES);
  const leftOut = [...above, ...all.slice(0, first).map(shown)];
  if (!hasHeader(head)) {
    const below = withoutEnd(rows, width, leftOut);
    return { names: Array.from({ length: width }, (_, i) => String(i + 1)), rows: below, leftOut };
  }
  const [header] = rows;
  let units = 0;
  while (units < Math.min(MOST_UNITS, head.length - 1)) {
    if (!isLine(head[units + 1]) && !areUnits([header, ...head.slice(1 + units)])) break;
    leftOut.push(shown(head[++units]));
  }
  const below = rows.slice(1 + units).filter((row) => !isSame(row, header));
  if (below.length + 1 + units < rows.length) leftOut.push(shown(header));
  return { names: uniqueNames(namesOf(head, width)), rows: withoutEnd(below, width, leftOut), leftOut };
}

const DRAWN = new RegExp(`^(?:${LINE})$`);
/** What is drawn below the names, as in Markdown. */
const isLine = (row: string[]) => DRAWN.test(row.join("|"));
const isFilled = (cell: string) => cell !== "";
const filled = (row: string[]) => row.filter(isFilled).length;
const shown = (row: string[]) => row.filter(isFilled).join(" ");
const isSame = (row: string[], other: string[]) => row.length === other.length && row.every((cell, i) => cell === other[i]);

function usualWidth(rows: string[][]): number {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
}

/** The first row of the table: above it are titles, and headings of groups. */
function firstRow(rows: string[][], width: number): number {
  const found = rows.findIndex((row, index) => {
    const rest = rows.slice(index + 1).filter((each) => filled(each) > 1);
    const below = rest[0] ?? [];
    const lacksOne = row.length === width - 1 && width > 2 && below.length === width;
    // A title of several cells may have as many by chance.
    if (row.length !== width && !(lacksOne && !areNames(rest))) return false;
    const isTitle = width > 1 && filled(row) <= 1 && filled(below) > 1;
    return below.length !== width || !(isTitle || areGroups(rows.slice(index), width));
  });
  return Math.max(0, found);
}

function areGroups(rows: string[][], width: number): boolean {
  const [groups, names, ...below] = rows;
  if (rows.length < 4 || groups.length !== width || names.length !== width) return false;
  // One name may stand above several: of a station, or of a year.
  const different = new Set(groups.filter(isFilled)).size;
  const hasGaps = different > 0 && different <= width - 2 && !groups.every(isFilled);
  const areWords = names.every(isFilled) && !names.some(looksNumeric);
  return hasGaps && areWords && numericColumns(below).length > 0;
}

/** Whether the first row has words above all columns of numbers. */
function areNames([names, ...below]: string[][]): boolean {
  const cells = numericColumns(below).filter((j) => j < names.length).map((j) => names[j]);
  return cells.length > 0 && cells.every((cell) => cell && !looksNumeric(cell) && !isVague(cell));
}

/** The names, one more where the rows have one cell more than the header. */
function namesOf([names, ...below]: string[][], width: number): string[] {
  if (names.length === width) return names;
  return below.some((row) => row.length === width && row[width - 1]) ? ["row", ...names] : [...names, ""];
}

/** The rows without sums and remarks at their end. */
function withoutEnd(rows: string[][], width: number, leftOut: string[]): string[][] {
  const padded = withoutPadding(rows, width);
  const [known, most] = [withoutTotals(rows.slice(0, padded)), padded - MOST_BELOW];
  let end = known;
  while (end > 0 && end > most && isRemark(rows[end - 1], width)) end--;
  end = end && end > most ? withoutTotals(rows.slice(0, end)) : known;
  leftOut.push(...rows.slice(end).map(shown));
  return rows.slice(0, end);
}

/** How many rows there are without those at the end that are empty, or have only a remark. */
function withoutPadding(rows: string[][], width: number): number {
  let end = rows.length;
  const isPadded = ([first, ...others]: string[]) => others.length === width - 1 && !others.some(isFilled) && (!first || BEGINS_REMARK.test(first));
  while (width > 1 && end > 1 && isPadded(rows[end - 1])) end--;
  return end;
}

function isRemark(row: string[], width: number): boolean {
  const cells = row.filter(isFilled);
  return row.length < width && cells.length < 3 && !looksNumeric(cells[0]);
}

const BEGINS_REMARK = new RegExp(`^(?:${REMARK})`, "i");
const SUM = new RegExp(`^(?:${TOTAL})$`, "i");
const firstWord = ([cell]: string[]) => cell.replace(/^[ ":]+|[ ":]+$/g, "");

/** How many rows there are without those at the end that sum them up. */
function withoutTotals(rows: string[][]): number {
  let end = rows.length;
  while (end > 1 && rows[end - 1].length > 1) {
    const word = firstWord(rows[end - 1]);
    // A word that other rows begin with, too, is one of a column of words.
    if (!isTotal(word, rows.slice(0, end)) || rows.slice(0, end - 1).some((row) => firstWord(row) === word)) break;
    end--;
  }
  return end;
}

const MADE = SUMMARIES.map((words) => new RegExp(`^(?:${words})$`, "i"));
const MAKERS = [(values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length, (values: number[]) => Math.max(...values), (values: number[]) => Math.min(...values)];

/** Whether the last row is a sum by its word, or what else its numbers are. */
function isTotal(word: string, rows: string[][]): boolean {
  if (SUM.test(word)) return true;
  const make = MAKERS[MADE.findIndex((words) => words.test(word))];
  if (!make) return false;
  const summary = rows[rows.length - 1];
  const above = rows.slice(0, -1).filter(([first]) => !SUM.test(first) && !MADE.some((words) => words.test(first)));
  const fits = summary.slice(1).flatMap((cell, j) => {
    const numbers = above.map((row) => digitsIn(row[j + 1] ?? "")).filter(isFilled).map(Number);
    const wanted = digitsIn(cell);
    if (!numbers.length || !wanted) return [];
    // It may be rounded.
    return [Math.abs(make(numbers) - Number(wanted)) <= 10 ** -(wanted.split(".")[1] ?? "").length];
  });
  return 2 * fits.filter(Boolean).length > fits.length;
}

/** The number in a cell as programs write it, "" for none. */
function digitsIn(cell: string): string {
  let text = cell.replace(/[^-0-9.,]/g, "");
  if (/,(?!\d{3}$)\d*$/.test(text)) text = text.replaceAll(".", "").replace(",", ".");
  text = text.replaceAll(",", "");
  return /^-?\d+\.?\d*$/.test(text) ? text : "";
}

const NUMBER = /^(?:[-+(]?\s*[^\p{L}\p{N}_\s]?\s*[-+]?\d[\d.,'’ ]*([eE][-+]?\d+)?\s*(%|\p{L}{1,3}\d?)?\)?|[-+]?[.,]\d+)$/u;
const DATE = new RegExp(
  `^(?:\\d{1,4}[-/.年:]\\d{1,2}([-/.月:]\\d{1,4}日?)?([T ]\\d.*)?|(${Object.keys(ERAS).join("|")})\\.? ?(\\d{1,3}|元)(年(度|\\d.*)?|([-/.]\\d{1,2}){2}))$`,
);

export function looksNumeric(cell: string): boolean {
  return NUMBER.test(cell) || DATE.test(cell);
}

/** Whether the first row has names: words above numbers. */
function hasHeader([first, ...below]: string[][]): boolean {
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
function areUnits([, row, ...below]: string[][]): boolean {
  if (!below.length) return false;
  const numeric = numericColumns(below).filter((j) => j < row.length);
  const cells = numeric.map((j) => row[j]);
  const others = row.filter((cell, j) => cell && !numeric.includes(j));
  const words = cells.filter((cell) => cell && !looksNumeric(cell));
  const hasSeveral = words.length > 1 || (words.length === 1 && !others.length);
  const isClear = !cells.some((cell) => looksNumeric(cell)) && !words.some(isVague);
  // Longer words, above all numbers, are what the names mean.
  const areShort = row.every((cell) => cell.length <= LONGEST_UNIT) || (cells.length > 1 && words.length === cells.length);
  return areShort && hasSeveral && isClear;
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
