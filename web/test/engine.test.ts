import assert from "node:assert/strict";
import { dataFor } from "../src/data/sources";
import { Trainer } from "../src/engine/trainer";
import type { Settings } from "../src/protocol";
import { fixtureTest } from "./fixtures";

interface Case {
  settings: Settings;
  params: Record<string, number[]>;
  loss?: number;
  accuracy?: number;
}

const STEPS = 20;
/** Of the largest number of an array: sums are taken in another order. */
const FLOAT64 = 1e-9;
/** 20 steps of float32, 6e-8, through quotients of optimizers that begin near 0 / 0. */
const FLOAT32 = 2e-3;

async function trained(settings: Settings): Promise<Trainer> {
  const trainer = new Trainer(await dataFor(settings, {}), settings);
  for (let i = 0; i < STEPS; i++) trainer.advance();
  return trainer;
}

/** How far arrays are apart, as a share of their largest number. */
function distance(found: ArrayLike<number>, expected: number[]): number {
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-3);
  return expected.reduce((a, b, i) => Math.max(a, Math.abs(found[i] - b)), 0) / largest;
}

async function check(cases: Case[], precision: Settings["precision"], most: number): Promise<void> {
  const wrong: string[] = [];
  for (const { settings, params, loss, accuracy } of cases) {
    const trainer = await trained({ ...settings, precision });
    const found = Object.entries(params).map(([name, expected]) => distance(trainer.network.array(name) ?? [], expected));
    const { data } = trainer;
    trainer.judge();
    const { trainLoss, trainScore } = trainer.branch.record.points;
    if (loss !== undefined) found.push(distance([trainLoss.at(-1) ?? Number.NaN], [loss]));
    // A class may change where two outputs are all but equal.
    if (accuracy !== undefined) found.push(Math.abs((trainScore.at(-1) ?? 0) - accuracy) > 1.5 / data.train.rows ? 1 : 0);
    const worst = Math.max(...found);
    if (!(worst <= most)) wrong.push(`${worst} ${JSON.stringify(settings)}`);
  }
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} of ${cases.length}`);
}

fixtureTest<Case[]>("float64 is Kobai's", (cases) => check(cases, "float64", FLOAT64));
fixtureTest<Case[]>("float32 is near it", (cases) => check(cases, "float32", FLOAT32));
