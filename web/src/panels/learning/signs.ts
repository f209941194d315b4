/** What the distributions of activations and gradients say about how a network learns. */

import type { Frame, Shape } from "../../protocol";

export type Distribution = NonNullable<Frame["distributions"]>[number];

export type Sign =
  | { code: "vanish" | "explode"; times: number }
  | { code: "saturate" | "dead"; layer: number; share: number }
  | { code: "healthy" | "zero" };

/** Layers whose gradients differ by more than this learn at very different speed. */
const APART = 20;
const MANY = 0.6;

/** The middle of each bar, and how many numbers lie in it. */
function* bars({ low, high, counts }: Distribution): Generator<[number, number]> {
  const width = (high - low) / counts.length;
  for (const [i, count] of counts.entries()) {
    yield [low + (i + 0.5) * width, count];
  }
}

function share(of: Distribution, chosen: (value: number) => boolean): number {
  let [some, all] = [0, 0];
  for (const [value, count] of bars(of)) {
    all += count;
    some += chosen(value) ? count : 0;
  }
  return all ? some / all : 0;
}

/** Σ |value| / n, to within half a bar. */
export function meanSize(of: Distribution): number {
  let [sum, all] = [0, 0];
  for (const [value, count] of bars(of)) {
    sum += Math.abs(value) * count;
    all += count;
  }
  // Where all are equal there is one place and no width.
  return all && of.high > of.low ? sum / all : Math.abs(of.low);
}

/** The most telling thing to see, or that all is well. */
export function sign(distributions: Distribution[], shape: Shape): Sign {
  const gradients = distributions.filter(({ of }) => of === "gradient");
  const sizes = gradients.map(meanSize);
  const [first, last] = [sizes[0], sizes[sizes.length - 1]];
  if (sizes.every((size) => size === 0)) {
    return { code: "zero" };
  }
  if (sizes.length > 1 && last > APART * first) {
    return { code: "vanish", times: first ? last / first : Number.POSITIVE_INFINITY };
  }
  if (sizes.length > 1 && first > APART * last && last > 0) {
    return { code: "explode", times: first / last };
  }
  return stuck(distributions, shape) ?? { code: "healthy" };
}

/** A hidden layer most of whose activations pass no gradient. */
function stuck(distributions: Distribution[], shape: Shape): Sign | null {
  const hidden = distributions.filter(
    ({ of, layer }) => of === "activation" && layer < shape.layers.length - 1,
  );
  for (const found of hidden) {
    const ends = idle(found, shape.layers[found.layer].activation);
    if (ends && ends.share > MANY) {
      return { ...ends, layer: found.layer };
    }
  }
  return null;
}

function idle(of: Distribution, activation: string) {
  // Half a bar, since a bar's middle stands for all that is in it.
  const near = (of.high - of.low) / of.counts.length / 2 + 1e-9;
  switch (activation) {
    case "relu":
      return { code: "dead" as const, share: share(of, (y) => y <= near) };
    case "sigmoid":
      return { code: "saturate" as const, share: share(of, (y) => y < 0.03 || y > 0.97) };
    case "tanh":
      return { code: "saturate" as const, share: share(of, (y) => Math.abs(y) > 0.97) };
    default:
      return null;
  }
}
