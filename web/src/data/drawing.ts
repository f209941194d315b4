/** A drawing on the pad made into what a network was trained on. */

import { fitted } from "./field";
import { figures } from "./marks";
import { largest, mapped, type Picture } from "./picture";

/** What is fainter than a tenth of full ink is no ink. */
const BLANK = 0.1;
const FAINTEST = 0.02;

export type Seen = { field: Picture } | { empty: true } | { several: number };

/**
 * The figure as a network for pictures of a size takes it, 0 for paper and 1 for ink.
 * `pixels` is one byte a dot: 255 for ink, 0 for paper.
 */
export function seenFigure(pixels: Uint8Array, width: number, height: number, size: { width: number; height: number }): Seen {
  const given: Picture = { height, width, values: Float64Array.from(pixels, strengthOf) };
  if (largest(given) < BLANK) return { empty: true };
  const inked = mapped(given, (value) => (value < FAINTEST ? 0 : value));
  // A speck or two of dirt may be darker than all ink.
  const darkest = inked.values.length > 999 ? thirdLargest(inked.values) : 0;
  const full = Math.max(darkest, largest(inked) / 2);
  const found = figures(mapped(inked, (value) => Math.min(1, value / full)));
  if (found.length > 1) return { several: found.length };
  return { field: fitted(found[0], size.height, size.width) };
}

const grey = (light: number) => light * 0.299 + light * 0.587 + light * 0.114;

/** How far ink on white paper is from white, to the last bit as a picture file has it. */
function strengthOf(byte: number): number {
  return grey(1) - grey((255 - byte) / 255);
}

function thirdLargest(values: Float64Array): number {
  const largest = [0, 0, 0];
  for (const value of values) {
    if (value <= largest[0]) continue;
    largest[0] = value;
    largest.sort((a, b) => a - b);
  }
  return largest[0];
}
