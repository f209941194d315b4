/**
 * A network of dense layers: its parameters, and all that a step computes with them.
 *
 * Parameters and gradients are one array each, in the order W1, b1, W2, b2, …, so that
 * an optimizer changes them in one loop. Nothing is allocated once it is made.
 */

import type { Settings } from "../protocol";
import { ACTIVATIONS, type Activation, type ActivationName, type InitializerName, LOSSES, type Loss, type Numbers } from "./formulas";
import type { LossFunctions } from "./kinds";
import { type Memory, memoryFor, type Products } from "./products";
import { Random } from "./random";
import { LOSS_FUNCTIONS } from "./steps";

export interface Layer {
  given: number;
  units: number;
  name: ActivationName;
  activation: Activation;
  /** The share of outputs that is set to 0 in training. */
  dropout: number;
  w: Numbers;
  b: Numbers;
  gw: Numbers;
  gb: Numbers;
  /** For each row of a batch: the sums, what the activation makes of them, … */
  z: Numbers;
  y: Numbers;
  /** … what goes on to the next layer (y, unless there is dropout), … */
  out: Numbers;
  /** … and the loss's derivative by y, then by z. */
  g: Numbers;
  mask: Numbers | null;
}

export interface Architecture {
  inputs: number;
  outputs: number;
  /** How many rows are computed at once. */
  rows: number;
}

/** What of the settings a network is made from. */
export type Design = Pick<Settings, "hidden" | "output" | "loss" | "precision">;

export class Network {
  readonly layers: Layer[] = [];
  readonly params: Numbers;
  readonly grads: Numbers;
  /** Inputs and targets of a batch: rows × inputs, and rows × outputs. */
  readonly x: Numbers;
  readonly t: Numbers;
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly loss: Loss & LossFunctions;
  private readonly products: Products;

  constructor(design: Design, { inputs, outputs, rows }: Architecture) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.rows = rows;
    this.loss = { ...LOSSES[design.loss], ...LOSS_FUNCTIONS[design.loss] };
    const last = { units: outputs, activation: design.output, dropout: 0 };
    const kinds = [...design.hidden, last];
    const size = sizeOf([inputs, ...kinds.map((kind) => kind.units)]);
    const widths = kinds.reduce((sum, kind) => sum + kind.units * (kind.dropout ? 5 : 3), 0);
    const memory = memoryFor(2 * size + rows * (inputs + outputs + widths), design.precision);
    this.products = memory.products;
    this.params = memory.take(size);
    this.grads = memory.take(size);
    this.x = memory.take(rows * inputs);
    this.t = memory.take(rows * outputs);
    let given = inputs;
    let at = 0;
    for (const { units, activation, dropout } of kinds) {
      this.layers.push(layer(memory, { given, units, rows, name: activation, dropout, at, of: this }));
      at += given * units + units;
      given = units;
    }
  }

  /** The loss of the first rows of x and t, and its gradient in `grads`. */
  step(rows: number): number {
    this.forward(rows, true);
    const loss = this.lossGradient(rows);
    this.backward(rows);
    return loss;
  }

  /** Sums, activations and outputs of the first rows of x; the logits alone if `bare`. */
  forward(rows: number, training = false, bare = training): void {
    const { layers, products, loss } = this;
    let x = this.x;
    for (let i = 0; i < layers.length; i++) {
      const { w, b, z, y, out, given, units, activation, mask } = layers[i];
      products.forward(x, w, b, z, rows, given, units);
      if (bare && loss.ofLogits && i === layers.length - 1) return;
      activation.forward(z, y, rows, units);
      if (mask && training) masked(y, mask, out, rows * units);
      x = mask && training ? out : y;
    }
  }

  /** The loss after `forward`; without its gradient. */
  lossValue(rows: number): number {
    const { z, y, units } = this.last;
    return this.loss.value(this.loss.ofLogits ? z : y, this.t, rows, units);
  }

  /** The loss, and in the last layer's g its derivative by the sums. */
  lossGradient(rows: number): number {
    const { z, y, g, units, activation } = this.last;
    if (this.loss.ofLogits) return this.loss.backward(z, this.t, g, rows, units);
    const value = this.loss.backward(y, this.t, g, rows, units);
    activation.backward(z, y, g, rows, units);
    return value;
  }

  /** From the last layer's g to the g of every layer, and the gradient. */
  backward(rows: number, training = true): void {
    const { layers, products } = this;
    for (let i = layers.length - 1; i >= 0; i--) {
      const { w, gw, gb, g, given, units } = layers[i];
      const before = layers[i - 1];
      const hasMask = training && before?.mask;
      const x = before ? (hasMask ? before.out : before.y) : this.x;
      products.weights(x, g, gw, gb, rows, given, units);
      if (!before) return;
      products.inputs(g, w, before.g, rows, given, units);
      if (hasMask && before.mask) masked(before.g, before.mask, before.g, rows * given);
      before.activation.backward(before.z, before.y, before.g, rows, given);
    }
  }

  get last(): Layer {
    return this.layers[this.layers.length - 1];
  }

  get isNoisy(): boolean {
    return this.layers.some((each) => each.mask);
  }

  /** Draws dropout's masks for so many rows: 0, or 1/(1 − rate). */
  drawMasks(rows: number, random: Random): void {
    for (const { mask, units, dropout } of this.layers) {
      if (!mask) continue;
      const kept = 1 / (1 - dropout);
      const rate = Math.fround(dropout);
      for (let i = 0; i < rows * units; i++) {
        mask[i] = random.uniform32() >= rate ? kept : 0;
      }
    }
  }

  /** Draws the weights that training starts from, layer after layer; biases are 0. */
  initialize(initializer: InitializerName, std: number, seed: number): void {
    const random = new Random(seed);
    const { layers } = this;
    for (const { w, b, given, units, activation } of layers) {
      const scale = deviation(initializer, std, given, units, activation.rectified);
      for (let i = 0; i < w.length; i++) w[i] = scale * random.normal();
      b.fill(0);
    }
  }

  /** The parameters by name, as arrays of their own. */
  named(): Record<string, Float32Array> {
    const pairs = this.layers.flatMap(({ w, b }, i) => [
      [`W${i + 1}`, Float32Array.from(w)],
      [`b${i + 1}`, Float32Array.from(b)],
    ]);
    return Object.fromEntries(pairs);
  }

  /** The arrays themselves by name. */
  array(name: string): Numbers | null {
    const each = this.layers[Number(name.slice(1)) - 1];
    if (!each) return null;
    return name[0] === "W" ? each.w : name[0] === "b" ? each.b : null;
  }

  /** Where an array begins in `params`. */
  place(name: string): number {
    const found = this.array(name);
    return found ? (found.byteOffset - this.params.byteOffset) / found.BYTES_PER_ELEMENT : -1;
  }
}

/** How many parameters there are between layers of so many numbers. */
export function sizeOf(widths: number[]): number {
  return widths.slice(1).reduce((sum, units, i) => sum + (widths[i] + 1) * units, 0);
}

interface Plan {
  given: number;
  units: number;
  rows: number;
  name: ActivationName;
  dropout: number;
  /** Where the parameters begin. */
  at: number;
  of: Network;
}

function layer(memory: Memory, { given, units, rows, name, dropout, at, of }: Plan): Layer {
  const bias = at + given * units;
  const [z, y, g] = [0, 0, 0].map(() => memory.take(rows * units));
  return {
    ...{ given, units, name, activation: ACTIVATIONS[name], dropout },
    ...{ w: of.params.subarray(at, bias), b: of.params.subarray(bias, bias + units) },
    ...{ gw: of.grads.subarray(at, bias), gb: of.grads.subarray(bias, bias + units) },
    ...{ z, y, g, out: dropout ? memory.take(rows * units) : y },
    mask: dropout ? memory.take(rows * units) : null,
  };
}

function masked(from: Numbers, mask: Numbers, to: Numbers, size: number): void {
  for (let i = 0; i < size; i++) to[i] = from[i] * mask[i];
}

/** The standard deviation of a layer's first weights. */
function deviation(initializer: InitializerName, std: number, given: number, units: number, rectified: boolean): number {
  if (initializer === "normal") return std;
  const isHe = initializer === "he" || (initializer === "auto" && rectified);
  return Math.sqrt(2 / (isHe ? given : given + units));
}
