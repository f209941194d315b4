/** The record of what is trained: what it is at first, and what a change of it means. */

import { LOSSES, type LossName } from "../engine/formulas";
import type {
  DataSettings,
  HiddenLayer,
  Settings,
  Shape,
  TableRead,
  Task,
} from "../protocol";

/** What the page opens with: a spiral that two small layers can unroll. */
export const FIRST: Settings = {
  data: { kind: "toy", name: "spiral", rows: 300, noise: 0.1, classes: 2 },
  testSize: 0.25,
  seed: 3,
  hidden: [
    { units: 8, activation: "tanh", dropout: 0 },
    { units: 8, activation: "tanh", dropout: 0 },
  ],
  output: "softmax",
  loss: "cross_entropy",
  initializer: "auto",
  std: 0.01,
  optimizer: "adam",
  learningRate: 0.01,
  options: {},
  schedule: "constant",
  weightDecay: 0,
  l1: 0,
  batches: "shuffle",
  batchSize: 20,
  precision: "float32",
};

export const MOST_LAYERS = 6;
export const MOST_UNITS = 128;

/** Whether other weights, or other data, are needed than those there are. */
export function startsAnew(before: Settings, after: Settings): boolean {
  return weightsOf(before) !== weightsOf(after);
}

/** All that step 0 depends on, as one text. */
function weightsOf(settings: Settings): string {
  const { data, testSize, seed, hidden, output, initializer, std, precision } =
    settings;
  const units = hidden.map((layer) => layer.units);
  const scale = initializer === "normal" ? std : 0;
  const outputs = output === "sigmoid" ? 1 : 0;
  const all = [data, testSize, seed, units, outputs, initializer, scale, precision];
  return JSON.stringify(all);
}

/** The losses that make sense with an output, the usual one first. */
export function lossesFor(output: Settings["output"], task: Task): LossName[] {
  const names = Object.keys(LOSSES) as LossName[];
  const fitting = names.filter((name) => {
    const { fits, classifies } = LOSSES[name];
    return fits.includes(output) && (task === "classes" || !classifies);
  });
  return task === "classes" ? fitting : meanFirst(fitting);
}

/** A mean does not grow with the batch, so its curves can be compared. */
function meanFirst(names: LossName[]): LossName[] {
  const mean = names.filter((name) => name === "mean_squared_error");
  return [...mean, ...names.filter((name) => name !== "mean_squared_error")];
}

/** The outputs that a task can have, the usual one first. */
export function outputsFor(task: Task, classes: number): Settings["output"][] {
  if (task === "regression") {
    return ["identity", "sigmoid", "tanh"];
  }
  return classes === 2 ? ["softmax", "sigmoid"] : ["softmax"];
}

/** What a network has to tell apart, or to compute. */
export interface Outputs {
  task: Task;
  classes: number;
}

/** The settings with an output and a loss that suit the task, if it `was` another. */
export function fitted(
  settings: Settings,
  { task, classes }: Outputs,
  was: Task = task,
): Settings {
  const outputs = outputsFor(task, classes);
  const keeps = task === was && outputs.includes(settings.output);
  const output = keeps ? settings.output : outputs[0];
  const losses = lossesFor(output, task);
  const loss = keeps && losses.includes(settings.loss) ? settings.loss : losses[0];
  if (output === settings.output && loss === settings.loss) {
    return settings;
  }
  return { ...settings, output, loss };
}

/** What data ask of a network, where that is known before the engine has them. */
export function outputsOf(
  data: DataSettings,
  tables: ReadonlyMap<string, TableRead>,
  shape: Shape | null,
): Outputs | null {
  if (shape) {
    return { task: shape.task, classes: shape.classes?.length ?? 0 };
  }
  if (data.kind === "toy") {
    return {
      task: data.name === "sine" ? "regression" : "classes",
      classes: classesOfToy(data),
    };
  }
  if (data.kind === "points") {
    return { task: data.task, classes: Math.max(2, ...data.t.map((t) => t + 1)) };
  }
  if (data.kind === "table") {
    const table = tables.get(data.name);
    return table ? { task: table.task, classes: table.classes?.length ?? 0 } : null;
  }
  return data.kind === "run" ? null : { task: "classes", classes: 10 };
}

/** Two, but for the toys that come with as many as one likes. */
function classesOfToy({
  name,
  classes,
}: Extract<DataSettings, { kind: "toy" }>): number {
  return name === "spiral" || name === "gaussians" ? (classes ?? 3) : 2;
}

/** The hidden layers with one changed, added or taken away. */
export function withLayer(
  hidden: HiddenLayer[],
  at: number,
  some: Partial<HiddenLayer>,
): HiddenLayer[] {
  return hidden.map((layer, i) => (i === at ? { ...layer, ...some } : layer));
}

export function withNewLayer(hidden: HiddenLayer[], at: number): HiddenLayer[] {
  const like = hidden[at - 1] ?? hidden[at];
  const units = Math.min(like?.units ?? 4, 8);
  const fresh: HiddenLayer = {
    units,
    activation: like?.activation ?? "tanh",
    dropout: 0,
  };
  return [...hidden.slice(0, at), fresh, ...hidden.slice(at)];
}

export function withoutLayer(hidden: HiddenLayer[], at: number): HiddenLayer[] {
  return hidden.filter((_, i) => i !== at);
}
