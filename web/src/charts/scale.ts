/** Numbers to places on a picture, and round numbers for its axes. */

export type Range = readonly [low: number, high: number];

export interface Scale {
  (value: number): number;
  domain: Range;
  /** The number at a place. */
  at(place: number): number;
}

export function linear(domain: Range, places: Range): Scale {
  const [low, high] = domain;
  const [from, to] = places;
  const slope = (to - from) / (high - low || 1);
  const scale = (value: number) => from + (value - low) * slope;
  return Object.assign(scale, { domain, at: (place: number) => low + (place - from) / slope });
}

/** About so many round numbers, 1, 2 or 5 times a power of ten apart. */
export function ticks([low, high]: Range, count = 4): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) {
    return [];
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((digit) => digit * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // A multiple of the step, rounded, since 3 × 0.1 is not 0.3.
  return Array.from({ length: last - first + 1 }, (_, i) => rounded((first + i) * step, step));
}

function rounded(value: number, step: number): number {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Number(value.toFixed(Math.min(digits, 100)));
}

/** Lowest and highest of the finite numbers, with some room around them. */
export function extent(values: Iterable<number>, room = 0.05): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) {
    return [0, 1];
  }
  const margin = room * (high - low || Math.abs(high) || 1);
  return [low - margin, high + margin];
}

/** So many numbers from low to high, both included. */
export function spaced([low, high]: Range, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}
