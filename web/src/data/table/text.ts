/** A file of text as rows of cells: where the table begins, and what its columns are. */

import type { Said } from "../../protocol";
import { refuse } from "../refusal";
import { layoutOf, looksNumeric } from "./layout";
import { rowsOf } from "./rows";
import { SEP } from "./rules";

const MOST_BYTES = 50_000_000;
const MOST_ROWS = 200_000;
/** A file that has two of them in every row is parted by the first of these. */
const SEPARATORS = ["\t", ";", "|", ","];
const COMMENT = /^\s*(?:['"]?#|%|\/\/|!)/;
const SAYS_SEPARATOR = new RegExp(`^${SEP}$`, "i");
const MOST_SHOWN = 3;
const LONGEST_SHOWN = 40;

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

export function tableOf(name: string, whole: string): TextTable {
  const { text, above, said } = withoutComments(whole);
  const separator = said || separatorOf(text);
  const parsed = rowsOf(text, separator);
  if (parsed.open !== null) {
    const row = parsed.open;
    refuse("open-quote", { row });
  }
  const all = parsed.rows.map((row) => row.map((cell) => cell.trim()));
  if (!all.length) refuse("empty-file", { name });
  const commented = namesIn(above, separator, all[0].length);
  const { names, rows, leftOut } = layoutOf(commented ? [commented, ...all] : all, commented ? above.slice(0, -1) : above);
  const width = names.length;
  if (width < 2) refuse("one-column", { name });
  const ragged = rows.findIndex((row) => row.length !== width);
  if (ragged >= 0) {
    const [row, got] = [ragged + 1, rows[ragged].length];
    refuse("ragged-row", { row, got, need: width });
  }
  if (rows.length > MOST_ROWS) {
    const [count, most] = [rows.length, MOST_ROWS];
    refuse("too-many-rows", { rows: count, most });
  }
  return { name, separator, names, rows, notes: leftOut.length ? [{ code: "lines-left-out", values: { lines: few(leftOut) } }] : [] };
}

/** Lines as they are told of: the first of them, and those cut where they are long. */
function few(lines: string[]): string {
  const shown = lines.slice(0, MOST_SHOWN).map((line) => (line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line));
  return [...shown, ...(lines.length > MOST_SHOWN ? ["…"] : [])].map((line) => `“${line}”`).join(", ");
}

/** A text without the comments at its beginning, and the separator that one says. */
function withoutComments(text: string): { text: string; above: string[]; said: string } {
  const above: string[] = [];
  let said = "";
  for (let rest = text; ; ) {
    const line = /^.*/.exec(rest)?.[0] ?? "";
    const separator = above.length || said ? null : SAYS_SEPARATOR.exec(line.trim());
    const isComment = COMMENT.test(line);
    if (!rest || (line.trim() && !separator && !isComment)) return { text: rest, above, said };
    if (separator) said = separator[1];
    else if (isComment) above.push(line.trim());
    rest = rest.slice(line.length).replace(/^\r?\n|^\r/, "");
  }
}

/** The names in the last comment, where it has as many as the row below it has cells. */
function namesIn(above: string[], separator: string, width: number): string[] | null {
  const bare = above[above.length - 1]?.replace(/^[#%!/ '"]+/, "") ?? "";
  const names = rowsOf(bare, separator).rows[0]?.map((cell) => cell.trim()) ?? [];
  return names.length > 1 && names.length === width && !names.some(looksNumeric) ? names : null;
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
