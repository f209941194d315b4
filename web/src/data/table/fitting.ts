/** What a network sees of each column, found from the rows that it learns from. */

import type { Said, TableGiven } from "../../protocol";
import { Random } from "../../engine/random";
import { chosenRows, testCount } from "../split";
import type { RawColumn, RawTable, Reading } from "./raw";
import { refuse } from "../refusal";

const MOST_CATEGORIES = 1000;
const MOST_WORDS = 10_000;
const FEW_WORDS = 20;
const FEW_ROWS = 5;
const ROWS_PER_WORD = 4;
const FEW_CLASSES = 10;
const ROWS_PER_CLASS = 5;
const MOST_CLASSES = 1000;

const MOST_NUMBERS = 40_000_000;

/** One column that the network sees, as Python keeps it with a model. */
export interface Feature {
  name: string;
  kind: "number" | "category";
  mean: number;
  std: number;
  has_missing: boolean;
  categories: string[];
  has_other: boolean;
  source: string;
  reading: Reading;
}

export interface Target {
  names: string[];
  classes: string[];
  means: number[];
  stds: number[];
  readings: Reading[];
}

export interface Fitted {
  given: TableGiven;
  features: Feature[];
  target: Target;
  /** Why each of the other columns is left out. */
  leftOut: Map<string, Said>;
  lost: number;
}

interface Labels {
  classes: string[];
  /** A class or a number for each row; NaN where there is none. */
  values: Float64Array;
}

/** The table as inputs and targets, divided and fitted as `kobai.load_table` does. */
export function fittedTable(raw: RawTable, target: string, omit: string[], testSize: number, seed: number): Fitted {
  const column = targetColumn(raw, target);
  const labels = labelsOf(column);
  const known = Int32Array.from(labels.values.keys()).filter((row) => !Number.isNaN(labels.values[row]));
  const isTest = dividedRows(raw.rows, known, labels, testSize, seed);
  const training = known.filter((row) => !isTest[row]);
  const used = raw.columns.filter(({ source }) => source !== target && !omit.includes(source));
  const leftOut = new Map<string, Said>();
  const seen = used.filter((each) => {
    const why = whyNot(each, training);
    if (why) leftOut.set(each.name, why);
    return !why;
  });
  if (!seen.length) refuse("no-inputs", { name: raw.name });
  const features = seen.map((each) => featureOf(each, training));
  const inputs = inputsOf(features);
  if (inputs.length * known.length > MOST_NUMBERS) {
    refuse("too-wide", { name: raw.name, inputs: inputs.length, rows: known.length });
  }
  const { values, means, stds } = scaled(labels, training);
  const given: TableGiven = {
    ...{ name: raw.name, target, inputs: inputs.map(({ name }) => name) },
    classes: labels.classes.length ? labels.classes : null,
    x: encoded(seen, inputs, known),
    t: Float32Array.from(known, (row) => values[row]),
    isTest: Uint8Array.from(known, (row) => isTest[row]),
  };
  const readings = labels.classes.length ? [] : [column.reading];
  const goal: Target = { names: [target], classes: labels.classes, means, stds, readings };
  given.columns = { features, target: goal };
  return { given, features, target: goal, leftOut, lost: raw.rows - known.length };
}

function targetColumn(raw: RawTable, name: string): RawColumn {
  const column = raw.columns.find(({ source }) => source === name);
  if (!column) {
    const columns = [...new Set(raw.columns.map(({ source }) => source))].join(", ");
    return refuse("unknown-column", { column: name, columns });
  }
  if (column.isDate) {
    refuse("target-date", { column: name });
  }
  const known = column.values.filter((value) => !Number.isNaN(value));
  if (!known.length) refuse("target-empty", { column: name });
  if (known.every((value) => value === known[0])) {
    const value = column.kind === "category" ? column.words[0] : String(known[0]);
    refuse("target-constant", { column: name, value });
  }
  return column;
}

/** Words are classes; so are two different numbers, and codes from 0 or 1. */
function labelsOf({ name, kind, values, words }: RawColumn): Labels {
  const different = [...new Set(values.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
  const count = values.reduce((sum, value) => sum + +!Number.isNaN(value), 0);
  const areFew = different.length <= Math.min(FEW_CLASSES, Math.floor(count / ROWS_PER_CLASS));
  const areCodes = (different[0] === 0 || different[0] === 1) && different.every((value, i) => value === different[0] + i);
  const isClasses = kind === "category" || different.length === 2 || (areFew && areCodes);
  if (!isClasses) return { classes: [], values };
  if (different.length > MOST_CLASSES) {
    refuse("target-many-classes", { column: name, count: different.length });
  }
  const named = different.map((value) => ({ value, name: kind === "category" ? words[value] : String(value) }));
  if (kind === "category") named.sort((a, b) => bySize(a.name, b.name));
  const order = new Map(named.map(({ value }, k) => [value, k]));
  return { classes: named.map((each) => each.name), values: values.map((value) => order.get(value) ?? Number.NaN) };
}

/** Numbers in order, 10 after 9, and words after them. */
function bySize(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => (name.trim() === "" ? Number.NaN : Number(name)));
  const [isWord, isOther] = [!Number.isFinite(x), !Number.isFinite(y)];
  if (isWord !== isOther) return isWord ? 1 : -1;
  return (isWord ? 0 : x - y) || (a < b ? -1 : 1);
}

function dividedRows(rows: number, known: Int32Array, { classes, values }: Labels, testSize: number, seed: number): Uint8Array {
  const order = new Random(seed).permutation(known.length);
  const labels = classes.length ? Float64Array.from(known, (row) => values[row]) : null;
  const chosen = chosenRows(order, testCount(known.length, testSize), labels);
  const isTest = new Uint8Array(rows);
  known.forEach((row, i) => {
    isTest[row] = chosen[i];
  });
  return isTest;
}

/** Why a column teaches nothing; null where it does. */
function whyNot({ kind, values, words }: RawColumn, training: Int32Array): Said | null {
  const there = training.filter((row) => !Number.isNaN(values[row]));
  const said = (code: Said["code"]) => ({ code, values: {} });
  if (!there.length) return said("is-empty");
  if (there.length === training.length && there.every((row) => values[row] === values[there[0]])) {
    return said("is-constant");
  }
  if (kind === "number") return numbersRows(values) ? said("is-identifier") : null;
  const different = new Set(there.map((row) => values[row])).size;
  const isOwn = different === there.length && there.length > FEW_ROWS;
  if (words.length > MOST_WORDS || isOwn || (different > FEW_WORDS && ROWS_PER_WORD * different > there.length)) {
    return { code: "is-text", values: { count: different } };
  }
  return null;
}

/** Whether a column counts the rows from 0 or 1, in order or shuffled. */
function numbersRows(values: Float64Array): boolean {
  const start = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if ((start !== 0 && start !== 1) || values.some(Number.isNaN)) return false;
  if (values.length > 2 && values.every((value, i) => value === start + i)) return true;
  const isOrder = values.length > FEW_WORDS && new Set(values).size === values.length;
  return isOrder && values.every((value) => Number.isInteger(value) && value < start + values.length);
}

function featureOf(column: RawColumn, training: Int32Array): Feature {
  const { name, source, values, words, reading } = column;
  const base = { name, source: source === name ? "" : source, reading, mean: 0, std: 1, has_missing: false, categories: [] as string[], has_other: false };
  const there = training.filter((row) => !Number.isNaN(values[row]));
  if (column.kind === "category") return { ...base, kind: "category", ...categoriesOf(words, values, there, training.length) };
  const mean = there.reduce((sum, row) => sum + values[row], 0) / there.length;
  const variance = there.reduce((sum, row) => sum + (values[row] - mean) ** 2, 0) / there.length;
  return { ...base, kind: "number", mean, std: Math.sqrt(variance) || 1, has_missing: there.length < training.length };
}

/** The most frequent words in the order of their characters, and whether there are more. */
function categoriesOf(words: string[], values: Float64Array, there: Int32Array, trained: number): Pick<Feature, "categories" | "has_other"> {
  const counts = words.map((word, code) => ({ word, code, count: 0 }));
  for (const row of there) counts[values[row]].count++;
  const chosen = counts.filter(({ count }) => count).sort((a, b) => b.count - a.count || a.code - b.code).slice(0, MOST_CATEGORIES);
  const named = chosen.reduce((sum, { count }) => sum + count, 0);
  return { categories: chosen.map(({ word }) => word).sort(), has_other: named < trained };
}

interface Input {
  name: string;
  /** Which of the features it is made of. */
  feature: number;
  of: (value: number, column: RawColumn) => number;
}

/** Numbers, then what of them is missing, then one for each category. */
function inputsOf(features: Feature[]): Input[] {
  const numbered = features.map((feature, index) => ({ feature, index }));
  const numbers = numbered.filter(({ feature }) => feature.kind === "number");
  const categories = numbered.filter(({ feature }) => feature.kind === "category");
  return [
    ...numbers.map(({ feature: { name, mean, std }, index }) => ({
      ...{ name, feature: index },
      of: (value: number) => (Number.isNaN(value) ? 0 : (value - mean) / std),
    })),
    ...numbers
      .filter(({ feature }) => feature.has_missing)
      .map(({ feature: { name }, index }) => ({ name: `${name} is missing`, feature: index, of: (value: number) => +Number.isNaN(value) })),
    ...categories.flatMap(({ feature, index }) => {
      const known = new Set(feature.categories);
      const is = (word: string) => (value: number, column: RawColumn) => +(column.words[value] === word);
      const isOther = (value: number, column: RawColumn) => +!known.has(column.words[value]);
      const all: Input[] = feature.categories.map((word) => ({ name: `${feature.name}=${word}`, feature: index, of: is(word) }));
      return feature.has_other ? [...all, { name: `${feature.name}=(other)`, feature: index, of: isOther }] : all;
    }),
  ];
}

function encoded(columns: RawColumn[], inputs: Input[], rows: Int32Array): Float32Array {
  const x = new Float32Array(rows.length * inputs.length);
  inputs.forEach(({ feature, of }, j) => {
    const column = columns[feature];
    rows.forEach((row, i) => {
      x[i * inputs.length + j] = of(column.values[row], column);
    });
  });
  return x;
}

/** Numbers by the mean and the deviation of those to learn from; classes as they are. */
function scaled({ classes, values }: Labels, training: Int32Array): { values: Float64Array; means: number[]; stds: number[] } {
  if (classes.length) return { values, means: [], stds: [] };
  const mean = training.reduce((sum, row) => sum + values[row], 0) / training.length;
  const variance = training.reduce((sum, row) => sum + (values[row] - mean) ** 2, 0) / training.length;
  const std = Math.sqrt(variance) || 1;
  return { values: values.map((value) => (value - mean) / std), means: [mean], stds: [std] };
}


