/** What there is of each activation, loss, optimizer and schedule. */

import type { ActivationName } from "./formulas";

/** An array of numbers of either precision. */
export type Numbers = Float32Array | Float64Array;

/** The name, in Kobai and in a link, of each number that can be chosen. */
export type Options = Record<string, number>;

export interface Activation {
  /** The class of the layer in Python. */
  layer: string;
  /** Whether it also stands between layers. */
  hidden: boolean;
  /** Whether it passes about half of its inputs, for He's initial weights. */
  rectified: boolean;
  /** Whether an output depends on the whole row. */
  rows: boolean;
  /** y = f(x), for `rows` rows of `width` numbers. */
  forward(x: Numbers, y: Numbers, rows: number, width: number): void;
  /** g, the loss's derivative by y, becomes that by x. */
  backward(x: Numbers, y: Numbers, g: Numbers, rows: number, width: number): void;
}

export interface Loss {
  /** Whether it is a function of the sums before the output's activation. */
  ofLogits: boolean;
  classifies: boolean;
  /** The output activations that it goes with. */
  fits: ActivationName[];
}

export interface LossFunctions {
  /** Returns the mean loss of the rows; g becomes its derivative by y. */
  backward(y: Numbers, t: Numbers, g: Numbers, rows: number, width: number): number;
  /** Returns the mean loss alone. */
  value(y: Numbers, t: Numbers, rows: number, width: number): number;
}

export interface Optimizer {
  learningRate: number;
  options: Options;
  /** The names of what it remembers of each parameter. */
  slots: string[];
  /** Whether weight decay acts on the weights themselves, not through the gradient. */
  decoupled: boolean;
}

/** Changes parameters w by their gradient g, in step 0, 1, …. */
export type Update = (
  w: Numbers,
  g: Numbers,
  memory: Numbers[],
  size: number,
  rate: number,
  step: number,
  options: Options,
) => void;

export interface Schedule {
  options: Options;
}

/** The learning rate of step 0, 1, …. */
export type Rate = (rate: number, step: number, options: Options) => number;
