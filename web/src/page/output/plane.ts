/** The plane of two inputs: from numbers to pixels and back, and where ticks stand. */

import type { Shape } from "../../protocol";

export interface Plane {
  x: { low: number; high: number };
  y: { low: number; high: number };
  size: number;
}

export function planeOf(
  shape: Shape,
  [first, second]: [number, number],
  size: number,
): Plane {
  const { low, high } = shape.range;
  return {
    x: { low: low[first], high: high[first] },
    y: { low: low[second] ?? 0, high: high[second] ?? 1 },
    size,
  };
}

export function toPixels(
  { x, y, size }: Plane,
  a: number,
  b: number,
): [number, number] {
  const across = (a - x.low) / (x.high - x.low);
  const up = (b - y.low) / (y.high - y.low);
  return [across * size, (1 - up) * size];
}

export function fromPixels(
  { x, y, size }: Plane,
  left: number,
  top: number,
): [number, number] {
  const a = x.low + (left / size) * (x.high - x.low);
  const b = y.low + (1 - top / size) * (y.high - y.low);
  return [a, b];
}

/** Round numbers between two ends, about as many as wanted. */
export function ticks(low: number, high: number, wanted = 5): number[] {
  const rough = (high - low) / wanted;
  if (!(rough > 0) || !Number.isFinite(rough)) {
    return [];
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    return Number(((first + i) * step).toPrecision(12));
  });
}

/** The sample nearest to a place, of those within reach; −1 for none. */
export function nearest(
  shape: Shape,
  plane: Plane,
  [first, second]: [number, number],
  [left, top]: [number, number],
  reach: number,
): number {
  const { x, columns, isTest } = shape.points;
  let best = -1;
  let least = reach * reach;
  for (let row = 0; row < isTest.length; row++) {
    const at = row * columns;
    const [px, py] = toPixels(plane, x[at + first], x[at + second]);
    const distance = (px - left) ** 2 + (py - top) ** 2;
    if (distance < least) {
      least = distance;
      best = row;
    }
  }
  return best;
}
