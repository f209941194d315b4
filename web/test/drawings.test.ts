import assert from "node:assert/strict";
import { seenFigure } from "../src/data/drawing";
import { fixtureTest } from "./fixtures";

interface Case {
  pixels: string;
  width: number;
  height: number;
  shape: [number, number];
  /** What Python sees; the number of figures, 0 on an empty pad, where it refuses. */
  expected: number[] | number;
}

/** Python resizes in float32. */
const TOLERANCE = 1e-5;
/** A figure whose mass lies just between two dots may lie beside where Python has it. */
const MOST_BESIDE = 0.01;

fixtureTest<Case[]>("drawings are seen as in Python", (cases) => {
  const beside: string[] = [];
  cases.forEach(({ pixels, width, height, shape, expected }, i) => {
    const ink = new Uint8Array(Buffer.from(pixels, "base64"));
    const seen = seenFigure(ink, width, height, { height: shape[0], width: shape[1] });
    if (typeof expected === "number") {
      const count = "several" in seen ? seen.several : "empty" in seen ? 0 : 1;
      assert.equal(count, expected, `drawing ${i}`);
      return;
    }
    assert.ok("field" in seen, `drawing ${i} is refused`);
    const { values } = seen.field;
    const furthest = Math.max(...expected.map((value, k) => Math.abs(value - values[k])));
    if (furthest > TOLERANCE) beside.push(`drawing ${i}, ${shape}: ${furthest}`);
  });
  assert.ok(beside.length <= MOST_BESIDE * cases.length, beside.join("\n"));
});
