/**
 * A figure brought into the field of a training set, as that set's figures lie in it.
 *
 * The rules are those of `kobai.data.images.field`, step by step: MNIST's figures keep
 * their proportions and balance on their mass; those of the 8×8 digits are stretched
 * into a box, their strokes made as thick as others' are, and sheared upright.
 */

import { cropped, largest, mapped, type Picture, padded, part, picture, resized, rounded, spread, sum, transposed } from "./picture";

const SMALL_FIELD = 16;
const IS_INK = 0.3;
/** Points of a fine grid to a pixel of the 8×8 digits, along each side. */
const FINE = 16;
const [HEIGHT, WIDTH] = [8 * FINE, 5 * FINE];
const [LEAST_INK, MOST_INK] = [0.265, 0.36];
const NARROW = 2.5;
const NARROWEST = 3 * FINE;
const END = FINE / 2;
const SCALE = 6;
const [THIN, THICK, NO_STROKE] = [2, 3.2, 8];

/** A figure of strokes in a field as the digits of that shape lie in it. */
export function fitted(figure: Picture, height: number, width: number): Picture {
  if (height === 8 && width === 8) return inDigits(figure);
  return centred(height === 28 && width === 28 ? stroked(figure) : figure, height, width);
}

function inked(figure: Picture, level = IS_INK): Picture {
  return mapped(figure, (value) => (value > level ? value : 0));
}

function box(of: Picture): Picture {
  return cropped(of) ?? picture(1, 1);
}

/** Scale the ink into the middle of the field and centre it by its mass. */
function centred(strength: Picture, height: number, width: number): Picture {
  const cut = box(strength);
  const [down, across] = [layout(height), layout(width)];
  const factor = Math.min(down.box / cut.height, across.box / cut.width);
  const side = (length: number) => Math.max(1, rounded(length * factor));
  const small = resized(cut, side(cut.height), side(cut.width));
  const top = startOf(rowSums(small), down.middle, height);
  const left = startOf(rowSums(transposed(small)), across.middle, width);
  const most = largest(small);
  return part(mapped(small, (value) => value / most), -top, -left, height, width);
}

/** How much of a field's side a figure fills, and where its mass lies. */
function layout(side: number): { box: number; middle: number } {
  if (side < SMALL_FIELD) return { box: side, middle: (side - 1) / 2 };
  return { box: rounded((side * 20) / 28), middle: side / 2 };
}

function rowSums({ height, width, values }: Picture): number[] {
  return Array.from({ length: height }, (_, i) => values.subarray(i * width, (i + 1) * width).reduce((a, b) => a + b, 0));
}

function startOf(profile: number[], middle: number, side: number): number {
  const total = profile.reduce((a, b) => a + b, 0);
  const mean = profile.reduce((a, value, i) => a + value * i, 0) / total;
  // Ink that ends far from its centre of mass must not leave the field.
  return Math.max(0, Math.min(side - profile.length, rounded(middle - mean)));
}

function inDigits(figure: Picture): Picture {
  const cut = box(inked(figure));
  const natural = (NARROW * HEIGHT * cut.width) / cut.height;
  const width = rounded(Math.min(WIDTH, Math.max(NARROWEST, natural)));
  const stretched = mapped(resized(cut, HEIGHT, width, true), (value) => Math.min(1, Math.max(0, value)));
  const fine = middle(upright(emboldened(stretched)));
  const field = picture(8, 8);
  fine.values.forEach((value, i) => {
    const [row, column] = [Math.floor(i / HEIGHT), i % HEIGHT];
    field.values[Math.floor(row / FINE) * 8 + Math.floor(column / FINE)] += value / FINE ** 2;
  });
  return field;
}

/** The figure with strokes that fill the field as much as others' do. */
function emboldened(given: Picture): Picture {
  let strength = given;
  const { height, width } = given;
  for (let i = 0; i < 2 * FINE; i++) {
    const share = sum(strength) / height ** 2;
    if (LEAST_INK <= share && share <= MOST_INK) break;
    const changed = share < LEAST_INK ? spread(padded(strength), true) : shrunk(strength);
    if (largest(changed) < 0.5) break;
    strength = resized(box(inked(changed, 0.25)), height, width);
  }
  return strength;
}

/** The ink with strokes two points thinner, except where they are cut off. */
function shrunk(strength: Picture): Picture {
  // At the border a pixel's neighbours beyond it are as it is.
  return spread(strength, false);
}

/** A figure sheared until its first and its last rows begin in one column. */
function upright(strength: Picture): Picture {
  const { height, width, values } = strength;
  const firstIn = (rows: Picture) => Math.max(0, boldColumns(rows).indexOf(true));
  const first = firstIn(part(strength, 0, 0, END, width));
  const last = firstIn(part(strength, height - END, 0, END, width));
  const slant = (last - first) / (height - END);
  const sheared = picture(height, 3 * width);
  for (let row = 0; row < height; row++) {
    const shift = rounded(slant * (row - height / 2));
    sheared.values.set(values.subarray(row * width, (row + 1) * width), row * 3 * width + width - shift);
  }
  return sheared;
}

function boldColumns(of: Picture): boolean[] {
  const { height, width, values } = transposed(of);
  return Array.from({ length: height }, (_, j) => values.subarray(j * width, (j + 1) * width).some((value) => value > 0.5));
}

/** As many columns as there are rows, those around the middle of the ink. */
function middle(strength: Picture): Picture {
  const side = strength.height;
  const { height, width, values } = transposed(strength);
  const columns = Array.from({ length: height }, (_, j) => j).filter((j) =>
    values.subarray(j * width, (j + 1) * width).some((value) => value > 0.25),
  );
  const left = Math.floor((columns[0] + columns[columns.length - 1] + 1 - side) / 2);
  return part(strength, 0, left, side, side);
}

/** A figure with strokes about as thick as MNIST's. */
function stroked(figure: Picture): Picture {
  const cut = box(inked(figure));
  const factor = (20 * SCALE) / Math.max(cut.height, cut.width);
  const side = (length: number) => Math.max(SCALE, rounded(length * factor));
  const scaled = resized(cut, side(cut.height), side(cut.width), true);
  let strength = mapped(scaled, (value) => Math.min(1, Math.max(0, value)));
  const isRight = (value: number) => THIN <= value && value <= THICK;
  if (isRight(thickness(strength))) return figure;
  for (let i = 0; i < 4 * SCALE; i++) {
    const now = thickness(strength);
    if (isRight(now) || now > NO_STROKE) break;
    const changed = spread(padded(strength), now < THIN);
    if (largest(changed) < 0.5) break;
    strength = changed;
  }
  return strength;
}

/** How thick strokes are: twice the area by the length of the outline. */
function thickness(strength: Picture): number {
  const { height, width, values } = padded(strength);
  let outline = 0;
  for (let i = 0; i < height - 1; i++) {
    for (let j = 0; j < width - 1; j++) {
      const here = values[i * width + j];
      outline += Math.hypot(values[(i + 1) * width + j] - here, values[i * width + j + 1] - here);
    }
  }
  return (2 * sum(strength)) / outline / SCALE;
}
