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
  | { kind: "toy"; name: ToyName; rows: number; noise: number; classes?: number }
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
  /** Standard deviation of the initializer "normal"; "auto" is "he" or "xavier". */
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
  /**
   * Cells along a side of the decision surface of the output; 0: none. Row 0 is at the
   * top, where the second of the two inputs is largest.
   */
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
  /** The parameters whose last update is to be broken down. */
  update?: Place[];
}

/** One parameter: "W1" or "b1", and its place in that array, row after row. */
export interface Place {
  parameter: string;
  index: number;
}

/** From the page. Each is answered by the `Answer` with its `id`. */
export type Question = { id: number } & (
  | { ask: "start"; settings: Settings; given?: Given }
  | { ask: "change"; settings: Settings } // from the moment on; a new branch in the past
  // With `samples` the steps are of so many samples each, those of the same epoch.
  | { ask: "train"; steps: number; milliseconds: number; views: Views; untilLoss?: number; samples?: number }
  | { ask: "look"; views: Views }
  | { ask: "seek"; moment: Moment; views: Views }
  | { ask: "explain"; sample: number; part: "train" | "test"; choice: Choice; h?: number }
  | { ask: "predict"; x: Float64Array } // inputs as the network takes them
  | { ask: "drawing"; pixels: Uint8Array; width: number; height: number }
  | { ask: "read"; file: File; target?: string; omit?: string[] } // a CSV
  | { ask: "edit"; parameter: string; index: number; value: number } // a weight by hand
  | { ask: "export" }
);

/** What was put into the page when it was written, or chosen by the user. */
export interface Given {
  /** Packed images: one byte a pixel. */
  images?: ImagesGiven;
  table?: TableGiven;
  run?: RunGiven;
}

/** Pictures and their classes; without `isTest` some are drawn by the seed. */
export interface ImagesGiven {
  name?: string;
  pixels: Uint8Array;
  labels: Uint8Array;
  isTest?: Uint8Array;
  width: number;
  height: number;
  /** The byte of a dot full of ink: an input is the byte divided by it. */
  high: number;
  classes?: string[];
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
  /** What was fitted to the columns, as a model file of Kobai has it. */
  columns?: object;
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
  /** The surest first; `row` is of the test data. */
  mistakes?: { row: number; predicted: number; truth: number; probability: number; x: Float32Array }[];
  /** `loss` has a row for each number of `second`; the path is where the run came along;
   * `rows` of the training data were enough. */
  landscape?: { first: number[]; second: number[]; loss: Float32Array; path: number[][]; rows: number };
  /** The update of the last step, broken down, for the parameters asked for. */
  update?: Update[];
  diverged?: boolean;
  reached?: boolean; // untilLoss
}

export interface Update extends Place {
  before: number;
  /** Of the batch's loss. */
  gradient: number;
  /** What weight decay and L1 add to the gradient. */
  decay: number;
  /** The learning rate of that step. */
  rate: number;
  /** What the optimizer remembers, by name: before the step, and after it. */
  state: Record<string, [number, number]>;
  change: number;
  after: number;
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
  /** Of every layer for this sample: z, y and ∂L/∂z; the output's too. */
  sums: number[][];
  activations: number[][];
  deltas: number[][];
}

export interface TableRead {
  name: string;
  rows: number;
  columns: TableColumn[];
  target: string;
  task: Task;
  classes: string[] | null;
  /** What was decided for the user, in words of `Said`. */
  notes: Said[];
  /** Why the file cannot be read; then nothing else counts. */
  refused?: Said;
}

export interface TableColumn {
  name: string;
  taken: "number" | "category" | "date" | "text" | "left out";
  why: Said;
  example: string;
  missing: number;
  values: number;
}

/** Something to be said in the user's language: a code and its values. */
export interface Said {
  code: Code;
  values: Record<string, string | number>;
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
  | ({ is: "refused" } & Said)
);

/** What can be said; the texts are in `texts/`, as `said.CODE`, with these values. */
export const CODES = {
  // Of questions.
  "beyond": ["step"],
  "unknown-parameter": ["name"],
  "unknown-sample": ["row"],
  "no-data": ["name"],
  "bad-settings": ["what"],
  "no-run": [],
  "engine": ["why"], // It stopped: the browser's own words.
  // Of drawings.
  "not-pictures": [],
  "several": ["count"],
  // Of files.
  "empty-file": ["name"],
  "not-text": ["name"],
  "too-large": ["name", "size", "most"],
  "too-wide": ["name", "inputs", "rows"],
  "too-many-rows": ["rows", "most"],
  "one-column": ["name"],
  "ragged-row": ["row", "got", "need"],
  "open-quote": ["row"],
  "unknown-column": ["column", "columns"],
  "no-inputs": ["name"],
  "target-constant": ["column", "value"],
  "target-date": ["column"],
  "target-many-classes": ["column", "count"],
  "target-empty": ["column"],
  "mixed-column": ["column", "row", "value"],
  // Why a column was taken as it was.
  "as-number": [],
  "as-category": ["count"],
  "as-date": [],
  "as-target": [],
  "is-identifier": [],
  "is-constant": [],
  "is-empty": [],
  "is-text": ["count"],
  "is-omitted": [],
  // What was decided for the user.
  "rows-without-target": ["count"],
  "last-is-target": ["column"],
  "lines-left-out": ["lines"],
} as const;

export type Code = keyof typeof CODES;
