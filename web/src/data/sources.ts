/** The data that settings name: made here, built in, or given to the page. */

import type { DataSettings, Given, ImagesGiven, Settings, TableGiven } from "../protocol";
import type { Dataset } from "./dataset";
import { refuse } from "./refusal";
import { partOf, type Rows, splitRows } from "./split";
import { TOYS, type ToySettings, toyData } from "./toys";

/** Where the built-in digits come from: 1,797 labels, then images of 64 bytes. */
export type Digits = () => Promise<Uint8Array>;

/** Returns the data, or throws a `Refusal`. */
export async function dataFor({ data, testSize, seed }: Settings, given: Given, digits?: Digits): Promise<Dataset> {
  switch (data.kind) {
    case "toy":
      checkToy(data);
      return toyData(data, testSize, seed);
    case "points":
      checkPoints(data);
      return pointsData(data, testSize, seed);
    case "digits":
      if (!digits) return missing("digits");
      return pictures("digits", digitImages(await digits()), data.rows, testSize, seed);
    case "mnist":
      if (!given.images) return missing("mnist");
      return pictures("mnist", given.images, data.rows, testSize, seed);
    case "table":
      if (!given.table) return missing(data.name);
      return tableData(given.table);
    case "run":
      return runData(data.name, given, testSize, seed);
  }
}

const MOST_POINTS = 20_000;
const MOST_CLASSES = 20;

/** A link may ask for anything. */
function checkToy({ name, rows, noise, classes = 2 }: ToySettings): void {
  const isRight = TOYS.includes(name) && rows <= MOST_POINTS && noise >= 0 && noise < 1e6 && classes >= 1 && classes <= MOST_CLASSES;
  if (!isRight || !(rows >= 2 * classes)) {
    refuse("bad-settings", { what: "data" });
  }
}

function checkPoints({ task, x, t }: Extract<DataSettings, { kind: "points" }>): void {
  const isLabel = (value: number) => Number.isInteger(value) && value >= 0 && value < MOST_CLASSES;
  const isTarget = task === "classes" ? isLabel : Number.isFinite;
  const width = x[0]?.length ?? 1;
  const isPoint = (point: number[]) => point.length === width && point.every(Number.isFinite);
  if (x.length > MOST_POINTS || x.length !== t.length || !x.every(isPoint) || !t.every(isTarget)) {
    refuse("bad-settings", { what: "points" });
  }
}

function missing(name: string): never {
  return refuse("no-data", { name });
}

/** What a run learned from comes with it: pictures or a table. */
function runData(name: string, given: Given, testSize: number, seed: number): Dataset {
  if (given.images) return pictures(name, given.images, undefined, testSize, seed);
  if (given.table) return tableData(given.table);
  return missing(name);
}

function pointsData({ task, x, t }: Extract<DataSettings, { kind: "points" }>, testSize: number, seed: number): Dataset {
  const width = x[0]?.length ?? (task === "classes" ? 2 : 1);
  const isClasses = task === "classes";
  const rows = splitRows(x.length, testSize, seed, isClasses ? t : null);
  const flat = x.flat();
  const count = Math.max(2, ...t.map((label) => label + 1));
  return {
    ...{ name: "points", task, picture: null },
    inputs: width === 1 ? ["x"] : Array.from({ length: width }, (_, i) => `x${i + 1}`),
    classes: isClasses ? Array.from({ length: count }, (_, k) => String(k)) : null,
    train: partOf(flat, t, width, rows.train),
    test: partOf(flat, t, width, rows.test),
  };
}

function digitImages(bytes: Uint8Array): ImagesGiven {
  const count = bytes.length / 65;
  return { labels: bytes.subarray(0, count), pixels: bytes.subarray(count), width: 8, height: 8, high: 16 };
}

function pictures(name: string, images: ImagesGiven, most: number | undefined, testSize: number, seed: number): Dataset {
  const { pixels, labels, width, height, high, isTest } = images;
  const size = width * height;
  const all = isTest ? givenRows(isTest) : splitRows(labels.length, testSize, seed, labels);
  const rows = most ? fewer(all, most) : all;
  // As in Python: the byte times the float32 nearest to 1/high.
  const scale = Math.fround(1 / high);
  const x = Float32Array.from(pixels, (dot) => dot * scale);
  const classes = images.classes ?? Array.from({ length: Math.max(9, ...new Set(labels)) + 1 }, (_, k) => String(k));
  return {
    ...{ name: images.name ?? name, task: "classes", classes, picture: { width, height, high } },
    inputs: Array.from({ length: size }, (_, i) => `${Math.floor(i / width)},${i % width}`),
    train: partOf(x, labels, size, rows.train),
    test: partOf(x, labels, size, rows.test),
  };
}

/** The first rows of both parts, in the proportion of the parts. */
function fewer({ train, test }: Rows, most: number): Rows {
  const share = Math.min(1, most / (train.length + test.length));
  const cut = (rows: Int32Array) => rows.subarray(0, Math.ceil(rows.length * share));
  return { train: cut(train), test: cut(test) };
}

function givenRows(isTest: Uint8Array): Rows {
  const rows = Int32Array.from(isTest.keys());
  return { train: rows.filter((row) => !isTest[row]), test: rows.filter((row) => isTest[row]) };
}

export function tableData({ name, inputs, x, t, classes, isTest, columns }: TableGiven): Dataset {
  const rows = givenRows(isTest);
  return {
    ...{ name, inputs, classes, columns, task: classes ? "classes" : "regression", picture: null },
    train: partOf(x, t, inputs.length, rows.train),
    test: partOf(x, t, inputs.length, rows.test),
  };
}
