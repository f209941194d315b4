/** What Python has made for a test; without it there is nothing to compare with. */

import { readFileSync } from "node:fs";
import { test } from "node:test";

const file = process.env.KOBAI_FIXTURES;

/** A test on fixtures; skipped where Python has made none. */
export function fixtureTest<T>(name: string, check: (fixtures: T) => void | Promise<void>): void {
  const skip = file ? false : "is run by pytest, which makes what is compared";
  test(name, { skip }, () => check(JSON.parse(readFileSync(file ?? "", "utf8"))));
}
