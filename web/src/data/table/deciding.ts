/**
 * Deciding how a column is read, from what all of its cells look like.
 *
 * The rules are those of `kobai.data.tables.reading.deciding`, one by one.
 */

import type { Evidence, Shape } from "./evidence";
import type { Numerals } from "./numerals";
import { isLimit } from "./numerals";
import {
  BOOLEANS,
  CURRENCIES,
  FEW_NUMBERS,
  FEW_ODD,
  FLAG,
  FORMS,
  FULL_BOOLEANS,
  GROUPS,
  HALF,
  MONEY,
  MULTIPLES,
  STATUS,
  TYPOS,
} from "./rules";

const PLAIN = "1000.5";
const COMMA = "1000,5";
const POINTED = "1,000.";

/** Numbers in some numerals, dates of a form, or words. */
export type Decision = { kind: "number"; numerals: Numerals } | { kind: "date"; form: string } | { kind: "words"; why: string };

const words = (why = ""): Decision => ({ kind: "words", why });

export function decide(evidence: Evidence, different: number, decimal: string): Decision {
  const { zeros, hasFractions, cells, compact, dates, plain, shapes } = evidence;
  if (zeros && !hasFractions) return words("leading zeros");
  if (cells && compact === cells) return { kind: "date", form: "yearmonthday" };
  if (dates > plain + total(shapes)) return decideDate(evidence);
  if (!plain && !shapes.length) return words();
  return decideNumber(evidence, different, decimal);
}

/** The decimal mark that a column's numbers cannot do without, or nothing. */
export function showsDecimal(evidence: Evidence): string {
  const { shapes } = evidence;
  const count = (isMeant: (shape: Shape) => boolean) => total(shapes.filter(isMeant));
  const commas = count((s) => isExactly(s, COMMA));
  const either = count((s) => isExactly(s, COMMA, POINTED));
  const groups = count((s) => s.writings.has(POINTED) && !s.writings.has(COMMA));
  const others = ["1.000,", "1 000,", "1'000,"];
  const swiss = count((s) => others.some((way) => s.writings.has(way))) - threeDecimals(evidence);
  if (commas > Math.max(TYPOS * (commas + either), groups) || swiss > groups + evidence.plain) return ",";
  return groups || evidence.hasFractions ? "." : "";
}

function total(shapes: Shape[]): number {
  return shapes.reduce((sum, { count }) => sum + count, 0);
}

function isExactly({ writings }: Shape, ...ways: string[]): boolean {
  return writings.size === ways.length && ways.every((way) => writings.has(way));
}

/** The form that fits most dates; in doubt the day comes first. */
function decideDate({ forms, cells }: Evidence): Decision {
  const counts = Object.keys(FORMS).map((form) => ({ form, count: forms.get(form) ?? 0 }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
  if (cells - best.count > Math.max(1, TYPOS * cells)) return words("dates and other words");
  return { kind: "date", form: best.form };
}

function decideNumber(evidence: Evidence, different: number, decimal: string): Decision {
  const { cells } = evidence;
  const [mark, group] = marksOf(evidence, decimal);
  const allowed = writingsOf(mark, group);
  const fitting = evidence.shapes.filter(({ writings }) => allowed.some((way) => writings.has(way)));
  const { numerals, read: shaped } = withSigns(mark, group, fitting, evidence, different);
  // Numbers as in programs mean something else in these numerals.
  const isSpoilt = !mark.includes(".") && group !== "." && evidence.hasFractions;
  const read = (isSpoilt ? 0 : evidence.plain) + shaped;
  const wrong = cells - read;
  const number: Decision = { kind: "number", numerals };
  if (!wrong) return number;
  if (wrong <= Math.max(1, TYPOS * cells) && read) return number;
  const oddCells = [...evidence.odd.values()].reduce((sum, count) => sum + count, 0);
  const areFew = evidence.odd.size <= FEW_ODD && wrong === oddCells;
  if (wrong <= (areFew ? HALF : STATUS) * cells && different > FEW_NUMBERS) return number;
  return words(read > wrong ? "words among numbers" : "");
}

/** The decimal mark and what parts groups of digits. */
function marksOf(evidence: Evidence, decimal: string): [string, string] {
  const { shapes, hasFractions } = evidence;
  const commas = total(shapes.filter((s) => isExactly(s, COMMA)));
  const either = total(shapes.filter((s) => isExactly(s, COMMA, POINTED)));
  const scores = Object.entries(GROUPS).map(([way, marks]) => ({ marks, score: total(shapes.filter((s) => s.writings.has(way))) }));
  for (const each of scores) {
    const name = each.marks.join();
    if (name === ".,,") each.score -= either;
    if (name === ",,.") each.score -= threeDecimals(evidence);
    // 1.250 beside 7,5 in other columns.
    if (name === ",,." && decimal === "," && hasFractions && !evidence.undivided) each.score += evidence.plain;
  }
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  const both = hasFractions ? ",." : ",";
  if (either && !best.score) {
    const areGroups = commas <= TYPOS * (commas + either) && (commas > 0 || decimal !== ",");
    return areGroups ? [".", ","] : [both, ""];
  }
  if (best.score) {
    const isPointed = best.marks.join() === ".,,";
    if (isPointed && commas > TYPOS * (commas + either + best.score)) return [both, ""];
    return best.marks;
  }
  return [commas ? both : ".", ""];
}

/** How many numbers are as 1.250 kg, where others show that these are no 1250. */
function threeDecimals({ shapes, undivided }: Evidence): number {
  const three = total(shapes.filter((s) => isExactly(s, PLAIN, "1.000,")));
  const others = total(shapes.filter((s) => isExactly(s, PLAIN))) + undivided;
  return others > TYPOS * (others + three) ? three : 0;
}

function writingsOf(decimal: string, group: string): string[] {
  const found = [decimal.includes(".") ? PLAIN : COMMA, ...(decimal.includes(",") ? [COMMA] : [])];
  const grouped = Object.entries(GROUPS).filter(([, [mark, part]]) => mark === decimal && part === group);
  return [...found, ...grouped.map(([way]) => way)];
}

/** The numerals with currency and unit, and how many cells they read. */
function withSigns(decimal: string, group: string, shapes: Shape[], evidence: Evidence, different: number): { numerals: Numerals; read: number } {
  const fronts = counted(shapes, (shape) => shape.before);
  const units = counted(shapes, (shape) => shape.after);
  const inOrder = [...fronts].sort(([, a], [, b]) => b - a);
  let before = inOrder.find(([front]) => isCurrency(front))?.[0] ?? "";
  const limits = inOrder.filter(([front]) => isLimit(front));
  const inexact = limits.reduce((sum, [, count]) => sum + count, 0);
  // Among few numbers <1 is another one than 1, and <=50K alone is a class.
  if (!before && different > FEW_NUMBERS && inexact && inexact <= evidence.plain + (fronts.get("") ?? 0)) before = limits[0][0];
  const allowed = ["", before, ...(isLimit(before) ? limits.map(([front]) => front) : [])];
  const bare = evidence.plain + (units.get("") ?? 0);
  const joined = shapes.filter((shape) => !shape.isApart).map((shape) => shape.after);
  const after = unitsOf(new Map([...units].filter(([unit]) => unit)), bare, joined);
  const fits = ({ before: front, after: unit }: Shape) => allowed.includes(front) && (!unit || Object.hasOwn(after, unit));
  const numerals = { decimal, group, before, after: Object.keys(after).length ? after : null };
  return { numerals, read: total(shapes.filter(fits)) };
}

function counted(shapes: Shape[], part: (shape: Shape) => string): Map<string, number> {
  const found = new Map<string, number>();
  for (const shape of shapes) found.set(part(shape), (found.get(part(shape)) ?? 0) + shape.count);
  return found;
}

/** What the units of a column multiply by, nothing where they are none. */
function unitsOf(units: Map<string, number>, bare: number, joined: string[]): Record<string, number> {
  if (!units.size) return {};
  const names = [...units.keys()];
  const multiples = names.map(multipleOf);
  const money = new Set(multiples.map(([, sign]) => sign).filter(Boolean));
  // A letter m alone is a meter or a minute.
  const areSeveral = units.size > 1 || (bare && names[0] !== "m");
  if (multiples.every(([factor]) => factor) && money.size < 2 && areSeveral) {
    return Object.fromEntries(names.map((unit, i) => [unit, multiples[i][0]]));
  }
  const count = (unit: string) => units.get(unit) ?? 0;
  const main = names.reduce((a, b) => (count(b) > count(a) ? b : a));
  const same = names.filter((unit) => stem(unit) === stem(main));
  const withUnit = same.reduce((sum, unit) => sum + count(unit), 0);
  const others = names.reduce((sum, unit) => sum + count(unit), 0) - withUnit;
  // A letter behind a few numbers, as of houses, is part of a name.
  const isUsual = withUnit >= bare + others || isCurrency(main) || main === "%";
  const isFlag = (unit: string) => !joined.includes(unit) && new RegExp(`^${FLAG}$`).test(unit);
  if (!isUsual && names.every(isFlag)) return Object.fromEntries(names.map((unit) => [unit, 1]));
  return isUsual ? Object.fromEntries(same.map((unit) => [unit, 1])) : {};
}

/** What a unit multiplies by, and the money in it; 0 for others. */
function multipleOf(unit: string): [number, string] {
  const bare = unit.replace(/\.+$/, "");
  for (const money of ["", ...MONEY]) {
    if (!bare.endsWith(money)) continue;
    const head = bare.slice(0, bare.length - money.length).replace(/[. ]+$/, "");
    if (Object.hasOwn(MULTIPLES, head)) return [MULTIPLES[head], money];
    if (money && bare === money) return [1, money];
  }
  return [0, ""];
}

/** A unit without its plural: days and day are one. */
function stem(unit: string): string {
  return unit.toLowerCase().replace(/\.+$/, "").replace(/s$/, "");
}

function isCurrency(sign: string): boolean {
  return /^\p{Sc}$/u.test(sign) || (CURRENCIES as string[]).includes(sign);
}

/** The words that mean the same as one that comes before them. */
export function sameWords(given: string[]): Map<string, string> {
  const lower = given.map((word) => word.toLowerCase());
  const isFull = (word: string) => FULL_BOOLEANS.includes(word.toLowerCase());
  const isBoolean = given.some(isFull) && lower.every((word) => Object.hasOwn(BOOLEANS, word));
  const named = isBoolean ? [...given].sort((a, b) => Number(isFull(b)) - Number(isFull(a))) : given;
  const first = new Map<string, string>();
  for (const word of named) {
    const meaning = meaningOf(word, isBoolean);
    if (!first.has(meaning)) first.set(meaning, word);
  }
  return new Map(given.map((word) => [word, first.get(meaningOf(word, isBoolean)) ?? word]));
}

function meaningOf(word: string, isBoolean: boolean): string {
  const lower = word.toLowerCase();
  if (isBoolean) return BOOLEANS[lower];
  if (lower === "true" || lower === "false") return lower;
  const whole = word.replace(/\.0$/, "");
  return /^-?\d+$/.test(whole) ? whole : word;
}
