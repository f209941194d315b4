/** What the page sees of a run: its shape once, and a frame each time it asks. */

import type { Frame, Shape, Views } from "../protocol";
import { stepsPerEpoch } from "./batches";
import { confusion, distributions, landscape, mistakes } from "./judging";
import { outputSurface, planeOf, rangeOf, unitSurfaces } from "./surfaces";
import type { Trainer } from "./trainer";

/** So many rows are drawn as dots. */
const MOST_POINTS = 2000;
/** So many points of the way on a landscape. */
const MOST_PATH = 300;

export function shapeOf({ data, network, settings }: Trainer): Shape {
  const { inputs, classes, task, train, test, picture } = data;
  return {
    ...{ inputs, classes, task, picture },
    rows: { train: train.rows, test: test.rows },
    layers: network.layers.map(({ units, name }) => ({ units, activation: name })),
    size: network.params.length,
    batchesPerEpoch: stepsPerEpoch(settings, train.rows),
    points: pointsOf(data),
    range: rangeOf(data),
  };
}

/** The rows themselves: of pictures none, which are no dots. */
function pointsOf({ train, test, inputs, picture }: Trainer["data"]): Shape["points"] {
  const columns = inputs.length;
  const parts = picture ? [] : [train, test].map((part) => ({ part, rows: Math.min(part.rows, MOST_POINTS) }));
  const count = parts.reduce((sum, { rows }) => sum + rows, 0);
  const points = { x: new Float32Array(count * columns), t: new Float32Array(count), isTest: new Uint8Array(count), columns };
  let at = 0;
  for (const { part, rows } of parts) {
    points.x.set(part.x.subarray(0, rows * columns), at * columns);
    points.t.set(part.t.subarray(0, rows), at);
    points.isTest.fill(part === test ? 1 : 0, at, at + rows);
    at += rows;
  }
  return points;
}

/** The moment, the new points of the history, and the views that are asked for. */
export function frameOf(trainer: Trainer, views: Partial<Views> = {}): Frame {
  const { network, data, moment, epochs, branch, diverged } = trainer;
  const frame: Frame = { moment, epoch: epochs, history: branch.record.take(), stepsPerSecond: 0 };
  if (diverged) frame.diverged = true;
  if (views.surface || views.thumbnails) {
    const plane = planeOf(data, views.axes ?? [0, 1], views.sample ?? 0);
    if (views.surface) frame.surface = outputSurface(network, plane, views.surface);
    if (views.thumbnails) frame.thumbnails = unitSurfaces(network, plane, views.thumbnails);
  }
  if (views.weights) frame.params = network.named();
  if (views.distributions) frame.distributions = distributions(network, data);
  if (views.confusion) frame.confusion = confusion(network, data);
  if (views.mistakes) frame.mistakes = mistakes(network, data, views.mistakes);
  if (views.landscape) {
    const { first, second } = views.landscape;
    if (Math.max(first, second) < network.params.length) {
      frame.landscape = landscape(network, data.train, views.landscape, trainer.path(first, second, MOST_PATH));
    }
  }
  if (views.update?.length) frame.update = trainer.lastUpdate(views.update);
  return frame;
}

/** The arrays of an answer that can be handed over instead of copied. */
export function transferable(value: unknown, found: ArrayBuffer[] = []): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer && !found.includes(value.buffer)) found.push(value.buffer);
  } else if (value && typeof value === "object") {
    for (const inner of Object.values(value)) transferable(inner, found);
  }
  return found;
}

