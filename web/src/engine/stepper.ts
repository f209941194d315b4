/** Takes the steps of a run: the network, the optimizer's memory, and what a step sees. */

import { type Dataset, gather, gatherTargets, outputsFor } from "../data/dataset";
import type { Settings } from "../protocol";
import { batchSizeOf, epochRows, NOISE_STREAM } from "./batches";
import { batchOf, type Keyframe, type Phase } from "./branches";
import { type Numbers, OPTIMIZERS, type OptimizerName, type Options, SCHEDULES } from "./formulas";
import { type Design, Network } from "./network";
import { Random } from "./random";
import { RATES, UPDATES } from "./steps";
import { Watch } from "./watch";

/** Rows that are computed at once where nobody learns from them. */
const LEAST_ROWS = 256;

export class Stepper {
  network: Network;
  phase: Phase;
  watched = new Watch([], null);
  private optimizer: OptimizerName;
  private options: Options = {};
  private memory: Numbers[] = [];
  /** The rows of the epoch that is under way. */
  private rows: Int32Array = new Int32Array(0);
  private epoch = -1;

  constructor(
    readonly data: Dataset,
    phase: Phase,
  ) {
    const { settings } = phase;
    this.phase = phase;
    this.network = this.networkFor(settings);
    this.network.initialize(settings.initializer, settings.std, settings.seed);
    this.optimizer = settings.optimizer;
    this.memory = this.emptyMemory();
    this.enter(phase);
  }

  /** Take over the settings of a phase: perhaps another network, another memory. */
  enter(phase: Phase): void {
    const { settings } = phase;
    if (!sameDesign(this.phase.settings, settings) || !this.fits(settings)) {
      const network = this.networkFor(settings);
      network.params.set(this.network.params);
      this.network = network;
      this.watched = new Watch(this.watched.places, network);
    }
    const { optimizer, options, weightDecay } = settings;
    this.options = { ...OPTIMIZERS[optimizer].options, ...options, weight_decay: weightDecay };
    if (this.optimizer !== optimizer) {
      this.optimizer = optimizer;
      this.memory = this.emptyMemory();
    }
    this.phase = phase;
    this.epoch = -1;
  }

  /** Take a step; false, and nothing is changed, where the loss is no number. */
  take(step: number): boolean {
    const { network, phase, memory, options, optimizer, watched } = this;
    const { seed, l1 } = phase.settings;
    const count = this.loadBatch(step);
    if (network.isNoisy) network.drawMasks(count, new Random(seed, [NOISE_STREAM, step]));
    if (!Number.isFinite(network.step(count))) return false;
    const { params, grads } = network;
    const rate = this.rateAt(step);
    const isWatched = watched.places.length > 0;
    if (isWatched) watched.before(network, memory, rate);
    if (l1) penalize(params, grads, l1);
    const update = UPDATES[optimizer];
    update(params, grads, memory, params.length, rate, step - phase.since, options);
    if (isWatched) watched.after(network, memory, step, optimizer, options, l1);
    return true;
  }

  /** Put the batch of a step into the network; returns its size. */
  loadBatch(step: number): number {
    const { network, phase, data } = this;
    const { epoch, start, end } = batchOf(phase, step, data.train.rows);
    if (epoch !== this.epoch) {
      this.rows = epochRows(phase.settings, data.train.rows, epoch);
      this.epoch = epoch;
    }
    gather(data.train, this.rows, start, end - start, network.x, network.inputs);
    gatherTargets(data.train, this.rows, start, end - start, network.t, network.outputs);
    return end - start;
  }

  /** The learning rate of a step, by the schedule. */
  private rateAt(step: number): number {
    const { schedule, scheduleOptions, learningRate } = this.phase.settings;
    const { options } = SCHEDULES[schedule];
    return RATES[schedule](learningRate, step, scheduleOptions ? { ...options, ...scheduleOptions } : options);
  }

  /** A copy of all that training changes, outside of the network's own memory. */
  keyframe(step: number): Keyframe {
    const params = this.zeros();
    params.set(this.network.params);
    return { step, params, memory: this.memory.map((slot) => slot.slice()), optimizer: this.optimizer };
  }

  /** A keyframe of parameters by name; null where they do not fit. */
  keyframeOf(step: number, params: Record<string, Float32Array>): Keyframe | null {
    for (const [name, values] of Object.entries(params)) {
      const array = this.network.array(name);
      if (array?.length !== values.length) return null;
      array.set(values);
    }
    // What the optimizer remembered is not known.
    return { ...this.keyframe(step), memory: this.emptyMemory() };
  }

  /** Go back to a keyframe, in the phase of its step. */
  restore({ params, memory, optimizer }: Keyframe, phase: Phase): void {
    this.optimizer = optimizer;
    this.memory = memory.map((slot) => slot.slice());
    this.enter(phase);
    this.network.params.set(params);
  }

  private emptyMemory(): Numbers[] {
    return OPTIMIZERS[this.optimizer].slots.map(() => this.zeros());
  }

  private zeros(): Numbers {
    const { length } = this.network.params;
    return this.phase.settings.precision === "float64" ? new Float64Array(length) : new Float32Array(length);
  }

  private fits(settings: Settings): boolean {
    return this.network.rows >= batchSizeOf(settings, this.data.train.rows);
  }

  private networkFor(settings: Settings): Network {
    const { data } = this;
    const rows = Math.max(LEAST_ROWS, batchSizeOf(settings, data.train.rows));
    const outputs = outputsFor(data, settings.output);
    return new Network(settings, { inputs: data.inputs.length, outputs, rows });
  }
}

/** The gradient of l1 · Σ |w|. */
function penalize(params: Numbers, grads: Numbers, l1: number): void {
  for (let i = 0; i < params.length; i++) grads[i] += l1 * Math.sign(params[i]);
}

function sameDesign(a: Design, b: Design): boolean {
  const design = ({ hidden, output, loss, precision }: Design) => JSON.stringify([hidden, output, loss, precision]);
  return a === b || design(a) === design(b);
}
