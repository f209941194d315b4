/** What is thrown where data cannot be taken: with what is to be said to the user. */

import type { Code, Said } from "../protocol";

export class Refusal extends Error {
  constructor(readonly said: Said) {
    super(said.code);
  }
}

export function refuse(code: Code, values: Said["values"]): never {
  throw new Refusal({ code, values });
}
