/** Numbers as people write them: 1,234.5 or 1.234,5 or $12 or 12.5 kg or (300). */

import { plainNumber, tidy } from "./cells";
import { GROUPED, LIMIT } from "./rules";

export interface Numerals {
  /** The decimal mark; ",." is a comma, and a point as well. */
  decimal: string;
  group: string;
  before: string;
  after: Record<string, number> | null;
}

export const PROGRAMS: Numerals = { decimal: ".", group: "", before: "", after: null };

/** Whether a sign says that a number is not exact, as < does. */
export function isLimit(sign: string): boolean {
  return new RegExp(`^${LIMIT}$`).test(sign);
}

function escaped(word: string): string {
  return word.replace(/[.^$*+?()[\]{}|\\-]/g, "\\$&");
}

/** Bracket, signs, digits, and what follows. */
function patternOf({ decimal, group, before, after }: Numerals): RegExp {
  const mark = `[${escaped(decimal)}]`;
  const whole = group ? `${GROUPED.replaceAll("{g}", escaped(group))}|[0-9]+` : "[0-9]+";
  const digits = `(?:${whole})(?:${mark}[0-9]*)?|${mark}[0-9]+`;
  const sign = isLimit(before) ? LIMIT : escaped(before);
  const front = sign ? `(?:${sign} ?)?` : "";
  const units = Object.keys(after ?? {}).sort((a, b) => b.length - a.length);
  const behind = units.length ? `(?: ?(${units.map(escaped).join("|")}))?` : "()";
  return new RegExp(`^(\\(?) ?([-+]?) ?${front}([-+(]?) ?((?:${digits})(?:[eE][-+]?[0-9]+)?)${behind} ?(\\)|-)?$`);
}

/** Returns what reads words as numbers: null for one that is not written so. */
export function numbersBy(numerals: Numerals): (word: string) => number | null {
  const { decimal, group, after } = numerals;
  const isPlain = decimal === "." && !group && !numerals.before && !after;
  const pattern = patternOf(numerals);
  return (word) => {
    const plain = plainNumber(word);
    if (isPlain && plain !== null) return plain;
    const text = tidy(word);
    const match = pattern.exec(text);
    if (!match) return group === "." || (text.includes(".") && !decimal.includes(".")) ? null : plainNumber(text);
    const [, opening, first, second, digits, unit, closing] = match;
    const isBracketed = opening === "(" || second === "(";
    if (isBracketed !== (closing === ")")) return null;
    const bare = group ? digits.replaceAll(group, "") : digits;
    const value = Number(decimal.includes(",") ? bare.replace(",", ".") : bare) * (after?.[unit] ?? 1);
    return isBracketed || first === "-" || second === "-" || closing === "-" ? -value : value;
  };
}
