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
  if (!Array.isArray(hidden) || hidden.length > MOST_LAYERS) wrong("hidden", `${MOST_LAYERS} hidden layers at most.`);
  for (const { units, activation, dropout } of hidden) {
    known("activation", activation, ACTIVATIONS);
    if (!ACTIVATIONS[activation].hidden) wrong("activation", `${activation} does not stand between layers.`);
    if (!(Number.isInteger(units) && units >= 1 && units <= MOST_UNITS)) wrong("hidden", `A layer has from 1 to ${MOST_UNITS} units.`);
    if (!(dropout >= 0 && dropout < 1)) wrong("dropout", "Dropout is a share from 0 to less than 1.");
  }
  known("output", output, ACTIVATIONS);
  known("loss", loss, LOSSES);
  known("optimizer", optimizer, OPTIMIZERS);
  known("schedule", schedule, SCHEDULES);
  if (!INITIALIZERS.includes(initializer)) wrong("initializer", `There are no initial weights ${initializer}.`);
  if (!BATCHES.includes(batches)) wrong("batches", `There are no batches ${batches}.`);
  if (precision !== "float32" && precision !== "float64") wrong("precision", "Numbers are float32 or float64.");
  refuseNumbers(settings);
}

function refuseNumbers({ learningRate, seed, testSize, batchSize, weightDecay, l1, std, options, scheduleOptions }: Settings): void {
  if (!(learningRate > 0 && learningRate < 1e6)) wrong("learningRate", "The learning rate must be above 0.");
  if (!(Number.isSafeInteger(seed) && seed >= 0)) wrong("seed", "A seed is a whole number from 0 on.");
  if (!(testSize >= 0 && testSize < 1)) wrong("testSize", "The share to test on is from 0 to less than 1.");
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) wrong("batchSize", "A batch has one sample at least.");
  const others = [weightDecay, l1, std, ...Object.values(options ?? {}), ...Object.values(scheduleOptions ?? {})];
  if (!others.every((value) => Number.isFinite(value) && value >= 0)) wrong("options", "Need numbers of 0 or more.");
}

/** Throws a `Refusal` where settings do not fit the data. */
export function refuseMisfit({ output, loss }: Settings, data: Dataset): void {
  const units = outputsFor(data, output);
  if (!data.train.rows) wrong("rows", "There are no samples to learn from.");
  if (!LOSSES[loss].fits.includes(output)) wrong("loss", `The loss ${loss} does not go with the output ${output}.`);
  if (LOSSES[loss].classifies && !data.classes) wrong("loss", `The loss ${loss} is for classes.`);
  if (units === 1 && output === "softmax") wrong("output", "Softmax over one output is always 1.");
}

function known(what: string, name: string, table: object): void {
  // A link may say "constructor".
  if (!Object.hasOwn(table, name)) wrong(what, `There is no ${what} "${name}".`);
}

function wrong(what: string, message: string): never {
  return refuse("bad-settings", { what }, message);
}
