/**
 * How fast the lab's engine is, in Node: steps, surfaces, an epoch of pictures.
 *
 * `python benchmarks/lab_engine.py` bundles and runs it.
 */

import { Random } from "../web/src/engine/random";
import { outputSurface, unitSurfaces } from "../web/src/engine/surfaces";
import { Trainer } from "../web/src/engine/trainer";
import { toyData } from "../web/src/data/toys";
import type { Settings } from "../web/src/protocol";
import { Graph } from "./lab_objects";

const FIRST: Settings = {
  data: { kind: "toy", name: "circles", rows: 500, noise: 0.1 },
  ...{ testSize: 0.5, seed: 0, output: "tanh", loss: "squared_error", initializer: "xavier", std: 1 },
  hidden: [8, 8].map((units) => ({ units, activation: "tanh", dropout: 0 })),
  ...{ optimizer: "sgd", learningRate: 0.03, options: {}, schedule: "constant", weightDecay: 0, l1: 0 },
  ...{ batches: "shuffle", batchSize: 10, precision: "float32" },
};

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * The median time of a call in µs, in rounds that take turns with the others': of the
 * processor's time, which other programs take less of than of the clock's.
 */
function alternating(works: Record<string, () => void>, rounds: number, calls: number): Record<string, number> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries(works)) {
      const start = process.cpuUsage();
      for (let i = 0; i < calls; i++) work();
      const { user, system } = process.cpuUsage(start);
      (times[name] ??= []).push((user + system) / calls);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all.slice(2))]));
}

function regression(settings: Settings): Trainer {
  const data = toyData({ name: "circles", rows: 500, noise: 0.1 }, 0.5, 0);
  // One number, −1 or 1, as Playground has it.
  for (const part of [data.train, data.test]) part.t = part.t.map((label) => 2 * label - 1);
  return new Trainer({ ...data, task: "regression", classes: null }, settings);
}

const engine = regression(FIRST);
const float64 = regression({ ...FIRST, precision: "float64" });
const graph = new Graph([2, 8, 8, 1]);
const { train } = engine.data;
let row = 0;
function graphStep(): void {
  for (let i = 0; i < 10; i++, row = (row + 1) % train.rows) graph.learn([train.x[2 * row], train.x[2 * row + 1]], train.t[row]);
  graph.update(0.03, 10);
}

const steps = alternating({ objects: graphStep, float32: () => engine.advance(), float64: () => float64.advance() }, 12, 2000);
const plane = { axes: [0, 1] as [number, number], others: [], low: [-1, -1], high: [1, 1] };
const surfaces = alternating(
  {
    objects: () => graph.surfaces(100),
    "every unit": () => unitSurfaces(engine.network, plane, 100),
    output: () => outputSurface(engine.network, plane, 100),
  },
  12,
  10,
);

function pictures(): Trainer {
  const random = new Random(1);
  const rows = 10_000;
  // Of handwritten digits one dot of five has ink.
  const x = Float32Array.from({ length: rows * 784 }, () => (random.uniform32() < 0.2 ? random.uniform32() : 0));
  const t = Float32Array.from({ length: rows }, (_, i) => i % 10);
  const classes = [..."0123456789"];
  const empty = { rows: 0, x: new Float32Array(0), t: new Float32Array(0) };
  const inputs = Array.from({ length: 784 }, (_, i) => String(i));
  const hidden = [{ units: 50, activation: "relu" as const, dropout: 0 }];
  const settings: Settings = { ...FIRST, hidden, output: "softmax", loss: "cross_entropy", batchSize: 100, learningRate: 0.1 };
  return new Trainer({ name: "pictures", task: "classes", inputs, classes, train: { rows, x, t }, test: empty, picture: null }, settings);
}

const learner = pictures();
const epoch = alternating({ epoch: () => { for (let i = 0; i < 100; i++) learner.advance(); } }, 5, 1);
console.log(JSON.stringify({ step_us: steps, surface_us: surfaces, epoch_ms: { "784-50-10": epoch.epoch / 1000 } }, null, 1));
