/** The formulas of one sample, with its numbers: forwards, backwards, and by hand. */

import type { Dataset, Part } from "../data/dataset";
import type { Choice, Explanation, Settings } from "../protocol";
import { load } from "./history";
import { type Layer, Network } from "./network";

/** Halves of a difference of losses are rounded to about so much at the best h. */
const USUAL_H = 1e-5;

export interface Question {
  part: Part;
  row: number;
  choice: Choice;
  h?: number;
}

/**
 * All numbers are of float64, whatever the network's: so that a difference of losses
 * shows the rounding of its h, and not that of float32.
 */
export function explanation(from: Network, settings: Settings, data: Dataset, question: Question): Explanation {
  const { part, row, choice, h = USUAL_H } = question;
  const { inputs, outputs } = from;
  const network = new Network({ ...settings, precision: "float64" }, { inputs, outputs, rows: 1 });
  network.params.set(from.params);
  load(network, part, row, 1);
  network.forward(1);
  const loss = network.lossGradient(1);
  network.backward(1, false);
  const gradients = gradientsOf(network, choice);
  const found = {
    sample: { x: [...network.x], t: target(network, data, part.t[row]), row },
    forward: forwardOf(network, choice),
    backward: backwardOf(network, choice),
    gradients,
    loss,
    outputs: [...network.last.y],
    sums: network.layers.map(({ z }) => [...z]),
    activations: network.layers.map(({ y }) => [...y]),
    deltas: network.layers.map(({ g }) => [...g]),
  };
  // Changes the numbers of which copies were made.
  const numerical = choice.kind === "unit" ? null : difference(network, gradients[0], h);
  return { ...found, numerical };
}

function target(network: Network, { classes }: Dataset, t: number): number[] {
  return classes && network.outputs > 1 ? [...network.t] : [t];
}

/** The unit that is chosen, or the one that a weight or a bias leads to. */
function unitOf(choice: Choice): number {
  return choice.kind === "unit" ? choice.unit : choice.to;
}

function forwardOf(network: Network, choice: Choice): Explanation["forward"] {
  const { w, b, z, y, units, given, name } = network.layers[choice.layer];
  const unit = unitOf(choice);
  return {
    inputs: [...(network.layers[choice.layer - 1]?.y ?? network.x)],
    weights: Array.from({ length: given }, (_, i) => w[i * units + unit]),
    ...{ bias: b[unit], z: z[unit], y: y[unit], activation: name },
  };
}

function backwardOf(network: Network, choice: Choice): Explanation["backward"] {
  const unit = unitOf(choice);
  const here = network.layers[choice.layer];
  const after = network.layers[choice.layer + 1];
  const next = after
    ? Array.from(after.g, (delta, k) => ({ weight: after.w[unit * after.units + k], delta }))
    : [];
  return { next, slope: slopeOf(here, unit), delta: here.g[unit] };
}

/** ∂y/∂z of one unit. */
function slopeOf({ z, y, units, activation }: Layer, unit: number): number {
  const g = new Float64Array(units);
  g[unit] = 1;
  activation.backward(z, y, g, 1, units);
  return g[unit];
}

function gradientsOf(network: Network, choice: Choice): Explanation["gradients"] {
  const { gw, gb, units, given } = network.layers[choice.layer];
  const [weights, biases] = [`W${choice.layer + 1}`, `b${choice.layer + 1}`];
  const unit = unitOf(choice);
  const weight = (from: number) => {
    const index = from * units + unit;
    return { name: weights, index, analytic: gw[index] };
  };
  const bias = { name: biases, index: unit, analytic: gb[unit] };
  if (choice.kind === "weight") return [weight(choice.from)];
  if (choice.kind === "bias") return [bias];
  return [...Array.from({ length: given }, (_, i) => weight(i)), bias];
}

/** (L(w + h) − L(w − h)) / 2h, beside the derivative by back-propagation. */
function difference(network: Network, { name, index, analytic }: Explanation["gradients"][0], h: number): NonNullable<Explanation["numerical"]> {
  const place = network.place(name) + index;
  const value = network.params[place];
  const lossAt = (w: number) => {
    network.params[place] = w;
    network.forward(1, false, true);
    return network.lossValue(1);
  };
  const above = lossAt(value + h);
  const below = lossAt(value - h);
  network.params[place] = value;
  return { h, above, below, value: (above - below) / (2 * h), analytic };
}

/** Whether a choice is of a unit or a parameter that there is. */
export function exists(network: Network, choice: Choice): boolean {
  const layer = network.layers[choice.layer];
  if (!layer || !(unitOf(choice) >= 0 && unitOf(choice) < layer.units)) return false;
  return choice.kind !== "weight" || (choice.from >= 0 && choice.from < layer.given);
}
