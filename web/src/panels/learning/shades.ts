/** Losses as colours: low is light, high is deep, and lines of equal loss between. */

const LIGHT = [246, 248, 252];
const DEEP = [38, 60, 128];
const LEVELS = 12;

/** Write pixels, the top row first, of losses whose first row is the lowest. */
export function shaded(
  loss: ArrayLike<number>,
  across: number,
  low: number,
  high: number,
  pixels: Uint8ClampedArray,
) {
  const up = loss.length / across;
  // Losses near a minimum differ little, far away a lot: the square root shows both.
  const level = (value: number) => Math.sqrt((value - low) / (high - low || 1));
  for (let i = 0; i < loss.length; i++) {
    const row = up - 1 - Math.floor(i / across);
    const share = Math.round(LEVELS * level(loss[i])) / LEVELS;
    const mixed = LIGHT.map((light, k) => light + (DEEP[k] - light) * share);
    pixels.set([...mixed, 255], 4 * (row * across + (i % across)));
  }
}
