/** What the network says over a plane of two inputs: the output, and every unit. */

import type { Dataset } from "../data/dataset";
import type { Network } from "./network";

export interface Plane {
  /** The two inputs that it spans; equal for a single one. */
  axes: [number, number];
  /** The other inputs: those of a sample. */
  others: ArrayLike<number>;
  low: number[];
  high: number[];
}

/** The plane of two inputs through a sample, a little larger than the data. */
export function planeOf(data: Dataset, axes: [number, number], sample: number): Plane {
  const width = data.inputs.length;
  const [a, b] = axes.map((axis) => Math.max(0, Math.min(axis, width - 1)));
  const row = Math.max(0, Math.min(sample, data.train.rows - 1)) * width;
  const others = data.train.x.subarray(row, row + width);
  return { axes: [a, b], others, ...rangeOf(data) };
}

/** Of one input a plane is a line. */
function cellsOf({ inputs }: Network, cells: number): number {
  return inputs === 1 ? cells : cells * cells;
}

/** The outputs, cells × cells × outputs, row 0 at the top; of one input, a curve. */
export function outputSurface(network: Network, plane: Plane, cells: number): Float32Array {
  const { outputs } = network;
  const surface = new Float32Array(cellsOf(network, cells) * outputs);
  overPlane(network, plane, cells, (start, count) => {
    surface.set(network.last.y.subarray(0, count * outputs), start * outputs);
  });
  return surface;
}

/** For each layer units × cells × cells: what every unit passes on. */
export function unitSurfaces(network: Network, plane: Plane, cells: number): Float32Array[] {
  const all = cellsOf(network, cells);
  const surfaces = network.layers.map(({ units }) => new Float32Array(units * all));
  overPlane(network, plane, cells, (start, count) => {
    for (let l = 0; l < surfaces.length; l++) {
      const { y, units } = network.layers[l];
      const surface = surfaces[l];
      for (let u = 0; u < units; u++) {
        const to = u * all + start;
        for (let i = 0; i < count; i++) surface[to + i] = y[i * units + u];
      }
    }
  });
  return surfaces;
}

function overPlane(network: Network, plane: Plane, cells: number, take: (start: number, count: number) => void): void {
  const all = cellsOf(network, cells);
  for (let start = 0; start < all; start += network.rows) {
    const count = Math.min(network.rows, all - start);
    place(network, plane, cells, start, count);
    network.forward(count);
    take(start, count);
  }
}

/** Puts the middles of the cells from `start` on into the network's batch. */
function place({ x, inputs }: Network, { axes, others, low, high }: Plane, cells: number, start: number, count: number): void {
  const [first, second] = axes;
  const across = (high[first] - low[first]) / cells;
  const down = (high[second] - low[second]) / cells;
  for (let i = 0; i < count; i++) {
    const cell = start + i;
    const to = i * inputs;
    if (inputs > 2) for (let j = 0; j < inputs; j++) x[to + j] = others[j];
    // Of one input both axes are the same: it runs from left to right.
    x[to + second] = high[second] - (Math.floor(cell / cells) + 0.5) * down;
    x[to + first] = low[first] + ((cell % cells) + 0.5) * across;
  }
}

export interface Range {
  low: number[];
  high: number[];
}

const ranges = new WeakMap<Dataset, Range>();

/** Where each input's data lie, with a margin around them; found once for all frames. */
export function rangeOf(data: Dataset): Range {
  const found = ranges.get(data) ?? computedRange(data);
  ranges.set(data, found);
  return found;
}

function computedRange({ inputs, train, test }: Dataset): Range {
  const low = inputs.map(() => Number.POSITIVE_INFINITY);
  const high = inputs.map(() => Number.NEGATIVE_INFINITY);
  for (const { x } of [train, test]) {
    for (let i = 0; i < x.length; i++) {
      const j = i % inputs.length;
      if (x[i] < low[j]) low[j] = x[i];
      if (x[i] > high[j]) high[j] = x[i];
    }
  }
  for (let j = 0; j < inputs.length; j++) {
    const margin = 0.1 * (high[j] - low[j]) || 1;
    low[j] -= margin;
    high[j] += margin;
  }
  return { low, high };
}
