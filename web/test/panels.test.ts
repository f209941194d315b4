/** What the panels work out: signs of trouble, verdicts, points drawn, Python's spelling. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { path } from "../src/charts/plot";
import { extent, linear, spaced, ticks } from "../src/charts/scale";
import { asData, brushed, type Dot, dotsOf, enough, MOST_DOTS } from "../src/panels/data/dots";
import { stops } from "../src/panels/explanation/stops";
import { verdict } from "../src/panels/explanation/verdict";
import { curveCsv } from "../src/panels/export/curve";
import { number, pascal, text } from "../src/panels/export/spelling";
import { confused } from "../src/panels/judging/confused";
import { type Distribution, meanSize, sign } from "../src/panels/learning/signs";
import { zeroPlace } from "../src/panels/learning/zero";
import { largest } from "../src/panels/parts/mathml";
import { arrays, nameOf, parameterAt, placeOf } from "../src/panels/parts/parameters";
import type { Shape } from "../src/protocol";

/** A distribution of these numbers in bars as fine as they are. */
function distribution(of: "activation" | "gradient", layer: number, values: number[]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const counts = new Uint32Array(1000);
  for (const value of values) {
    counts[Math.min(999, Math.floor(((value - low) / (high - low || 1)) * 1000))] += 1;
  }
  return { of, layer, low, high, counts } as Distribution;
}

function shapeOf(units: number[], activation: string): Shape {
  const layers = units.map((count, i) => ({
    units: count,
    activation: i === units.length - 1 ? "softmax" : activation,
  }));
  return { inputs: ["x1", "x2"], layers, size: 0 } as unknown as Shape;
}

const spread = spaced([-1, 1], 200);
const scaled = (by: number) => spread.map((value) => by * value);

test("the mean size of a distribution is that of its numbers", () => {
  const values = spread.map((value) => value ** 3);
  const mean = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  // Each number is known to half a bar of 2 / 1000.
  assert.ok(Math.abs(meanSize(distribution("gradient", 0, values)) - mean) < 0.001);
});

test("gradients that shrink towards the inputs vanish, others explode", () => {
  const shape = shapeOf([4, 4, 2], "tanh");
  const of = (...sizes: number[]) =>
    sizes.map((size, layer) => distribution("gradient", layer, scaled(size)));
  assert.equal(sign(of(0.001, 0.03, 1), shape).code, "vanish");
  assert.equal(sign(of(1, 0.03, 0.001), shape).code, "explode");
  assert.equal(sign(of(0.5, 0.8, 1), shape).code, "healthy");
  assert.equal(sign(of(0, 0, 0), shape).code, "zero");
});

test("a hidden layer that passes no gradient is found", () => {
  const gradients = [0, 1].map((layer) => distribution("gradient", layer, scaled(1)));
  const silent = [...Array(80).fill(0), ...spaced([0.1, 2], 20)];
  const dead = sign([...gradients, distribution("activation", 0, silent)], shapeOf([4, 2], "relu"));
  assert.deepEqual(dead, { code: "dead", share: 0.8, layer: 0 });
  const ends = [...Array(70).fill(0.999), ...Array(20).fill(-0.999), ...spaced([-0.5, 0.5], 10)];
  const full = sign([...gradients, distribution("activation", 0, ends)], shapeOf([4, 2], "tanh"));
  assert.deepEqual(full, { code: "saturate", share: 0.9, layer: 0 });
});

test("the 0 of a histogram leaves the labels of its ends room", () => {
  assert.equal(zeroPlace({ low: -1, high: 1 }, ["−1", "1"], 220), 110);
  assert.equal(zeroPlace({ low: -0.2, high: 0.8 }, ["−0.2", "0.8"], 220), 44);
  // As far from the left, and below a longer number.
  assert.equal(zeroPlace({ low: -0.0011, high: 0.0044 }, ["−0.0011", "0.0044"], 220), null);
  assert.equal(zeroPlace({ low: 3, high: 3 }, ["3", "3"], 220), null);
});

test("the verdict tells agreement, a coarse step and rounding apart", () => {
  const compare = (f: (w: number) => number, w: number, slope: number, h: number) => {
    const [above, below] = [f(w + h), f(w - h)];
    return verdict({ h, above, below, value: (above - below) / (2 * h), analytic: slope }).code;
  };
  const bent = (w: number) => Math.exp(3 * w);
  assert.equal(compare(bent, 0, 3, 1e-4), "agree");
  assert.equal(compare(bent, 0, 3, 0.1), "coarse");
  assert.equal(
    compare((w) => 1000 + bent(w), 0, 3, 1e-12),
    "rounding",
  );
  assert.equal(
    compare(() => 2, 0, 0, 1e-4),
    "zero",
  );
});

test("a sample comes by every layer on its way, and back", () => {
  const kinds = stops(2).map((stop) =>
    stop.kind === "forward" || stop.kind === "backward" ? `${stop.kind} ${stop.layer}` : stop.kind,
  );
  const there = ["input", "forward 0", "forward 1", "loss"];
  assert.deepEqual(kinds, [...there, "backward 1", "backward 0", "update"]);
  assert.deepEqual(stops(2)[0], { kind: "input", reached: -1, returned: 2 });
});

test("a confusion matrix gives what is right and what is confused most", () => {
  const { right, total, worst, rowOf } = confused([5, 2, 0, 1, 4, 0, 0, 3, 6], 3);
  assert.deepEqual([right, total, rowOf(2)], [15, 21, 9]);
  assert.deepEqual(worst, { truth: 2, predicted: 1, n: 3 });
  assert.equal(confused([1, 0, 0, 1], 2).worst, null);
});

test("the largest products are written out, and the rest is their sum", () => {
  const pairs = [1, -9, 2, 8].map((factor) => ({ factor, by: 0.5 }));
  const { shown, rest, left } = largest(pairs, 2);
  assert.deepEqual(
    shown.map(({ factor }) => factor),
    [-9, 8],
  );
  assert.deepEqual([rest, left], [1.5, 2]);
});

test("parameters have Kobai's names, in the order of their places", () => {
  const shape = shapeOf([3, 2], "tanh");
  const names = arrays(shape).map(({ name, start }) => `${name} ${start}`);
  assert.deepEqual(names, ["W1 0", "b1 6", "W2 9", "b2 15"]);
  for (let place = 0; place < 17; place++) {
    assert.equal(placeOf(parameterAt(shape, place)), place);
  }
  assert.equal(nameOf(parameterAt(shape, 5)), "W1[1, 2]");
  assert.equal(nameOf(parameterAt(shape, 8)), "b1[2]");
});

test("a dragged brush leaves points apart, and the rubber takes them", () => {
  let dots: Dot[] = [];
  for (const x of spaced([-1, 1], 400)) {
    dots = brushed(dots, x, 0, { kind: "class", label: 1 });
  }
  assert.ok(dots.length > 20 && dots.length < 35);
  assert.equal(brushed(dots, 1.2, 0, { kind: "class", label: 1 }), dots);
  assert.ok(brushed(dots, 0, 0, { kind: "erase" }).length < dots.length);
  const full = Array.from({ length: MOST_DOTS }, () => ({ x: 0, y: 0, label: 0 }));
  assert.equal(brushed(full, 0.5, 0.5, { kind: "class", label: 0 }), full);
});

test("drawn points become data and come back", () => {
  const dots = [2, 5, 2, 5, 2, 5].map((label, i) => ({ x: i / 10, y: -i / 10, label }));
  assert.ok(enough(dots, "classes"));
  assert.ok(!enough(dots.slice(0, 5), "classes"));
  assert.ok(
    !enough(
      dots.map((dot) => ({ ...dot, label: 0 })),
      "classes",
    ),
  );
  const data = asData(dots, "classes");
  assert.deepEqual(data.kind === "points" && data.t, [0, 1, 0, 1, 0, 1]);
  assert.deepEqual(asData(dotsOf(data), "classes"), data);
  const curve = asData(dots, "regression");
  assert.deepEqual(curve.kind === "points" && [curve.x[3], curve.t[3]], [[0.3], -0.3]);
});

test("Python reads the numbers and names that are written for it", () => {
  assert.deepEqual([1, 0.1, 1e-8, 1e21].map(number), ["1.0", "0.1", "1e-8", "1e+21"]);
  assert.equal(pascal("cosine_decay"), "CosineDecay");
  assert.equal(text('a "b" \\ 列\u202e'), '"a \\"b\\" \\\\ 列\\u202e"');
  assert.equal(text("</script>\n"), '"</script>\\n"');
});

test("a curve is a CSV with empty cells for what was not measured", () => {
  const history = { step: [0, 1], trainLoss: [1, 0.5], testLoss: [], trainScore: [0, 1] };
  const csv = curveCsv({ ...history, testScore: [Number.NaN, 1] });
  assert.equal(csv, "step,train_loss,test_loss,train_score,test_score\n0,1,,0,\n1,0.5,,1,1\n");
});

test("ticks are round, within the range, and cover it", () => {
  assert.deepEqual(ticks([-1.7, 1.7]), [-1, 0, 1]);
  assert.deepEqual(ticks([0, 0.32]), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(ticks([3, 3]), []);
  assert.deepEqual(extent([Number.NaN, 1, 3], 0), [1, 3]);
  const scale = linear([0, 10], [100, 0]);
  assert.deepEqual([scale(2), scale.at(80)], [80, 2]);
});

test("a curve is lifted where it is not finite", () => {
  const scale = linear([0, 1], [0, 10]);
  const points = [0, 0.5, 1].map((x) => [x, x === 0.5 ? Number.NaN : 0] as const);
  assert.equal(path(scale, scale, points), "M0.0 0.0M10.0 0.0");
});
