/**
 * NumPy's random numbers: what `numpy.random.default_rng(seed)` draws, drawn here.
 *
 * So that a seed means the same data, weights and batches as in Python.
 *
 * Sources: M. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good
 * Algorithms for Random Number Generation", 2014; "Developing a seed_seq Alternative",
 * 2015; Marsaglia & Tsang, "The Ziggurat Method for Generating Random Variables", 2000;
 * Lemire, "Fast Random Integer Generation in an Interval", 2019.
 */

const POOL = 4;

/** Mixes a seed, and the numbers of a stream, into words of 32 bits. */
export function seedWords(seed: number, streams: number[], count: number): Uint32Array {
  const entropy = words(seed);
  if (streams.length) {
    while (entropy.length < POOL) entropy.push(0);
    entropy.push(...streams.flatMap(words));
  }
  return spread(mixed(entropy), count);
}

/** A whole number as words of 32 bits, the lowest first. */
function words(value: number): number[] {
  const high = Math.floor(value / 2 ** 32);
  return high ? [value >>> 0, ...words(high)] : [value >>> 0];
}

function mixed(entropy: number[]): Uint32Array {
  let constant = 0x43b0d7e5;
  const hash = (value: number) => {
    const given = value ^ constant;
    constant = Math.imul(constant, 0x931e8875);
    return folded(Math.imul(given, constant));
  };
  const mix = (x: number, y: number) =>
    folded(Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y));
  const pool = new Uint32Array(POOL);
  for (let i = 0; i < POOL; i++) pool[i] = hash(entropy[i] ?? 0);
  for (let from = 0; from < POOL; from++) {
    for (let to = 0; to < POOL; to++) {
      if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
    }
  }
  for (const word of entropy.slice(POOL)) {
    for (let to = 0; to < POOL; to++) pool[to] = mix(pool[to], hash(word));
  }
  return pool;
}

function spread(pool: Uint32Array, count: number): Uint32Array {
  let constant = 0x8b51f9dd;
  return new Uint32Array(count).map((_, i) => {
    const given = pool[i % POOL] ^ constant;
    constant = Math.imul(constant, 0x58f38ded);
    return folded(Math.imul(given, constant));
  });
}

function folded(value: number): number {
  return value ^ (value >>> 16);
}

// The factor of the state's 128 bits: four digits of 32 bits, the lowest first, each as
// its two halves, so that products and the sums of a few of them are exact.
const FACTOR = [0x9fccf645, 0x4385df64, 0x1fc65da4, 0x2360ed05];
const [A, B, C, D] = FACTOR.map((digit) => digit & 0xffff);
const [AH, BH, CH, DH] = FACTOR.map((digit) => digit >>> 16);
const ONE_OF_32 = 2 ** -32;
const ONE_OF_16 = 2 ** -16;

// The normal distribution's density as 256 layers of equal area: layer i reaches from 0
// to xᵢ, and exp(−xᵢ₋₁²/2) = area/xᵢ + exp(−xᵢ²/2). A number of 52 bits below `inside`
// lies in the layer for sure.
const TAIL = 3.6541528853610088;
const AREA = 0.004928673233974655;
const LAYERS = 256;
const MANTISSA = 2 ** 52;
const inside = new Float64Array(LAYERS);
const widths = new Float64Array(LAYERS);
const heights = new Float64Array(LAYERS);

/**
 * Fills the tables. NumPy's have rounding errors of their own, from layer to layer, so
 * that normal numbers are its own to 13 digits: as float32 they are the same.
 */
function fillTables(): void {
  const last = LAYERS - 1;
  let x = TAIL;
  widths[last] = x / MANTISSA;
  heights[last] = Math.exp(-0.5 * x * x);
  inside[0] = Math.floor(((x * heights[last]) / AREA) * MANTISSA);
  widths[0] = AREA / heights[last] / MANTISSA;
  heights[0] = 1;
  for (let i = last - 1; i > 0; i--) {
    const next = Math.sqrt(-2 * Math.log(AREA / x + heights[i + 1]));
    inside[i + 1] = Math.floor((next / x) * MANTISSA);
    widths[i] = next / MANTISSA;
    heights[i] = Math.exp(-0.5 * next * next);
    x = next;
  }
}

/** `numpy.random.default_rng`: PCG64, and of its methods those that Kobai calls. */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;
  // What every step adds.
  private stepA = 0;
  private stepB = 0;
  private stepC = 0;
  private stepD = 0;
  private high = 0;
  private low = 0;
  private kept = 0;
  private hasKept = false;

  /** `streams` is the spawn key of a SeedSequence: independent numbers of one seed. */
  constructor(seed: number, streams: number[] = []) {
    const [c, d, a, b, g, h, e, f] = seedWords(seed, streams, 8);
    // Twice the second number, plus one.
    this.stepA = ((e << 1) | 1) >>> 0;
    this.stepB = ((f << 1) | (e >>> 31)) >>> 0;
    this.stepC = ((g << 1) | (f >>> 31)) >>> 0;
    this.stepD = ((h << 1) | (g >>> 31)) >>> 0;
    this.advance();
    this.put(this.a + a, this.b + b, this.c + c, this.d + d);
    this.advance();
  }

  /** state ← state · factor + step, modulo 2¹²⁸. */
  private advance(): void {
    const { a, b, c, d } = this;
    // The products with the upper halves are counted in units of 2¹⁶.
    const upperA = a * AH;
    const upperB = a * BH + b * AH;
    const upperC = a * CH + b * BH + c * AH;
    const upperD = a * DH + b * CH + c * BH + d * AH;
    const toB = Math.floor(upperA * ONE_OF_16);
    const toC = Math.floor(upperB * ONE_OF_16);
    const toD = Math.floor(upperC * ONE_OF_16);
    this.put(
      a * A + this.stepA + (upperA - toB * 65536) * 65536,
      a * B + b * A + this.stepB + (upperB - toC * 65536) * 65536 + toB,
      a * C + b * B + c * A + this.stepC + (upperC - toD * 65536) * 65536 + toC,
      a * D + b * C + c * B + d * A + this.stepD + upper(upperD) + toD,
    );
  }

  /** Puts digits that may be too large: what is above 32 bits is carried on. */
  private put(a: number, b: number, c: number, d: number): void {
    this.a = a >>> 0;
    const second = b + Math.floor(a * ONE_OF_32);
    this.b = second >>> 0;
    const third = c + Math.floor(second * ONE_OF_32);
    this.c = third >>> 0;
    this.d = (d + Math.floor(third * ONE_OF_32)) >>> 0;
  }

  /** Draws 64 bits into `high` and `low`: the state's halves mixed, and turned. */
  private draw(): void {
    this.advance();
    const low = this.a ^ this.c;
    const high = this.b ^ this.d;
    const turn = this.d >>> 26;
    const bits = turn & 31;
    const above = turn & 32 ? low : high;
    const below = turn & 32 ? high : low;
    this.high = (bits ? (above >>> bits) | (below << (32 - bits)) : above) >>> 0;
    this.low = (bits ? (below >>> bits) | (above << (32 - bits)) : below) >>> 0;
  }

  /** 32 bits: the lower half of 64, then the upper half. */
  private bits(): number {
    if (this.hasKept) {
      this.hasKept = false;
      return this.kept;
    }
    this.draw();
    this.hasKept = true;
    this.kept = this.high;
    return this.low;
  }

  /** A number from 0 to 1, of 53 bits. */
  uniform(): number {
    this.draw();
    return (this.high * 2 ** 21 + (this.low >>> 11)) / 2 ** 53;
  }

  /** A number from 0 to 1, of 24 bits: `random(dtype=float32)`. */
  uniform32(): number {
    return (this.bits() >>> 8) / 2 ** 24;
  }

  /** A whole number from 0 to limit - 1, all equally likely. */
  integer(limit: number): number {
    if (limit === 1) return 0;
    for (;;) {
      // 64 bits of a product do not fit in a number; its halves do.
      const bits = this.bits();
      const low = Math.imul(bits, limit) >>> 0;
      if (low >= limit || low >= (2 ** 32 - limit) % limit) {
        return Math.round((bits * limit - low) / 2 ** 32);
      }
    }
  }

  /** The numbers from 0 to n - 1 in a random order. */
  permutation(n: number): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.interval(i);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  /** A whole number from 0 to most, drawn again while it is too large. */
  private interval(most: number): number {
    const mask = -1 >>> Math.clz32(most);
    for (;;) {
      const value = (this.bits() & mask) >>> 0;
      if (value <= most) return value;
    }
  }

  /** A number of the normal distribution with mean 0 and standard deviation 1. */
  normal(): number {
    if (!heights[0]) fillTables();
    for (;;) {
      this.draw();
      const layer = this.low & 0xff;
      const size = (this.high & 0x1fffffff) * 2 ** 23 + (this.low >>> 9);
      const x = size * widths[layer] * (this.low & 0x100 ? -1 : 1);
      if (size < inside[layer]) return x;
      if (layer === 0) return this.tail((this.low & 0x20000) !== 0);
      const above = (heights[layer - 1] - heights[layer]) * this.uniform();
      if (above + heights[layer] < Math.exp(-0.5 * x * x)) return x;
    }
  }

  private tail(isNegative: boolean): number {
    for (;;) {
      const x = -Math.log1p(-this.uniform()) / TAIL;
      const y = -Math.log1p(-this.uniform());
      if (y + y > x * x) return isNegative ? -(TAIL + x) : TAIL + x;
    }
  }
}

/** The lower 16 bits of a number, as the upper half of a digit. */
function upper(value: number): number {
  return (value - Math.floor(value * ONE_OF_16) * 65536) * 65536;
}
