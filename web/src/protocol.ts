/**
 * What the page and the engine say to each other.
 *
 * The page owns one immutable record, `Settings`; everything that is seen is a function
 * of (settings, seed, step). The engine, in a Worker, owns the numbers: the data, the
 * parameters, the history and its keyframes. The page pulls: once per animation frame
 * it asks for some milliseconds of training and for the views that are on screen, and
 * gets one `Frame` with transferred arrays. So no queue can grow, and a hidden page
 * trains no further.
 */

import type {
  ActivationName,
  InitializerName,
  LossName,
  OptimizerName,
  ScheduleName,
} from "./engine/formulas";

export type Task = "classes" | "regression";

/** Where the samples come from. A CSV travels beside the settings, never inside. */
export type DataSettings =
  | { kind: "toy"; name: ToyName; rows: number; noise: number }
  | { kind: "points"; task: Task; x: number[][]; t: number[] }
  | { kind: "digits"; rows?: number }
  | { kind: "mnist"; rows?: number }
  | { kind: "table"; name: string; target: string; omit: string[] }
  | { kind: "run"; name: string };

export type ToyName = "spiral" | "circles" | "gaussians" | "moons" | "xor" | "sine";

export interface HiddenLayer {
  units: number;
  activation: ActivationName;
  /** The share of outputs set to 0 in training. */
  dropout: number;
}

export interface Settings {
  data: DataSettings;
  /** The share of samples held out as test data. */
  testSize: number;
  seed: number;
  hidden: HiddenLayer[];
  /** Fits the task: softmax, sigmoid (two classes) or identity. */
  output: ActivationName;
  loss: LossName;
  initializer: InitializerName;
  /** The numbers of the schedule, by Kobai's names: every, factor, steps, floor. */
  scheduleOptions?: Record<string, number>;
  /** Standard deviation of the initializer "normal". */
  std: number;
  optimizer: OptimizerName;
  learningRate: number;
  /** What else the optimizer takes: momentum, beta1 and so on, by Kobai's names. */
  options: Record<string, number>;
  schedule: ScheduleName;
  weightDecay: number;
  l1: number;
  batches: "shuffle" | "random" | "online" | "full";
  batchSize: number;
  precision: "float32" | "float64";
}

/** One moment of one branch of the run. */
export interface Moment {
  branch: number;
  step: number;
}

/** What the page wants to see in a frame; nothing else is computed. */
export interface Views {
  /** Cells along a side of the decision surface of the output; 0: none. */
  surface: number;
  /** Cells along a side of each unit's own surface; 0: none. */
  thumbnails: number;
  /** The two inputs that the surface spans, and the sample that fixes the others. */
  axes: [number, number];
  sample: number;
  weights: boolean;
  /** Histograms of activations and gradients of each layer. */
  distributions: boolean;
  confusion: boolean;
  mistakes: number;
  /** The loss over two parameters of the network around where it stands. */
  landscape: null | { first: number; second: number; cells: number };
}

/** From the page. Each is answered by the `Answer` with its `id`. */
export type Question = { id: number } & (
  | { ask: "start"; settings: Settings; given?: Given }
  | { ask: "change"; settings: Settings } // from the moment on; a new branch in the past
  | { ask: "train"; steps: number; milliseconds: number; views: Views; untilLoss?: number }
  | { ask: "look"; views: Views }
  | { ask: "seek"; moment: Moment; views: Views }
  | { ask: "explain"; sample: number; part: "train" | "test"; choice: Choice }
  | { ask: "predict"; x: Float64Array } // inputs as the network takes them
  | { ask: "drawing"; pixels: Uint8Array; width: number; height: number }
  | { ask: "read"; file: File; target?: string; omit?: string[] } // a CSV
  | { ask: "edit"; parameter: string; index: number; value: number } // a weight by hand
  | { ask: "export" }
);

/** What was put into the page when it was written, or chosen by the user. */
export interface Given {
  /** Packed images: one byte a pixel. */
  images?: { pixels: Uint8Array; labels: Uint8Array; width: number; height: number; high: number };
  table?: TableGiven;
  run?: RunGiven;
}

/** A table as `kobai.data` read it: already numbers, with what each input is. */
export interface TableGiven {
  name: string;
  inputs: string[];
  x: Float32Array; // rows × inputs
  target: string;
  classes: string[] | null;
  t: Float32Array;
  isTest: Uint8Array;
}

/** A finished run: its settings, and its parameters at some steps. */
export interface RunGiven {
  name: string;
  settings: Settings;
  keyframes: { step: number; params: Record<string, Float32Array> }[];
  history: HistoryPoints;
}

export interface HistoryPoints {
  step: number[];
  trainLoss: number[];
  testLoss: number[];
  /** Accuracy, or R² of a regression. */
  trainScore: number[];
  testScore: number[];
}

/** What a selected unit or weight is: layer 0 is the first with weights. */
export type Choice =
  | { kind: "unit"; layer: number; unit: number }
  | { kind: "weight"; layer: number; from: number; to: number }
  | { kind: "bias"; layer: number; to: number };

export interface Shape {
  inputs: string[];
  classes: string[] | null;
  task: Task;
  rows: { train: number; test: number };
  layers: { units: number; activation: ActivationName }[]; // output included
  size: number; // parameters
  batchesPerEpoch: number;
  /** The rows themselves for the scatter: at most some thousand of each part. */
  points: { x: Float32Array; t: Float32Array; isTest: Uint8Array; columns: number };
  /** Data that are pictures: their size. */
  picture: { width: number; height: number } | null;
  range: { low: number[]; high: number[] }; // of each input
}

export interface Frame {
  moment: Moment;
  epoch: number;
  /** New points of this branch's history since the last frame. */
  history: HistoryPoints;
  stepsPerSecond: number;
  surface?: Float32Array; // classes: cells × cells × outputs; regression: the value
  thumbnails?: Float32Array[]; // per layer: units × cells × cells
  params?: Record<string, Float32Array>; // W1, b1, …
  distributions?: { layer: number; of: "activation" | "gradient"; low: number; high: number; counts: Uint32Array }[];
  confusion?: Uint32Array; // classes × classes, test data: row true, column predicted
  mistakes?: { row: number; predicted: number; truth: number; probability: number }[];
  landscape?: { first: number[]; second: number[]; loss: Float32Array; path: number[][] };
  /** The update of the last step, broken down, for the chosen parameters. */
  update?: { parameter: string; before: number; gradient: number; change: number; after: number }[];
  diverged?: boolean;
  reached?: boolean; // untilLoss
}

/** The formula of a unit or a weight with the numbers of one sample. */
export interface Explanation {
  sample: { x: number[]; t: number[]; row: number };
  /** z = Σ wᵢ xᵢ + b, y = f(z). */
  forward: { inputs: number[]; weights: number[]; bias: number; z: number; y: number; activation: ActivationName };
  /** δ = ∂L/∂z and how it came: Σ wⱼ δⱼ of the next layer times f′(z). */
  backward: { next: { weight: number; delta: number }[]; slope: number; delta: number };
  gradients: { name: string; index: number; analytic: number }[];
  /** (L(w + h) − L(w − h)) / 2h of the chosen weight. */
  numerical: { h: number; above: number; below: number; value: number; analytic: number } | null;
  loss: number;
  outputs: number[];
  /** Activations of every layer for this sample. */
  activations: number[][];
}

export interface TableRead {
  name: string;
  rows: number;
  columns: { name: string; taken: "number" | "category" | "date" | "text" | "left out"; why: string; example: string; missing: number; values: number }[];
  target: string;
  task: Task;
  /** A message for the user where the file cannot be read; then nothing else counts. */
  refused?: { message: string; row?: number; column?: string };
}

export interface Exported {
  /** The weights as a safetensors file that `kobai evaluate` reads beside run.json. */
  safetensors: Uint8Array;
  params: Record<string, number[] | number[][]>;
  history: HistoryPoints;
}

export type Answer = { id: number } & (
  | { is: "shape"; shape: Shape; frame: Frame }
  | { is: "frame"; frame: Frame }
  | { is: "explanation"; explanation: Explanation }
  | { is: "probabilities"; y: number[]; seen: Uint8Array | null; empty: boolean }
  | { is: "table"; table: TableRead }
  | { is: "exported"; exported: Exported }
  | { is: "refused"; message: string; code: string }
);
