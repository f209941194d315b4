/**
 * The digits that the page carries, coded with what is known of pictures.
 *
 * Each dot is written bit by bit. Several models say how likely a bit is, each by what
 * it looks at: the digit and the place, the dots around, the earlier pictures that have
 * been most alike so far. Their odds are added up with weights that learn from every
 * bit, which is logistic regression, and an arithmetic coder spends −log₂ p bits on what
 * had the probability p. That takes over a third less room than deflating, which knows
 * nothing of what stands above a dot.
 *
 * Whoever decodes must find the very same probabilities: besides tables of rounded
 * numbers there are only operations that are exact to the last bit in every browser.
 */

const COUNT = 1797;
const SIDE = 8;
const DOTS = SIDE * SIDE;
const BITS = 5; // of a number from 0 to 16
const LABEL_BITS = 4;
/** So many earlier pictures of the same digit are compared. */
const EARLIER = 80;
const GUESSES = 33; // from 0 to 16, in halves
/** How many different things each model can see of a dot. */
const SIGHTS = [1, 9 ** 4, 10 * DOTS * 25, GUESSES, GUESSES * 17];
const RATE = 0.02;
const FIRST_WEIGHT = 0.22;

const LOGITS = Float64Array.from({ length: 4096 }, (_, i) => {
  const p = (i + 0.5) / 4096;
  return Math.round(1024 * Math.log(p / (1 - p))) / 1024;
});
const CHANCES = Float64Array.from({ length: 2048 }, (_, i) => {
  const p = 1 / (1 + Math.exp(-(i - 1023.5) / 128));
  return Math.round(65536 * p) / 65536;
});

/** Writes or reads a bit that has this probability of being 1. */
type Coder = (chance: number, bit: number) => number;

/** Walks through all labels and dots; what a reader finds is put into `bytes`. */
function walk(bytes: Uint8Array, coder: Coder): void {
  const labels = new Model([10, 100], 1, LABEL_BITS, coder);
  for (let i = 0; i < COUNT; i++) {
    const [last, older] = [bytes[i - 1] ?? 0, bytes[i - 2] ?? 0];
    bytes[i] = labels.code([last, 10 * last + older], 0, bytes[i]);
  }
  const dots = new Model(SIGHTS, DOTS, BITS, coder);
  const picture = (i: number) => bytes.subarray(COUNT + i * DOTS, COUNT + (i + 1) * DOTS);
  const written: number[][] = Array.from({ length: 10 }, () => []);
  for (let i = 0; i < COUNT; i++) {
    const [image, same] = [picture(i), written[bytes[i]]];
    const earlier = same
      .slice(-EARLIER)
      .map((j) => ({ image: picture(j), age: i - j, unlike: 0 }));
    for (let place = 0; place < DOTS; place++) {
      const sights = seen(image, place, bytes[i], guessed(earlier, place));
      image[place] = dots.code(sights, place, image[place]);
      for (const each of earlier) {
        const difference = each.image[place] - image[place];
        each.unlike = 0.9 * each.unlike + difference * difference;
      }
    }
    same.push(i);
  }
}

/** A picture of the same digit, `age` pictures ago, and how unlike this one it has been. */
type Earlier = { image: Uint8Array; age: number; unlike: number };

/** The mean of what stood here earlier, where more alike and younger pictures weigh more. */
function guessed(earlier: Earlier[], place: number): number {
  let [sum, weights] = [0, 0];
  for (const { image, age, unlike } of earlier) {
    const far = 30 + unlike;
    const cube = far * far * far; // No power: not every browser rounds it alike.
    const weight = 1 / (cube * cube * (1 + 0.03 * age));
    sum += weight * image[place];
    weights += weight;
  }
  return weights && Math.round((2 * sum) / weights);
}

/** What the models look at: what has been written of this picture, and the guess. */
function seen(image: Uint8Array, place: number, label: number, guess: number): number[] {
  const x = place % SIDE;
  const at = (left: number, up: number) =>
    x - left < 0 || x - left >= SIDE || place < up * SIDE ? 0 : image[place - left - up * SIDE];
  const [left, above, corner, next] = [at(1, 0), at(0, 1), at(1, 1), at(-1, 1)];
  return [
    0,
    (((left >> 1) * 9 + (above >> 1)) * 9 + (next >> 1)) * 9 + (corner >> 1),
    ((label * DOTS + place) * 5 + quarter(left)) * 5 + quarter(above),
    guess,
    guess * 17 + Math.floor((16 + left + above - corner) / 3),
  ];
}

const quarter = (dot: number) => (dot + 3) >> 2;

/** Several opinions about the bits of a number, weighed by how right they were. */
class Model {
  private readonly chances: Float64Array;
  private readonly counts: Uint8Array;
  private readonly weights: Float64Array;
  private readonly starts: number[] = [];
  private readonly nodes: number;

  constructor(
    sights: number[],
    sets: number,
    private readonly bits: number,
    private readonly coder: Coder,
  ) {
    this.nodes = 1 << bits;
    let size = 0;
    for (const sight of sights) {
      this.starts.push(size);
      size += sight * this.nodes;
    }
    this.chances = new Float64Array(size).fill(0.5);
    this.counts = new Uint8Array(size);
    this.weights = new Float64Array(sets * this.nodes * sights.length).fill(FIRST_WEIGHT);
  }

  /** Codes a number: the bits so far are the way down a tree to a node. */
  code(sights: number[], set: number, value: number): number {
    let node = 1;
    for (let place = this.bits - 1; place >= 0; place--) {
      const at = sights.map((sight, i) => this.starts[i] + sight * this.nodes + node);
      const bit = this.bit(at, (set * this.nodes + node) * at.length, (value >> place) & 1);
      node = 2 * node + bit;
    }
    return node - this.nodes;
  }

  private bit(at: number[], first: number, wanted: number): number {
    const odds = at.map((i) => LOGITS[Math.floor(this.chances[i] * 4096)]);
    const sum = odds.reduce((total, odd, i) => total + odd * this.weights[first + i], 0);
    const chance = CHANCES[Math.min(2047, Math.max(0, Math.floor(sum * 128) + 1024))];
    const bit = this.coder(chance, wanted);
    for (let i = 0; i < at.length; i++) {
      this.weights[first + i] += RATE * (bit - chance) * odds[i];
      this.learn(at[i], bit);
    }
    return bit;
  }

  private learn(i: number, bit: number): void {
    this.counts[i] = Math.min(254, this.counts[i]) + 1;
    const moved = this.chances[i] + (bit - this.chances[i]) / (this.counts[i] + 1.5);
    this.chances[i] = Math.min(0.9985, Math.max(0.0015, moved));
  }
}

const TOP = 2 ** 24;

/** An arithmetic decoder: the bytes are a number, and each bit halves its interval. */
function reader(packed: Uint8Array): Coder {
  let [low, high, at, number] = [0, 2 ** 32 - 1, 0, 0];
  const next = () => packed[at++] ?? 0;
  for (let i = 0; i < 4; i++) {
    number = number * 256 + next();
  }
  return (chance) => {
    const middle = low + Math.floor((high - low) * chance);
    const bit = number <= middle ? 1 : 0;
    [low, high] = bit ? [low, middle] : [middle + 1, high];
    while (Math.floor(low / TOP) === Math.floor(high / TOP)) {
      low = (low % TOP) * 256;
      high = (high % TOP) * 256 + 255;
      number = (number % TOP) * 256 + next();
    }
    return bit;
  };
}

/** Returns 1,797 labels, then as many pictures of 64 dots from 0 to 16. */
export function unpackedDigits(base64: string): Uint8Array {
  const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bytes = new Uint8Array(COUNT * (1 + DOTS));
  walk(bytes, reader(packed));
  return bytes;
}

/** Packs what `unpackedDigits` returns: for the build alone. */
export function packedDigits(bytes: Uint8Array): Uint8Array {
  const packed: number[] = [];
  let [low, high] = [0, 2 ** 32 - 1];
  walk(bytes.slice(), (chance, bit) => {
    const middle = low + Math.floor((high - low) * chance);
    [low, high] = bit ? [low, middle] : [middle + 1, high];
    while (Math.floor(low / TOP) === Math.floor(high / TOP)) {
      packed.push(Math.floor(high / TOP));
      low = (low % TOP) * 256;
      high = (high % TOP) * 256 + 255;
    }
    return bit;
  });
  // Any number of the interval that is left.
  const end = [24, 16, 8, 0].map((shift) => Math.floor(high / 2 ** shift) % 256);
  return Uint8Array.from([...packed, ...end]);
}
