/** What is thrown where data cannot be taken: with what is to be said to the user. */

import type { Code, Said } from "../protocol";

export type SaidOfFile = Said & { row?: number; column?: string };

export class Refusal extends Error {
  constructor(readonly said: SaidOfFile) {
    super(said.message);
  }
}

export function refuse(code: Code, values: Said["values"], message: string): never {
  const row = typeof values.row === "number" ? values.row : undefined;
  const column = typeof values.column === "string" ? values.column : undefined;
  throw new Refusal({ code, values, message, row, column });
}
