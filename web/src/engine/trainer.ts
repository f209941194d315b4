/** A run: the way from step to step, back to any of them, and off into branches. */

import { type Dataset, outputsFor } from "../data/dataset";
import type { Moment, Place, RunGiven, Settings, Update } from "../protocol";
import { type Branch, epochAt, newBranch, type Phase, phaseAt, phasesWith } from "./branches";
import type { Network } from "./network";
import { Stepper } from "./stepper";
import { Watch } from "./watch";

/** With fewer multiplications the network is judged after each burst. */
const CHEAP = 2_000_000;
/** A burst of so few steps is judged, whatever it costs. */
const FEW_STEPS = 10;

export class Trainer {
  branches: Branch[];
  branch: Branch;
  step = 0;
  diverged = false;
  private readonly stepper: Stepper;

  constructor(
    readonly data: Dataset,
    settings: Settings,
  ) {
    const phase: Phase = { from: 0, settings, feed: { step: 0, epoch: 0 }, since: 0 };
    this.stepper = new Stepper(data, phase);
    this.branch = newBranch(0, null, [phase], this.stepper.keyframe(0));
    this.branches = [this.branch];
    this.judge();
  }

  get network(): Network {
    return this.stepper.network;
  }

  get settings(): Settings {
    return this.stepper.phase.settings;
  }

  get moment(): Moment {
    return { branch: this.branch.id, step: this.step };
  }

  get epochs(): number {
    return epochAt(this.stepper.phase, this.step, this.data.train.rows);
  }

  /** Take up a finished run: its moments and its history. False where they do not fit. */
  adopt({ keyframes, history }: RunGiven): boolean {
    const given = keyframes.map(({ step, params }) => this.stepper.keyframeOf(step, params));
    const frames = given.filter((frame) => frame !== null);
    if (!frames.length || frames.length < given.length) return false;
    this.branch = newBranch(0, null, [this.stepper.phase], frames[0]);
    for (const frame of frames.slice(1)) this.branch.frames.put(frame);
    this.branches = [this.branch];
    this.branch.record.put(history);
    this.branch.head = frames[frames.length - 1].step;
    this.restore(this.branch.head);
    // Weights alone have no history, and their loss is to be seen nevertheless.
    if (!history.step.length) this.judge();
    return true;
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
    if (this.step === this.branch.head) {
      this.branch.phases = phases;
      this.settle();
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
    this.stepper.enter(phases[phases.length - 1]);
    const id = this.branches.length;
    this.branch = newBranch(id, this.moment, phases, this.stepper.keyframe(this.step));
    this.branches.push(this.branch);
    this.diverged = false;
  }

  /** Go to a moment; of a branch's past before it began, to that of its parent. */
  seek({ branch, step }: Moment): boolean {
    let wanted = this.branches[branch];
    if (!wanted || !(step >= 0)) return false;
    while (wanted.parent && step < wanted.birth) wanted = this.branches[wanted.parent.branch];
    const isOn = wanted === this.branch && this.step <= step && this.step >= wanted.frames.before(step).step;
    this.branch = wanted;
    if (!isOn) this.restore(step);
    while (this.step < step && this.advance());
    this.settle();
    if (this.step > this.branch.record.newest && this.isCheap) this.judge();
    return true;
  }

  /** Go back to the last moment that is kept, at a step or before it. */
  private restore(step: number): void {
    const frame = this.branch.frames.before(step);
    this.step = frame.step;
    this.diverged = false;
    this.stepper.restore(frame, phaseAt(this.branch, frame.step));
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
    if (this.isCheap || steps <= FEW_STEPS) loss = this.judge();
    return loss < untilLoss;
  }

  /** Take steps of so many samples each, those that come next, and go back. */
  trainSamples(steps: number, samples: number): void {
    const { settings } = this;
    this.change({ ...settings, batches: "shuffle", batchSize: samples });
    this.train(steps, Number.POSITIVE_INFINITY);
    this.change(settings);
  }

  /** Take one step; false where the numbers have left what is finite. */
  advance(): boolean {
    if (this.diverged) return false;
    this.settle();
    if (!this.stepper.take(this.step)) {
      this.diverged = true;
      return false;
    }
    this.step++;
    const { branch, step } = this;
    if (step > branch.head) branch.head = step;
    if (branch.frames.wants(step)) branch.frames.add(this.stepper.keyframe(step));
    return true;
  }

  /** Take over the settings that hold from this step on. */
  private settle(): void {
    const phase = phaseAt(this.branch, this.step);
    if (phase !== this.stepper.phase) this.stepper.enter(phase);
  }

  /** The inputs of the batch that comes next, as they lie in the network's. */
  loadBatch(): number {
    return this.stepper.loadBatch(this.step);
  }

  /** The loss of all training samples, which also goes into the history. */
  judge(): number {
    const loss = this.branch.record.add(this.step, this.network, this.data);
    if (!Number.isFinite(loss)) this.diverged = true;
    return loss;
  }

  private get isCheap(): boolean {
    const { train, test } = this.data;
    return this.network.params.length * (train.rows + test.rows) < CHEAP;
  }

  private isEpoch(): boolean {
    return Number.isInteger(this.epochs);
  }

  /** The end of an epoch; of many epochs every second, fourth, eighth one. */
  private isMilestone(): boolean {
    const { epochs } = this;
    if (!Number.isInteger(epochs) || this.step <= this.branch.record.newest) return false;
    return epochs % 2 ** Math.max(0, Math.floor(Math.log2(epochs / 64))) === 0;
  }

  /** Keep what the last step does to some parameters. */
  watch(places: Place[]): void {
    const { stepper } = this;
    if (!stepper.watched.isFor(places)) stepper.watched = new Watch(places, stepper.network);
  }

  /** The last step, broken down; it is taken again where nobody has watched. */
  lastUpdate(places: Place[]): Update[] | undefined {
    this.watch(places);
    const { moment } = this;
    const last = moment.step - 1;
    // A branch that an edit began has no step before it.
    if (moment.step === this.branch.birth) return undefined;
    if (this.stepper.watched.step !== last) {
      this.seek({ ...moment, step: last });
      this.seek(moment);
    }
    const { watched } = this.stepper;
    return watched.step === last ? watched.updates : undefined;
  }

  /** Where two parameters have been, from step 0 to here. */
  path(first: number, second: number, most: number): number[][] {
    const { params } = this.network;
    const points = [[params[first], params[second]]];
    let branch: Branch | undefined = this.branch;
    let end = this.step;
    while (branch) {
      const before = branch.frames.all.filter(({ step }) => step <= end);
      points.unshift(...before.map((frame) => [frame.params[first], frame.params[second]]));
      end = branch.birth - 1;
      branch = branch.parent ? this.branches[branch.parent.branch] : undefined;
    }
    const every = Math.ceil(points.length / most);
    return points.filter((_, i) => i % every === 0 || i === points.length - 1);
  }
}
