/**
 * The branches of a run: what was changed where, and the moments that are kept.
 *
 * Everything is a function of the phases and the step. So few moments need to be kept:
 * any other is computed again from the one before it.
 */

import type { Moment, Settings } from "../protocol";
import { batchSizeOf, type Feed, stepsPerEpoch } from "./batches";
import type { Numbers, OptimizerName } from "./formulas";
import { Record } from "./history";

/** A stretch of steps under the same settings. */
export interface Phase {
  from: number;
  settings: Settings;
  /** The step with which the batches of an epoch began, and that epoch's number. */
  feed: { step: number; epoch: number };
  /** The step with which the optimizer began. */
  since: number;
}

/** All that training changes, at a step. */
export interface Keyframe {
  step: number;
  params: Numbers;
  memory: Numbers[];
  /** Whose memory it is. */
  optimizer: OptimizerName;
}

export interface Branch {
  id: number;
  /** The moment that it left another branch; null for the first. */
  parent: Moment | null;
  birth: number;
  /** Those of the branches before it too. */
  phases: Phase[];
  frames: Keyframes;
  record: Record;
  /** The last step that was trained. */
  head: number;
}

export function newBranch(id: number, parent: Moment | null, phases: Phase[], first: Keyframe): Branch {
  const frames = new Keyframes(first);
  return { id, parent, birth: first.step, phases, frames, record: new Record(), head: first.step };
}

/** The phase in which step `step` is taken: the last that begins there or before. */
export function phaseAt(branch: Branch, step: number): Phase {
  const { phases } = branch;
  let at = phases.length - 1;
  while (at > 0 && phases[at].from > step) at--;
  return phases[at];
}

/** The phases up to a step from which on settings are others. */
export function phasesWith(phases: Phase[], step: number, settings: Settings, rows: number): Phase[] {
  // What began here without a step is replaced.
  const kept = phases.filter(({ from }) => from < step);
  const before = kept[kept.length - 1];
  if (!before) return [{ from: 0, settings, feed: { step: 0, epoch: 0 }, since: 0 }];
  // Back to what was before: it goes on as if nothing had been.
  if (JSON.stringify(before.settings) === JSON.stringify(settings)) return kept;
  return [...kept, nextPhase(before, settings, step, rows)];
}

function nextPhase(before: Phase, settings: Settings, step: number, rows: number): Phase {
  const isFed = sameFeed(before.settings, settings);
  const isMoved = before.settings.optimizer === settings.optimizer;
  return {
    from: step,
    settings,
    feed: isFed ? before.feed : { step, epoch: Math.ceil(epochAt(before, step, rows)) },
    since: isMoved ? before.since : step,
  };
}

function sameFeed(a: Feed, b: Feed): boolean {
  return a.batches === b.batches && a.batchSize === b.batchSize && a.seed === b.seed;
}

/** How many epochs have passed before a step, with the part of one that has begun. */
export function epochAt(phase: Phase, step: number, rows: number): number {
  return phase.feed.epoch + (step - phase.feed.step) / stepsPerEpoch(phase.settings, rows);
}

/** Which batch a step takes: the epoch's number, and where its rows begin and end. */
export function batchOf(phase: Phase, step: number, rows: number): { epoch: number; start: number; end: number } {
  const size = batchSizeOf(phase.settings, rows);
  const perEpoch = Math.ceil(rows / size);
  const taken = step - phase.feed.step;
  const epoch = phase.feed.epoch + Math.floor(taken / perEpoch);
  const start = (taken % perEpoch) * size;
  const isDrawn = phase.settings.batches === "random";
  return { epoch, start, end: isDrawn ? start + size : Math.min(start + size, rows) };
}

const MOST_BYTES = 24_000_000;
const MOST_FRAMES = 256;
const FIRST_INTERVAL = 16;

/** The moments of a branch that are kept: the first, and one every so many steps. */
export class Keyframes {
  private frames: Keyframe[];
  private interval = FIRST_INTERVAL;
  private readonly most: number;

  constructor(first: Keyframe) {
    this.frames = [first];
    const numbers = first.params.length * (1 + first.memory.length);
    this.most = Math.max(8, Math.min(MOST_FRAMES, MOST_BYTES / (numbers * first.params.BYTES_PER_ELEMENT)));
  }

  /** Whether the moment of a step is to be kept. */
  wants(step: number): boolean {
    return step % this.interval === 0 && step > this.frames[this.frames.length - 1].step;
  }

  /** Keeps one of another run, whatever its step. */
  put(frame: Keyframe): void {
    this.frames.push(frame);
  }

  add(frame: Keyframe): void {
    this.frames.push(frame);
    if (this.frames.length <= this.most) return;
    this.interval *= 2;
    this.frames = this.frames.filter(({ step }, i) => i === 0 || step % this.interval === 0);
  }

  /** The last that is at a step or before it. */
  before(step: number): Keyframe {
    let at = this.frames.length - 1;
    while (at > 0 && this.frames[at].step > step) at--;
    return this.frames[at];
  }

  /** All of them, in order. */
  get all(): readonly Keyframe[] {
    return this.frames;
  }
}
