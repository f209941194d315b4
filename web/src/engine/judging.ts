/** How a network does on its data: distributions, confusion, mistakes, landscape. */

import type { Dataset, Part } from "../data/dataset";
import type { Frame } from "../protocol";
import type { Numbers } from "./formulas";
import { classOf, deciding, load } from "./history";
import type { Network } from "./network";

const BINS = 32;

/** Histograms over some training samples: activations, and the weights' gradients. */
export function distributions(network: Network, data: Dataset): NonNullable<Frame["distributions"]> {
  const count = Math.min(data.train.rows, network.rows);
  load(network, data.train, 0, count);
  network.forward(count);
  const activations = network.layers.map(({ y, units }, layer) => ({
    ...{ layer, of: "activation" as const },
    ...histogram(y.subarray(0, count * units)),
  }));
  network.lossGradient(count);
  network.backward(count, false);
  const gradients = network.layers.map(({ gw }, layer) => ({
    ...{ layer, of: "gradient" as const },
    ...histogram(gw),
  }));
  return [...activations, ...gradients];
}

function histogram(values: Numbers): { low: number; high: number; counts: Uint32Array } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const counts = new Uint32Array(BINS);
  if (!Number.isFinite(high - low)) return { low: 0, high: 0, counts };
  const scale = high > low ? BINS / (high - low) : 0;
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - low) * scale))]++;
  return { low, high, counts };
}

/** The classes that the network says of a part's samples, with what it thinks of each. */
function* predictions(network: Network, part: Part): Generator<{ row: number; predicted: number; y: Numbers }> {
  const { outputs } = network;
  for (let start = 0; start < part.rows; start += network.rows) {
    const count = Math.min(network.rows, part.rows - start);
    load(network, part, start, count);
    network.forward(count);
    const { values, half } = deciding(network);
    for (let i = 0; i < count; i++) {
      const predicted = classOf(values, i * outputs, outputs, half);
      const y = network.last.y.subarray(i * outputs, (i + 1) * outputs);
      yield { row: start + i, predicted, y };
    }
  }
}

/** Classes × classes of the test data: a row for the truth, a column for what is said. */
export function confusion(network: Network, { classes, test }: Dataset): Uint32Array | undefined {
  if (!classes || !test.rows) return undefined;
  const counts = new Uint32Array(classes.length ** 2);
  for (const { row, predicted } of predictions(network, test)) {
    counts[test.t[row] * classes.length + predicted]++;
  }
  return counts;
}

/** The test samples that the network is surest of and wrong about. */
export function mistakes(network: Network, { classes, test, inputs }: Dataset, most: number): Frame["mistakes"] {
  if (!classes || !test.rows) return undefined;
  const found: NonNullable<Frame["mistakes"]> = [];
  for (const { row, predicted, y } of predictions(network, test)) {
    const truth = test.t[row];
    if (predicted === truth) continue;
    const probability = y.length > 1 ? y[predicted] : predicted ? y[0] : 1 - y[0];
    const x = test.x.slice(row * inputs.length, (row + 1) * inputs.length);
    found.push({ row, predicted, truth, probability, x });
  }
  return found.sort((a, b) => b.probability - a.probability).slice(0, most);
}

/** So many multiplications may go into a landscape: some tenths of a second. */
const WORK = 150_000_000;

/** The training loss over two parameters, around the way that led here. */
export function landscape(
  network: Network,
  part: Part,
  { first, second, cells }: { first: number; second: number; cells: number },
  path: number[][],
): NonNullable<Frame["landscape"]> {
  const { params } = network;
  const here = [params[first], params[second]];
  const [across, up] = [0, 1].map((axis) => spaced([...path, here].map((point) => point[axis]), cells));
  const work = cells * cells * params.length;
  const rows = Math.max(1, Math.min(part.rows, Math.floor(WORK / work)));
  const loss = new Float32Array(cells * cells);
  for (let from = 0; from < rows; from += network.rows) {
    const count = Math.min(network.rows, rows - from);
    load(network, part, from, count);
    up.forEach((b, j) => {
      params[second] = b;
      across.forEach((a, i) => {
        params[first] = a;
        network.forward(count, false, true);
        loss[j * cells + i] += (network.lossValue(count) * count) / rows;
      });
    });
  }
  params[first] = here[0];
  params[second] = here[1];
  return { first: across, second: up, loss, path, rows };
}

/** Evenly spaced numbers around some, with room on both sides. */
function spaced(values: number[], cells: number): number[] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const margin = Math.max(1, 0.4 * (high - low));
  const step = (high - low + 2 * margin) / (cells - 1 || 1);
  return Array.from({ length: cells }, (_, i) => low - margin + i * step);
}
