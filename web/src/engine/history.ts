/** What a run was like at some of its steps: losses, and how much was right. */

import { type Dataset, gather, gatherTargets, type Part } from "../data/dataset";
import type { HistoryPoints } from "../protocol";
import type { Network } from "./network";

export function noHistory(): HistoryPoints {
  return { step: [], trainLoss: [], testLoss: [], trainScore: [], testScore: [] };
}

/** The points from a place on. */
export function historyFrom(history: HistoryPoints, start: number): HistoryPoints {
  const { step, trainLoss, testLoss, trainScore, testScore } = history;
  return {
    step: step.slice(start),
    trainLoss: trainLoss.slice(start),
    testLoss: testLoss.slice(start),
    trainScore: trainScore.slice(start),
    testScore: testScore.slice(start),
  };
}

export interface Judged {
  loss: number;
  /** Accuracy, or R² of a regression; NaN where there are no samples. */
  score: number;
}

/** The loss and the score of a part of the data. */
export function judge(network: Network, part: Part, classes: boolean): Judged {
  const { rows } = part;
  if (!rows) return { loss: Number.NaN, score: Number.NaN };
  let loss = 0;
  let right = 0;
  let squares = 0;
  for (let start = 0; start < rows; start += network.rows) {
    const count = Math.min(network.rows, rows - start);
    load(network, part, start, count);
    network.forward(count, false, true);
    loss += network.lossValue(count) * count;
    if (classes) right += countRight(network, part.t, start, count);
    else squares += squaredErrors(network, count);
  }
  const score = classes ? right / rows : 1 - squares / spread(part.t);
  return { loss: loss / rows, score };
}

/** Puts consecutive samples into the network's batch. */
export function load(network: Network, part: Part, start: number, count: number): void {
  gather(part, null, start, count, network.x, network.inputs);
  gatherTargets(part, null, start, count, network.t, network.outputs);
}

/** The class that a row of outputs, or of sums, says. */
export function classOf(values: ArrayLike<number>, start: number, units: number, half: number): number {
  if (units === 1) return values[start] > half ? 1 : 0;
  let best = 0;
  for (let k = 1; k < units; k++) if (values[start + k] > values[start + best]) best = k;
  return best;
}

/** The last layer's values by which classes are told: the sums where they are enough. */
export function deciding(network: Network): { values: ArrayLike<number>; half: number } {
  const { z, y } = network.last;
  return network.loss.ofLogits ? { values: z, half: 0 } : { values: y, half: 0.5 };
}

function countRight(network: Network, t: Float32Array, start: number, count: number): number {
  const { values, half } = deciding(network);
  const { outputs } = network;
  let right = 0;
  for (let i = 0; i < count; i++) {
    if (classOf(values, i * outputs, outputs, half) === t[start + i]) right++;
  }
  return right;
}

function squaredErrors(network: Network, count: number): number {
  const { z, y, units, activation } = network.last;
  if (network.loss.ofLogits) activation.forward(z, y, count, units);
  let sum = 0;
  for (let i = 0; i < count * units; i++) sum += (y[i] - network.t[i]) ** 2;
  return sum;
}

function spread(t: Float32Array): number {
  let mean = 0;
  for (const value of t) mean += value / t.length;
  let sum = 0;
  for (const value of t) sum += (value - mean) ** 2;
  return sum;
}

/** The points of a run as it goes, and which of them the page has already. */
export class Record {
  points = noHistory();
  private sent = 0;

  /** The newest step that was judged. */
  get newest(): number {
    const { step } = this.points;
    return step.length ? step[step.length - 1] : -1;
  }

  /** Judges a network; returns its training loss. */
  add(step: number, network: Network, data: Dataset): number {
    const classes = data.classes !== null;
    const train = judge(network, data.train, classes);
    if (!Number.isFinite(train.loss) || step <= this.newest) return train.loss;
    const test = judge(network, data.test, classes);
    const { points } = this;
    points.step.push(step);
    points.trainLoss.push(train.loss);
    points.testLoss.push(test.loss);
    points.trainScore.push(train.score);
    points.testScore.push(test.score);
    return train.loss;
  }

  /** Takes the points of another run. */
  put(points: HistoryPoints): void {
    this.points = historyFrom(points, 0);
    this.sent = 0;
  }

  /** The points that were not yet taken. */
  take(): HistoryPoints {
    const fresh = historyFrom(this.points, this.sent);
    this.sent = this.points.step.length;
    return fresh;
  }
}
