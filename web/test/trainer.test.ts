import assert from "node:assert/strict";
import { test } from "node:test";
import { toyData } from "../src/data/toys";
import { createEngine } from "../src/engine/engine";
import { OPTIMIZERS } from "../src/engine/formulas";
import { memoryFor } from "../src/engine/products";
import { Random } from "../src/engine/random";
import { Trainer } from "../src/engine/trainer";
import type { Settings } from "../src/protocol";

const FIRST: Settings = {
  data: { kind: "toy", name: "spiral", rows: 120, noise: 0.1 },
  ...{ testSize: 0.25, seed: 1, output: "softmax", loss: "cross_entropy", initializer: "auto", std: 1 },
  hidden: [6, 4].map((units) => ({ units, activation: "tanh", dropout: 0.2 })),
  ...{ optimizer: "adam", learningRate: 0.02, options: {}, schedule: "constant", weightDecay: 0, l1: 0 },
  ...{ batches: "shuffle", batchSize: 7, precision: "float32" },
};

function trainer(some: Partial<Settings> = {}): Trainer {
  const settings = { ...FIRST, ...some };
  if (settings.data.kind !== "toy") throw new Error("need a toy");
  return new Trainer(toyData(settings.data, settings.testSize, settings.seed), settings);
}

function after(steps: number, run: Trainer): number[] {
  run.train(steps, Number.POSITIVE_INFINITY);
  return [...run.network.params];
}

test("a moment is the same whenever one comes to it", () => {
  const straight = after(1234, trainer());
  const run = trainer();
  after(5000, run);
  assert.ok(run.branch.frames.all.length <= 257, "moments are kept without bound");
  for (const step of [3000, 1234, 0, 4999, 1234]) run.seek({ branch: 0, step });
  assert.deepEqual([...run.network.params], straight);
  assert.deepEqual(run.moment, { branch: 0, step: 1234 });
});

test("a change in the past is a branch, and leaves the other as it was", () => {
  const run = trainer();
  const end = after(300, run);
  run.seek({ branch: 0, step: 100 });
  run.change({ ...FIRST, learningRate: 0.1, optimizer: "sgd" });
  assert.deepEqual(run.moment, { branch: 1, step: 100 });
  const other = after(200, run);
  assert.notDeepEqual(other, end);
  run.seek({ branch: 0, step: 300 });
  assert.deepEqual([...run.network.params], end);
  assert.equal(run.settings.learningRate, 0.02);
  run.seek({ branch: 1, step: 300 });
  assert.deepEqual([...run.network.params], other);
  // Before it began it was its parent.
  run.seek({ branch: 1, step: 50 });
  assert.deepEqual(run.moment, { branch: 0, step: 50 });
});

test("a weight by hand is a branch that begins with it", () => {
  const run = trainer();
  after(40, run);
  assert.ok(run.edit("W2", 3, 7.5));
  assert.deepEqual(run.moment, { branch: 1, step: 40 });
  after(100, run);
  run.seek({ branch: 1, step: 40 });
  assert.equal(run.network.array("W2")?.[3], 7.5);
  assert.ok(!run.edit("W9", 0, 1) && !run.edit("W1", 10_000, 1) && !run.edit("x", 0, 1));
});

test("other settings at the head go on in the same branch", () => {
  const run = trainer();
  after(55, run);
  const hidden = FIRST.hidden.map((layer) => ({ ...layer, activation: "relu" as const, dropout: 0 }));
  run.change({ ...FIRST, hidden, optimizer: "momentum", batches: "full" });
  assert.deepEqual(run.moment, { branch: 0, step: 55 });
  const end = after(45, run);
  run.seek({ branch: 0, step: 20 });
  run.seek({ branch: 0, step: 100 });
  assert.deepEqual([...run.network.params], end);
});

test("a finished run is taken up where it ended, and goes on", () => {
  const source = trainer();
  const frames = [0, 30, 60].map((step) => {
    source.seek({ branch: 0, step });
    return { step, params: source.network.named() };
  });
  const history = { step: [0, 60], trainLoss: [1, 0.5], testLoss: [1, 0.6], trainScore: [0, 1], testScore: [0, 1] };
  const run = trainer({ seed: 9 });
  assert.ok(run.adopt({ name: "run", settings: FIRST, keyframes: frames, history }));
  assert.deepEqual(run.moment, { branch: 0, step: 60 });
  assert.deepEqual(run.network.named(), frames[2].params);
  assert.deepEqual(run.branch.record.take(), history);
  run.seek({ branch: 0, step: 30 });
  assert.deepEqual(run.network.named(), frames[1].params);
  run.seek({ branch: 0, step: 60 });
  after(40, run);
  assert.deepEqual(run.moment, { branch: 0, step: 100 });
  const misfit = [{ step: 0, params: { W1: new Float32Array(3) } }];
  assert.ok(!trainer().adopt({ name: "run", settings: FIRST, keyframes: misfit, history }));
});

test("a run that leaves the finite numbers says so, and can be taken back", () => {
  const run = trainer({ output: "identity", loss: "squared_error", optimizer: "sgd", learningRate: 50 });
  after(500, run);
  assert.ok(run.diverged);
  assert.ok(run.step < 500);
  assert.ok(run.branch.record.points.trainLoss.every(Number.isFinite));
  run.seek({ branch: 0, step: 0 });
  assert.ok(!run.diverged);
  run.change({ ...run.settings, learningRate: 0.01 });
  after(50, run);
  assert.ok(!run.diverged);
});

test("single samples come in the order of one epoch", () => {
  const run = trainer({ hidden: [] });
  const { rows } = run.data.train;
  const seen = new Set<string>();
  for (let i = 0; i < rows; i++) {
    run.trainSamples(1, 1);
    run.seek({ branch: 0, step: run.step });
    // Judging has filled the batch since: draw that of the step again.
    run.seek({ branch: 0, step: run.step - 1 });
    run.loadBatch();
    seen.add([...run.network.x.subarray(0, 2)].join());
    run.seek({ branch: 0, step: run.step + 1 });
  }
  assert.equal(seen.size, rows);
  assert.equal(run.settings.batchSize, FIRST.batchSize);
});

test("an update is the sum of what it is made of", () => {
  for (const optimizer of Object.keys(OPTIMIZERS) as (keyof typeof OPTIMIZERS)[]) {
    const places = [{ parameter: "W1", index: 2 }];
    const run = trainer({ optimizer, precision: "float64", weightDecay: 0.1, l1: 0.01 });
    run.watch(places);
    after(5, run);
    const [update] = run.lastUpdate(places) ?? [];
    assert.equal(update.after - update.before, update.change);
    assert.equal(run.network.array("W1")?.[2], update.after);
    assert.deepEqual(Object.keys(update.state), OPTIMIZERS[optimizer].slots);
    const sum = update.gradient + update.decay;
    if (optimizer === "sgd") assert.ok(Math.abs(update.change + update.rate * sum) < 1e-15);
    // Whether it was watched or is asked for later.
    const later = trainer({ optimizer, precision: "float64", weightDecay: 0.1, l1: 0.01 });
    after(5, later);
    assert.deepEqual(later.lastUpdate(places), [update]);
  }
});

test("the derivative of every parameter is its central difference", async () => {
  const ask = createEngine();
  await ask({ id: 1, ask: "start", settings: FIRST });
  for (const choice of [
    { kind: "weight", layer: 0, from: 1, to: 2 },
    { kind: "weight", layer: 2, from: 3, to: 1 },
    { kind: "bias", layer: 1, to: 0 },
  ] as const) {
    const answer = await ask({ id: 2, ask: "explain", sample: 5, part: "train", choice });
    assert.ok(answer.is === "explanation");
    const { numerical, forward, backward, gradients } = answer.explanation;
    assert.ok(numerical && Math.abs(numerical.value - numerical.analytic) < 1e-9);
    const sum = forward.weights.reduce((all, weight, i) => all + weight * forward.inputs[i], forward.bias);
    assert.ok(Math.abs(sum - forward.z) < 1e-12);
    const input = choice.kind === "weight" ? forward.inputs[choice.from] : 1;
    assert.ok(Math.abs(backward.delta * input - gradients[0].analytic) < 1e-12);
    if (choice.layer < 2) {
      const back = backward.next.reduce((all, { weight, delta }) => all + weight * delta, 0);
      assert.ok(Math.abs(back * backward.slope - backward.delta) < 1e-12);
    }
  }
});

test("products in WebAssembly are those in plain numbers", () => {
  const random = new Random(3);
  for (const [rows, given, units] of [[1, 1, 1], [5, 3, 4], [7, 9, 10], [3, 64, 50]]) {
    const sizes = [rows * given, given * units, units, rows * units, rows * units, given * units, units, rows * given];
    const [fast, plain] = (["float32", "float64"] as const).map((precision) => {
      const memory = memoryFor(sizes.reduce((a, b) => a + b), precision);
      return { products: memory.products, arrays: sizes.map((size) => memory.take(size)) };
    });
    assert.notEqual(fast.products, plain.products);
    for (let k = 0; k < 5; k++) {
      fast.arrays[k].forEach((_, i) => {
        // Zeros are passed over.
        const value = Math.fround(i % 3 ? random.normal() : 0);
        fast.arrays[k][i] = value;
        plain.arrays[k][i] = value;
      });
    }
    for (const { products, arrays } of [fast, plain]) {
      const [x, w, b, z, g, gw, gb, gx] = arrays;
      products.forward(x, w, b, z, rows, given, units);
      products.weights(x, g, gw, gb, rows, given, units);
      products.inputs(g, w, gx, rows, given, units);
    }
    fast.arrays.forEach((array, k) => {
      // 64 products of float32 are summed.
      array.forEach((value, i) => {
        assert.ok(Math.abs(value - plain.arrays[k][i]) < 2e-5, `${rows} ${given} ${units}: ${k}`);
      });
    });
  }
});

test("what cannot be is refused, and the engine goes on", async () => {
  const ask = createEngine();
  const nothing = await ask({ id: 1, ask: "export" });
  assert.ok(nothing.is === "refused" && nothing.code === "no-run");
  const wrong = await ask({ id: 2, ask: "start", settings: { ...FIRST, output: "identity" } });
  assert.ok(wrong.is === "refused" && wrong.code === "bad-settings");
  const missing = await ask({ id: 3, ask: "start", settings: { ...FIRST, data: { kind: "mnist" } } });
  assert.ok(missing.is === "refused" && missing.code === "no-data");
  const damaged = [
    { hidden: [{ units: 4, activation: "constructor", dropout: 0 }] },
    { hidden: [{ units: 1e9, activation: "tanh", dropout: 0 }] },
    { loss: "__proto__" },
    { optimizer: "toString" },
    { learningRate: Number.NaN },
    { batchSize: 0 },
    { seed: -1 },
    { hidden: null },
    { data: { kind: "toy", name: "constructor", rows: 100, noise: 0 } },
    { data: { kind: "toy", name: "spiral", rows: 1e9, noise: 0 } },
    { data: { kind: "points", task: "classes", x: [[0, 1]], t: [1e9] } },
    { data: { kind: "points", task: "classes", x: [[0, Number.NaN]], t: [0] } },
    { data: { kind: "points", task: "classes", x: [], t: [] } },
    { data: { kind: "run", name: "x" } },
  ];
  for (const some of damaged) {
    const settings = { ...FIRST, ...some } as unknown as Settings;
    const answer = await ask({ id: 9, ask: "start", settings });
    assert.equal(answer.is, "refused", JSON.stringify(some));
    assert.ok(answer.is === "refused" && answer.code !== "engine", JSON.stringify(some));
  }
  assert.equal((await ask({ id: 4, ask: "start", settings: FIRST })).is, "shape");
  const other = await ask({ id: 5, ask: "change", settings: { ...FIRST, hidden: [] } });
  assert.ok(other.is === "refused" && other.code === "bad-settings");
});
