import assert from "node:assert/strict";
import { Random } from "../src/engine/random";
import { fixtureTest } from "./fixtures";

interface Case {
  seed: number;
  streams: number[];
  uniform: number[];
  uniform32: number[];
  limit: number;
  integers: number[];
  permutation: number[];
  normal: number[];
}

/** NumPy's own tables of the normal distribution are rounded to about so much. */
const TOLERANCE = 5e-14;

fixtureTest<Case[]>("random numbers are NumPy's", (cases) => {
  for (const { seed, streams, limit, ...drawn } of cases) {
    const many = (like: number[], draw: (random: Random) => number) => {
      const random = new Random(seed, streams);
      return like.map(() => draw(random));
    };
    assert.deepEqual(many(drawn.uniform, (random) => random.uniform()), drawn.uniform);
    assert.deepEqual(many(drawn.uniform32, (random) => random.uniform32()), drawn.uniform32);
    assert.deepEqual(many(drawn.integers, (random) => random.integer(limit)), drawn.integers);
    const order = new Random(seed, streams).permutation(drawn.permutation.length);
    assert.deepEqual([...order], drawn.permutation);
    many(drawn.normal, (random) => random.normal()).forEach((value, i) => {
      const expected = drawn.normal[i];
      assert.ok(Math.abs(value - expected) <= TOLERANCE * Math.abs(expected), `${value} ${expected}`);
    });
  }
});
