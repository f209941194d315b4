/**
 * Which samples a step sees: a function of the seed and the epoch alone, as in Python.
 */

import type { Settings } from "../protocol";
import { Random } from "./random";

// Streams of random numbers that share a seed and must not repeat each other.
export const BATCH_STREAM = 0;
export const NOISE_STREAM = 1;

export type Feed = Pick<Settings, "batches" | "batchSize" | "seed">;

/** The rows of a step: 1 for "online", all for "full", else as asked. */
export function batchSizeOf({ batches, batchSize }: Feed, rows: number): number {
  if (batches === "online") return 1;
  return batches === "full" ? rows : Math.max(1, Math.min(batchSize, rows));
}

export function stepsPerEpoch(feed: Feed, rows: number): number {
  return Math.ceil(rows / batchSizeOf(feed, rows));
}

/** The row numbers of all steps of an epoch, one batch behind the other. */
export function epochRows(feed: Feed, rows: number, epoch: number): Int32Array {
  const { batches, seed } = feed;
  if (batches === "full") return Int32Array.from({ length: rows }, (_, i) => i);
  const random = new Random(seed, [BATCH_STREAM, epoch]);
  if (batches !== "random") return random.permutation(rows);
  const drawn = new Int32Array(stepsPerEpoch(feed, rows) * batchSizeOf(feed, rows));
  return drawn.map(() => random.integer(rows));
}
