/** A run: the network, the optimizer's memory, and the way from step to step. */

import { type Dataset, gather, gatherTargets, outputsFor } from "../data/dataset";
import type { Moment, Place, RunGiven, Settings, Update } from "../protocol";
import { batchSizeOf, epochRows, NOISE_STREAM } from "./batches";
import { type Branch, batchOf, epochAt, type Keyframe, newBranch, type Phase, phaseAt, phasesWith } from "./branches";
import { type Numbers, OPTIMIZERS, type Options, SCHEDULES } from "./formulas";
import { type Design, Network } from "./network";
import { Random } from "./random";
import { Watch } from "./watch";

/** Rows that are computed at once where nobody learns from them. */
const LEAST_ROWS = 256;

/** So many times the numbers of a network may be used to judge it after each burst. */
const CHEAP = 2_000_000;

export class Trainer {
  network: Network;
  branches: Branch[] = [];
  branch: Branch;
  step = 0;
  diverged = false;
  private phase: Phase;
  /** What of the phase every step needs. */
  private options: Options = {};
  private memory: Numbers[] = [];
  private optimizer = "";
  /** The rows of the epoch that is under way. */
  private rows: Int32Array = new Int32Array(0);
  private epoch = -1;
  private watched = new Watch([], null);

  constructor(readonly data: Dataset, settings: Settings) {
    const phase: Phase = { from: 0, settings, feed: { step: 0, epoch: 0 }, since: 0 };
    this.phase = phase;
    this.network = this.networkFor(settings);
    this.network.initialize(settings.initializer, settings.std, settings.seed);
    this.enter(phase);
    this.branch = newBranch(0, null, [phase], this.keyframe());
    this.branches.push(this.branch);
    this.judge();
  }

  /** Take up a finished run: its moments and its history. False where they do not fit. */
  adopt({ keyframes, history }: RunGiven): boolean {
    const frames = keyframes.map(({ step, params }) => this.given(step, params));
    const first = frames[0];
    if (!first || frames.includes(null)) return false;
    this.branch = newBranch(0, null, [this.phase], first);
    for (const frame of frames.slice(1)) if (frame) this.branch.frames.put(frame);
    this.branches = [this.branch];
    this.branch.record.put(history);
    const last = frames[frames.length - 1] ?? first;
    this.branch.head = last.step;
    this.restore(last);
    return true;
  }

  private given(step: number, params: Record<string, Float32Array>): Keyframe | null {
    const { network } = this;
    for (const [name, values] of Object.entries(params)) {
      const array = network.array(name);
      if (array?.length !== values.length) return null;
      array.set(values);
    }
    // What the optimizer remembered is not known.
    return { ...this.keyframe(), step, memory: this.memory.map(() => this.zeros()) };
  }

  get settings(): Settings {
    return this.phase.settings;
  }

  get moment(): Moment {
    return { branch: this.branch.id, step: this.step };
  }

  get epochs(): number {
    return epochAt(this.phase, this.step, this.data.train.rows);
  }

  /** Whether settings can go on with the weights there are. */
  takes({ hidden, output, precision }: Settings): boolean {
    const { layers, outputs } = this.network;
    const units = [...hidden.map((layer) => layer.units), outputsFor(this.data, output)];
    const isSame = units.length === layers.length && layers.every((layer, i) => layer.units === units[i]);
    return isSame && outputs === units[units.length - 1] && precision === this.settings.precision;
  }

  /** The settings from here on; in the past they begin a branch. */
  change(settings: Settings): void {
    const phases = phasesWith(this.branch.phases, this.step, settings, this.data.train.rows);
    const next = phases[phases.length - 1];
    if (this.step === this.branch.head) {
      this.branch.phases = phases;
      this.enter(next);
    } else {
      this.fork(phases);
    }
    this.diverged = false;
  }

  /** One parameter by hand: always a branch. False where there is none such. */
  edit(name: string, index: number, value: number): boolean {
    const array = this.network.array(name);
    if (!array || !(index >= 0 && index < array.length)) return false;
    array[index] = value;
    this.fork(this.branch.phases.filter(({ from }) => from <= this.step));
    this.judge();
    return true;
  }

  private fork(phases: Phase[]): void {
    this.enter(phases[phases.length - 1]);
    const id = this.branches.length;
    this.branch = newBranch(id, this.moment, phases, this.keyframe());
    this.branches.push(this.branch);
    this.diverged = false;
  }

  /** Go to a moment; of a branch's past before it began, to that of its parent. */
  seek({ branch, step }: Moment): boolean {
    let wanted = this.branches[branch];
    if (!wanted || !(step >= 0)) return false;
    while (wanted.parent && step < wanted.birth) wanted = this.branches[wanted.parent.branch];
    const near = wanted.frames.before(step);
    const isOn = wanted === this.branch && this.step <= step && this.step >= near.step;
    this.branch = wanted;
    if (!isOn) this.restore(near);
    while (this.step < step && this.advance());
    this.settle();
    if (this.step > this.branch.record.newest && this.isCheap) this.judge();
    return true;
  }

  /** Train until steps, or time, are over, or the loss is small enough. */
  train(steps: number, milliseconds: number, untilLoss = Number.NEGATIVE_INFINITY): boolean {
    const end = performance.now() + milliseconds;
    let left = steps;
    let loss = Number.POSITIVE_INFINITY;
    while (left > 0 && loss >= untilLoss && this.advance()) {
      left--;
      if (this.isMilestone() || (untilLoss > 0 && this.isEpoch())) loss = this.judge();
      if (performance.now() >= end) break;
    }
    // So that a single step, too, is seen on the curve.
    if (this.isCheap || steps <= 10) loss = this.judge();
    return loss < untilLoss;
  }

  /** Take steps of so many samples each, those that come next, and go back. */
  trainSamples(steps: number, samples: number): boolean {
    const { settings } = this;
    const single: Settings = { ...settings, batches: "shuffle", batchSize: samples };
    this.change(single);
    this.train(steps, Number.POSITIVE_INFINITY);
    this.change(settings);
    return false;
  }

  /** Keep what the last step does to some parameters. */
  watch(places: Place[]): void {
    if (this.watched.isFor(places)) return;
    this.watched = new Watch(places, this.network);
  }

  /** The last step, broken down; it is taken again where nobody has watched. */
  lastUpdate(places: Place[]): Update[] | undefined {
    this.watch(places);
    const { moment } = this;
    if (this.watched.step !== moment.step - 1 && moment.step > 0) {
      // A branch that an edit began has no step before it.
      if (moment.step === this.branch.birth) return undefined;
      this.seek({ ...moment, step: moment.step - 1 });
      this.seek(moment);
    }
    return this.watched.step === moment.step - 1 ? this.watched.updates : undefined;
  }

  /** Where two parameters have been, from step 0 to here. */
  path(first: number, second: number, most: number): number[][] {
    const points: number[][] = [];
    let branch: Branch | undefined = this.branch;
    let end = this.step;
    while (branch) {
      const before = branch.frames.all.filter(({ step }) => step <= end);
      points.unshift(...before.map(({ params }) => [params[first], params[second]]));
      end = branch.birth - 1;
      branch = branch.parent ? this.branches[branch.parent.branch] : undefined;
    }
    const { params } = this.network;
    points.push([params[first], params[second]]);
    const every = Math.ceil(points.length / most);
    return points.filter((_, i) => i % every === 0 || i === points.length - 1);
  }

  /** Take one step; false where the numbers have left what is finite. */
  advance(): boolean {
    const { network, phase, data, step } = this;
    if (this.diverged) return false;
    if (this.settle()) return this.advance();
    const count = this.loadBatch();
    if (network.isNoisy) network.drawMasks(count, new Random(phase.settings.seed, [NOISE_STREAM, step]));
    if (!Number.isFinite(network.step(count))) {
      this.diverged = true;
      return false;
    }
    const rate = this.rateAt(step);
    const { watched } = this;
    if (watched.places.length) watched.before(network, this.memory, rate);
    if (phase.settings.l1) penalize(network.params, network.grads, phase.settings.l1);
    const size = network.params.length;
    const { update } = OPTIMIZERS[phase.settings.optimizer];
    update(network.params, network.grads, this.memory, size, rate, step - phase.since, this.options);
    if (watched.places.length) watched.after(network, this.memory, step, phase.settings.optimizer, this.options, phase.settings.l1);
    this.step++;
    if (this.step > this.branch.head) this.branch.head = this.step;
    if (this.branch.frames.wants(this.step)) this.branch.frames.add(this.keyframe());
    return data.train.rows > 0;
  }

  /** Takes over the settings that hold from this step on; false where they do already. */
  private settle(): boolean {
    const phase = phaseAt(this.branch, this.step);
    if (phase === this.phase) return false;
    this.enter(phase);
    return true;
  }

  /** The learning rate of a step, by the schedule. */
  rateAt(step: number): number {
    const { schedule, scheduleOptions, learningRate } = this.phase.settings;
    const { rate, options } = SCHEDULES[schedule];
    return rate(learningRate, step, scheduleOptions ? { ...options, ...scheduleOptions } : options);
  }

  /** Puts the batch of this step into the network; returns its size. */
  loadBatch(): number {
    const { network, phase, data } = this;
    const { epoch, start, end } = batchOf(phase, this.step, data.train.rows);
    if (epoch !== this.epoch) {
      this.rows = epochRows(phase.settings, data.train.rows, epoch);
      this.epoch = epoch;
    }
    gather(data.train, this.rows, start, end - start, network.x, network.inputs);
    gatherTargets(data.train, this.rows, start, end - start, network.t, network.outputs);
    return end - start;
  }

  /** The loss of all training samples, which also goes into the history. */
  judge(): number {
    const loss = this.branch.record.add(this.step, this.network, this.data);
    if (!Number.isFinite(loss)) this.diverged = true;
    return loss;
  }

  /** Whether the network can be judged often without slowing it down. */
  private get isCheap(): boolean {
    const { train, test } = this.data;
    return this.network.params.length * (train.rows + test.rows) < CHEAP;
  }

  private isEpoch(): boolean {
    return Number.isInteger(this.epochs);
  }

  /** The end of an epoch, of many epochs every second, fourth, eighth one. */
  private isMilestone(): boolean {
    const { epochs } = this;
    if (!Number.isInteger(epochs) || this.step <= this.branch.record.newest) return false;
    return epochs % 2 ** Math.max(0, Math.floor(Math.log2(epochs / 64))) === 0;
  }

  /** Takes over the settings of a phase: another network, another memory. */
  private enter(phase: Phase): void {
    const { settings } = phase;
    if (!sameDesign(this.phase.settings, settings) || !this.fits(settings)) {
      const network = this.networkFor(settings);
      network.params.set(this.network.params);
      this.network = network;
      this.watched = new Watch(this.watched.places, network);
    }
    const { optimizer, options, weightDecay } = settings;
    const kind = OPTIMIZERS[optimizer];
    this.options = { ...kind.options, ...options, weight_decay: weightDecay };
    if (this.optimizer !== optimizer) {
      this.memory = kind.slots.map(() => this.zeros());
      this.optimizer = optimizer;
    }
    this.phase = phase;
    this.epoch = -1;
  }

  private zeros(): Numbers {
    const { length } = this.network.params;
    return this.settings.precision === "float64" ? new Float64Array(length) : new Float32Array(length);
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

  private keyframe(): Keyframe {
    const { step, network, memory, optimizer } = this;
    // A copy outside of the network's own memory.
    const params = this.zeros();
    params.set(network.params);
    return { step, params, memory: memory.map((slot) => slot.slice()), optimizer };
  }

  private restore({ step, params, memory, optimizer }: Keyframe): void {
    this.step = step;
    this.diverged = false;
    this.optimizer = optimizer;
    this.memory = memory.map((slot) => slot.slice());
    this.enter(phaseAt(this.branch, step));
    this.network.params.set(params);
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
