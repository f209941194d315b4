/** The text of cells, and the numbers of programs among it. */

import { AMONG_NUMBERS, MISSING, NAN } from "./rules";

const MISSING_WORDS = new Set<string>(MISSING);
const VAGUE_WORDS = new Set<string>([...MISSING, ...AMONG_NUMBERS]);
const NO_NUMBER = new RegExp(`^${NAN}$`);
const PLAIN = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;

/** A cell without space around it; null where it is missing in any column. */
export function wordIn(cell: string): string | null {
  const word = cell.trim();
  return MISSING_WORDS.has(word) ? null : word;
}

/** Text in the characters that numbers and dates are usually written in. */
export function tidy(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  if (/^[\x00-\x7f]*$/.test(word)) return word;
  return word
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g, " ")
    .replace(/[\u2010-\u2013\u2212\ufe63△▲]/g, "-")
    .replace(/[\u2019\u02bc]/g, "'")
    .trim();
}

/** Whether a word stands for a missing value in a column of numbers or dates. */
export function isVague(word: string): boolean {
  return VAGUE_WORDS.has(word) || NO_NUMBER.test(word);
}

/** Whether a tidy word is one of those that do so in any column. */
export function isVagueWord(word: string): boolean {
  return VAGUE_WORDS.has(word);
}

/** A number as programs write it; null for anything else. */
export function plainNumber(word: string): number | null {
  return PLAIN.test(word) ? Number(word) : null;
}
