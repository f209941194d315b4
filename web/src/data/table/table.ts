/** A user's own table: what its columns were taken for, and what can be learned of it. */

import type { Said, TableColumn, TableRead, Task } from "../../protocol";
import { type Fitted, fittedTable } from "./fitting";
import { type RawColumn, type RawTable, rawTable } from "./raw";
import { Refusal } from "../refusal";
import { readText, tableOf } from "./text";

export { fittedTable };
export type { Fitted, RawTable };

/** The share that is held out while nobody has said one. */
const USUAL_TEST_SIZE = 0.2;

export async function readTable(file: File): Promise<RawTable> {
  return rawTable(await readText(file));
}

export function tableFromText(name: string, text: string): RawTable {
  return rawTable(tableOf(name, text));
}

/** What is said of a table that was read; the target is the last column if none is. */
export function tableRead(raw: RawTable, target: string | undefined, omit: string[] = []): TableRead {
  const chosen = target ?? raw.columns[raw.columns.length - 1].source;
  const notes: Said[] = target ? [...raw.notes] : [...raw.notes, said("last-is-target", { column: chosen })];
  const base = { name: raw.name, rows: raw.rows, target: chosen };
  try {
    const fitted = fittedTable(raw, chosen, omit, USUAL_TEST_SIZE, 0);
    if (fitted.lost) notes.push(said("rows-without-target", { count: fitted.lost }));
    const { classes } = fitted.given;
    const task: Task = classes ? "classes" : "regression";
    return { ...base, task, classes, notes, columns: columnsRead(raw, chosen, omit, fitted.leftOut) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const columns = columnsRead(raw, chosen, omit, new Map());
    return { ...base, task: "classes", classes: null, notes, columns, refused: error.said };
  }
}

function said(code: Said["code"], values: Said["values"] = {}): Said {
  return { code, values };
}

/** One for each column of the file: dates are several columns here. */
function columnsRead({ columns }: RawTable, target: string, omit: string[], leftOut: Map<string, Said>): TableColumn[] {
  const sources = [...new Set(columns.map(({ source }) => source))];
  return sources.map((source) => {
    const parts = columns.filter((column) => column.source === source);
    const [first] = parts;
    const reasons = parts.map(({ name }) => leftOut.get(name));
    const values = first.kind === "category" ? first.words.length : new Set(first.values).size;
    const shown = { name: source, example: first.example, missing: first.missing, values };
    if (source === target) return { ...shown, taken: takenAs(first), why: said("as-target") };
    if (omit.includes(source)) return { ...shown, taken: "left out", why: said("is-omitted") };
    const why = reasons.every(Boolean) ? reasons[0] : undefined;
    return { ...shown, taken: why ? "left out" : takenAs(first), why: why ?? reasonOf(first) };
  });
}

function takenAs({ kind, isDate }: RawColumn): TableColumn["taken"] {
  return isDate ? "date" : kind === "category" ? "category" : "number";
}

function reasonOf({ kind, isDate, words }: RawColumn): Said {
  if (isDate) return said("as-date");
  if (kind === "category") return said("as-category", { count: words.length });
  return said("as-number");
}
