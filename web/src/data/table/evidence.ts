/** What the cells of a column look like, counted over all of its rows. */

import { isVagueWord, plainNumber, tidy } from "./cells";
import { momentsBy } from "./dates";
import { DURATIONS, FORMS, LOOSE, MAY_BE_DATE, SCORE, SEVERAL, WRITINGS } from "./rules";

/** What one cell looks like: what stands before and after which kinds of digits. */
export interface Shape {
  before: string;
  after: string;
  /** Whether a blank is between the digits and what is after them. */
  isApart: boolean;
  writings: ReadonlySet<string>;
  count: number;
}

export interface Evidence {
  plain: number;
  hasFractions: boolean;
  undivided: number;
  zeros: number;
  compact: number;
  shapes: Shape[];
  forms: Map<string, number>;
  dates: number;
  odd: Map<string, number>;
  /** Cells that were not missing. */
  cells: number;
}

const MOMENTS = Object.keys(FORMS).map((form) => [form, momentsBy(form)] as const);
const WRITING_PATTERNS = Object.entries(WRITINGS).map(([name, way]) => [name, new RegExp(way)] as const);
const LOOSE_PATTERN = new RegExp(LOOSE);
const MAY_BE = new RegExp(MAY_BE_DATE);
const IS_SCORE = new RegExp(SCORE);
const HAS_SEVERAL = new RegExp(SEVERAL);
const COMPACT = new RegExp(FORMS.yearmonthday);
const POINT_GROUPS = new RegExp(WRITINGS["1.000,"]);

/** The evidence of the words of a column, null for a missing one. */
export function evidenceOf(words: readonly (string | null)[]): Evidence {
  const found: Evidence = {
    ...{ plain: 0, hasFractions: false, undivided: 0, zeros: 0, compact: 0, dates: 0, cells: 0 },
    ...{ shapes: [], forms: new Map(), odd: new Map() },
  };
  const others = new Map<string, number>();
  for (const word of words) {
    if (word === null) continue;
    if (plainNumber(word) !== null) addPlain(found, word);
    else others.set(word, (others.get(word) ?? 0) + 1);
  }
  const shapes = new Map<string, Shape>();
  let odd = 0;
  for (const [word, count] of others) {
    const text = tidy(word);
    if (isVagueWord(text) || addDate(found, text, count) || addShape(shapes, text, count)) continue;
    odd += count;
    found.odd.set(text, (found.odd.get(text) ?? 0) + count);
  }
  found.shapes = [...shapes.values()];
  const shaped = found.shapes.reduce((sum, { count }) => sum + count, 0);
  return { ...found, cells: found.plain + shaped + found.dates + odd };
}

function addPlain(found: Evidence, word: string): void {
  found.plain++;
  const isDotted = word.includes(".");
  found.hasFractions ||= isDotted;
  // Numbers that have points where thousands could have them do not count.
  if (isDotted) found.undivided += +!POINT_GROUPS.test(word);
  found.zeros += +/^[-+]?0\d/.test(word);
  found.compact += +COMPACT.test(word);
}

function addDate(found: Evidence, text: string, count: number): boolean {
  if (!MAY_BE.test(text) || IS_SCORE.test(text)) return false;
  let isDate = false;
  for (const [form, momentOf] of MOMENTS) {
    if (momentOf(text) === null) continue;
    // One number with a unit is a number, unless most cells have several.
    isDate ||= !DURATIONS.includes(form) || HAS_SEVERAL.test(text);
    found.forms.set(form, (found.forms.get(form) ?? 0) + count);
  }
  if (isDate) found.dates += count;
  return isDate;
}

function addShape(shapes: Map<string, Shape>, text: string, count: number): boolean {
  const parts = LOOSE_PATTERN.exec(text)?.groups;
  if (!parts) return false;
  const writings = WRITING_PATTERNS.filter(([, pattern]) => pattern.test(parts.digits)).map(([name]) => name);
  if (!writings.length) return false;
  const [before, after] = [(parts.before ?? "").trim(), (parts.after ?? "").trim()];
  const isApart = parts.gap === " " && after !== "";
  const key = JSON.stringify([before, after, isApart, writings]);
  const shape = shapes.get(key) ?? { before, after, isApart, writings: new Set(writings), count: 0 };
  shape.count += count;
  shapes.set(key, shape);
  return true;
}
