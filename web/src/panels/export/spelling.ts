/** Values as Python writes them. */

/** A number; Python reads JavaScript's digits, and wants 1.0 where a float is meant. */
export function number(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : `${value}`;
}

export function text(value: string): string {
  // JSON's escapes are Python's, too; a lone surrogate or control is written as \u….
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escaped);
}

const escaped = (letter: string) =>
  /[\p{L}\p{N}]/u.test(letter)
    ? letter
    : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

export function call(name: string, values: string[]): string {
  return `${name}(${values.filter(Boolean).join(", ")})`;
}

/** cosine_decay → CosineDecay */
export function pascal(name: string): string {
  return name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A list of rows, several numbers to a line. */
export function rowsOfNumbers(rows: number[][]): string[] {
  return rows.map((row) => `    [${row.join(", ")}],`);
}
