/** Text as rows of cells, by RFC 4180: quotation marks hold cells together. */

export interface Rows {
  rows: string[][];
  /** The number of the row whose quotation marks do not close where a cell ends. */
  open: number | null;
}

export function rowsOf(text: string, separator: string): Rows {
  if (!text.includes('"')) {
    const lines = text.split(/\r\n|\n|\r/);
    return { rows: lines.map((line) => line.split(separator)).filter(isFilled), open: null };
  }
  return quotedRows(text, separator);
}

function quotedRows(text: string, separator: string): Rows {
  const mark = separator === "|" ? "\\|" : separator;
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${mark}\r\n][^${mark}\r\n]*)?)(${mark}|\r\n|\n|\r|$)`, "y");
  const rows: string[][] = [];
  let row: string[] = [];
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) {
      return { rows, open: rows.length };
    }
    row.push(found[1] === undefined ? (found[2] ?? "") : found[1].replaceAll('""', '"'));
    if (found[3] !== separator) {
      rows.push(row);
      row = [];
    }
  }
  if (row.length) {
    rows.push([...row, ""]);
  }
  return { rows: rows.filter(isFilled), open: null };
}

/** Rows of nothing but blanks are none. */
const isFilled = (row: string[]) => row.some((cell) => cell.trim());
