/** Small made-up data sets that one can draw: the same points as `kobai.data` makes. */

import { Random } from "../engine/random";
import type { ToyName } from "../protocol";
import type { Dataset, Part } from "./dataset";
import { partOf, splitRows } from "./split";

export interface ToySettings {
  name: ToyName;
  rows: number;
  noise: number;
  /** Of the spiral and the clouds. */
  classes?: number;
}

interface Points {
  x: Float64Array;
  labels: Int32Array;
  classes: number;
}

type Maker = (rows: number, noise: number, classes: number, random: Random) => Points;

/** How many classes those have that can have any number. */
export const USUAL_CLASSES = 3;

/** Raises a RangeError for too few points. */
export function toyData(settings: ToySettings, testSize: number, seed: number): Dataset {
  const { name, noise } = settings;
  const rows = Math.max(4, Math.round(settings.rows));
  const random = new Random(seed);
  if (name === "sine") return sine(rows, noise, random);
  const { x, labels, classes } = MAKERS[name](rows, noise, settings.classes ?? USUAL_CLASSES, random);
  const float32 = Float32Array.from(x);
  const { train, test } = splitRows(rows, testSize, seed, labels);
  return {
    ...{ name, task: "classes", inputs: ["x1", "x2"], picture: null },
    classes: Array.from({ length: classes }, (_, k) => String(k)),
    train: partOf(float32, labels, 2, train),
    test: partOf(float32, labels, 2, test),
  };
}

const MAKERS: Record<Exclude<ToyName, "sine">, Maker> = {
  spiral(rows, noise, classes, random) {
    const labels = inTurn(rows, classes);
    const radius = fractions(labels, classes);
    return plane(labels, classes, (i) => {
      const angle = (2 * Math.PI * labels[i]) / classes + 4 * radius[i] + noise * random.normal();
      return [radius[i] * Math.sin(angle), radius[i] * Math.cos(angle)];
    });
  },
  circles(rows, noise, _classes, random) {
    const labels = inTurn(rows, 2);
    const along = fractions(labels, 2, false);
    return plane(labels, 2, (i) => {
      const radius = labels[i] === 0 ? 1 : 0.5;
      return noisy(round(2 * Math.PI * along[i], radius), noise, random);
    });
  },
  moons(rows, noise, _classes, random) {
    const labels = inTurn(rows, 2);
    const along = fractions(labels, 2);
    return plane(labels, 2, (i) => {
      const [a, b] = round(Math.PI * along[i], 1);
      return noisy(labels[i] === 0 ? [a, b] : [1 - a, 0.5 - b], noise, random);
    });
  },
  xor(rows, noise, _classes, random) {
    const labels = inTurn(rows, 2);
    return plane(labels, 2, (i) => {
      const first = Math.floor(i / 2) % 2;
      return noisy([first, first ^ labels[i]], noise, random);
    });
  },
  gaussians(rows, noise, classes, random) {
    const labels = inTurn(rows, classes);
    return plane(labels, classes, (i) => noisy(round((2 * Math.PI * labels[i]) / classes, 1), noise, random));
  },
};

/** t = (sin x + 1)/2 with noise; to test on, the truth half-way between. */
function sine(rows: number, noise: number, random: Random): Dataset {
  const x = linspace(-Math.PI / 2, Math.PI / 2, rows);
  const between = x.slice(1).map((value, i) => (value + x[i]) / 2);
  const wave = (value: number) => (Math.sin(value) + 1) / 2;
  const train: Part = { rows, x: Float32Array.from(x), t: Float32Array.from(x, (value) => wave(value) + noise * random.normal()) };
  const test: Part = { rows: rows - 1, x: Float32Array.from(between), t: Float32Array.from(between, wave) };
  return { name: "sine", task: "regression", inputs: ["x"], classes: null, train, test, picture: null };
}

export const TOYS = [...Object.keys(MAKERS), "sine"];

function inTurn(rows: number, classes: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => i % classes);
}

/** How far along its class each point lies, evenly spaced from 0 to 1. */
function fractions(labels: Int32Array, classes: number, endpoint = true): Float64Array {
  const found = new Float64Array(labels.length);
  for (let k = 0; k < classes; k++) {
    const places = Array.from(labels.keys()).filter((i) => labels[i] === k);
    const values = linspace(0, 1, places.length, endpoint);
    places.forEach((place, i) => {
      found[place] = values[i];
    });
  }
  return found;
}

/** Evenly spaced numbers; the last is `stop` to the bit, as NumPy has it. */
function linspace(start: number, stop: number, count: number, endpoint = true): Float64Array {
  const spaces = endpoint ? count - 1 : count;
  const step = (stop - start) / spaces;
  const values = Float64Array.from({ length: count }, (_, i) => i * step + start);
  if (endpoint && count > 1) values[count - 1] = stop;
  return values;
}

function round(angle: number, radius: number): [number, number] {
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

function noisy([a, b]: number[], noise: number, random: Random): [number, number] {
  const first = noise * random.normal();
  return [a + first, b + noise * random.normal()];
}

function plane(labels: Int32Array, classes: number, point: (i: number) => number[]): Points {
  const x = new Float64Array(labels.length * 2);
  labels.forEach((_, i) => {
    x.set(point(i), 2 * i);
  });
  return { x, labels, classes };
}
