/** Settings that make no sense, by themselves or for the data: links can say anything. */

import { type Dataset, outputsFor } from "../data/dataset";
import { refuse } from "../data/refusal";
import type { Settings } from "../protocol";
import { ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES } from "./formulas";

const MOST_LAYERS = 12;
const MOST_UNITS = 1024;
const BATCHES = ["shuffle", "random", "online", "full"];

/** Throws a `Refusal` for names that there are not, and for numbers that are none. */
export function refuseNames(settings: Settings): void {
  const { hidden, output, loss, optimizer, schedule, initializer, batches, precision } = settings;
  if (!Array.isArray(hidden) || hidden.length > MOST_LAYERS) wrong("hidden");
  for (const { units, activation, dropout } of hidden) {
    known("activation", activation, ACTIVATIONS);
    if (!ACTIVATIONS[activation].hidden) wrong("activation");
    if (!(Number.isInteger(units) && units >= 1 && units <= MOST_UNITS)) wrong("hidden");
    if (!(dropout >= 0 && dropout < 1)) wrong("dropout");
  }
  known("output", output, ACTIVATIONS);
  known("loss", loss, LOSSES);
  known("optimizer", optimizer, OPTIMIZERS);
  known("schedule", schedule, SCHEDULES);
  if (!INITIALIZERS.includes(initializer)) wrong("initializer");
  if (!BATCHES.includes(batches)) wrong("batches");
  if (precision !== "float32" && precision !== "float64") wrong("precision");
  refuseNumbers(settings);
}

function refuseNumbers({ learningRate, seed, testSize, batchSize, weightDecay, l1, std, options, scheduleOptions }: Settings): void {
  if (!(learningRate > 0 && learningRate < 1e6)) wrong("learningRate");
  if (!(Number.isSafeInteger(seed) && seed >= 0)) wrong("seed");
  if (!(testSize >= 0 && testSize < 1)) wrong("testSize");
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) wrong("batchSize");
  const others = [weightDecay, l1, std, ...Object.values(options ?? {}), ...Object.values(scheduleOptions ?? {})];
  if (!others.every((value) => Number.isFinite(value) && value >= 0)) wrong("options");
}

/** Throws a `Refusal` where settings do not fit the data. */
export function refuseMisfit({ output, loss }: Settings, data: Dataset): void {
  const units = outputsFor(data, output);
  if (!data.train.rows) wrong("rows");
  if (!LOSSES[loss].fits.includes(output)) wrong("loss");
  if (LOSSES[loss].classifies && !data.classes) wrong("loss");
  if (units === 1 && output === "softmax") wrong("output");
}

function known(what: string, name: string, table: object): void {
  // A link may say "constructor".
  if (!Object.hasOwn(table, name)) wrong(what);
}

function wrong(what: string): never {
  return refuse("bad-settings", { what });
}
