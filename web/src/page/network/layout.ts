/**
 * Where each unit of a network stands: a function of its shape and of the width alone.
 *
 * A layer of up to sixteen units is one column. A larger one is a grid of small tiles, as
 * many as one can still look at; what is left over is counted. Inputs that are the
 * pixels of a picture stand as that picture.
 */

export interface Unit {
  unit: number;
  /** The middle. */
  x: number;
  y: number;
  size: number;
}

export interface Column {
  /** 0 are the inputs, then the layers with weights. */
  index: number;
  x: number;
  width: number;
  units: Unit[];
  /** Units for which there is no place. */
  left: number;
  /** Whether each unit has a line to each neighbour. */
  single: boolean;
  picture: boolean;
}

export interface Layout {
  width: number;
  height: number;
  columns: Column[];
  /** The width of the names at both sides. */
  names: readonly [number, number];
}

export const IN_A_COLUMN = 16;
/** Rows of a grid. */
const DOWN = 10;
const IN_A_GRID = 100;
const MARGIN = 12;
/** Between two columns at least, and from a column's middle to the edge. */
const WIDE = { gap: 28, edge: 40 };
const NARROW = { gap: 24, edge: 28 };

interface Asked {
  /** Inputs, then units of each layer. */
  units: number[];
  /** Whether the inputs are a picture. */
  picture: boolean;
  width: number;
  /** The place that a column's head needs, where heads stand above; else 0. */
  head: number;
  /** The width of the names at both sides. */
  names: readonly [number, number];
}

export function layoutNetwork({ units, picture, width, head, names }: Asked): Layout {
  const most = Math.max(
    ...units.map((count, i) => (i === 0 && picture ? 4 : count)),
    1,
  );
  const size = Math.round(sizeFor(Math.min(most, IN_A_COLUMN)) * (head ? 1 : 0.85));
  const height = Math.max(...units.map((count) => heightOf(count, size)), 4 * size);
  const widths = units.map((count, i) => widthOf(count, size, i === 0 && picture));
  const { gap, edge } = head ? WIDE : NARROW;
  const needed = sum(
    widths.slice(1).map((own, i) => apart(widths[i], own, head) + gap),
  );
  const edges = names.map((room) => Math.max(room + edge, head / 2 + 6));
  const whole = Math.max(width, needed + sum(edges));
  const xs = spread(widths, whole, edges);
  const columns = units.map((count, index) => {
    const place = { index, x: xs[index], width: widths[index] };
    return index === 0 && picture
      ? { ...place, ...asPicture(place, count, height) }
      : { ...place, ...placed(place, count, size, height) };
  });
  return { width: whole, height, columns, names };
}

/** Units in the tallest column, and the size that each of them gets. */
const SIZES = [
  [4, 48],
  [6, 44],
  [8, 40],
  [10, 34],
  [12, 30],
];

function sizeFor(count: number): number {
  const [, size] = SIZES.find(([most]) => count <= most) ?? [0, 24];
  return size;
}

/** From one unit's middle to the next. */
function pitch(size: number): number {
  return size + Math.max(8, size * 0.24);
}

function gridOf(count: number): { across: number; down: number; tile: number } {
  const shown = Math.min(count, IN_A_GRID);
  const across = Math.ceil(shown / DOWN);
  const tile = across <= 3 ? 32 : across <= 6 ? 28 : 24;
  return { across, down: Math.ceil(shown / across), tile };
}

function heightOf(count: number, size: number): number {
  if (count <= IN_A_COLUMN) {
    return count * pitch(size) + 2 * MARGIN;
  }
  const { down, tile } = gridOf(count);
  return down * (tile + 4) + 2 * MARGIN + 20;
}

function widthOf(count: number, size: number, picture: boolean): number {
  if (picture) {
    return 112;
  }
  const { across, tile } = gridOf(count);
  return count <= IN_A_COLUMN ? size : across * (tile + 4);
}

/** From one column's middle to the next, so that neither they nor their heads touch. */
function apart(left: number, right: number, head: number): number {
  return (Math.max(left, head) + Math.max(right, head)) / 2;
}

/** The middles of the columns: the gaps between them are alike. */
function spread(widths: number[], whole: number, edges: number[]): number[] {
  const first = Math.max(edges[0], widths[0] / 2 + MARGIN);
  const last = whole - Math.max(edges[1], widths[widths.length - 1] / 2 + MARGIN);
  if (widths.length === 1) {
    return [whole / 2];
  }
  const inner = sum(widths) - (widths[0] + widths[widths.length - 1]) / 2;
  const gap = (last - first - inner) / (widths.length - 1);
  const xs = [first];
  for (let i = 1; i < widths.length; i++) {
    xs.push(xs[i - 1] + (widths[i - 1] + widths[i]) / 2 + gap);
  }
  return xs;
}

type Place = Pick<Column, "index" | "x" | "width">;
type Placed = Pick<Column, "units" | "left" | "single" | "picture">;

function placed(place: Place, count: number, size: number, height: number): Placed {
  return count <= IN_A_COLUMN
    ? inColumn(place, count, size, height)
    : inGrid(place, count, height);
}

function inColumn({ x }: Place, count: number, size: number, height: number): Placed {
  const step = pitch(size);
  const top = height / 2 - ((count - 1) * step) / 2;
  const units = range(count).map((unit) => ({ unit, x, y: top + unit * step, size }));
  return { units, left: 0, single: true, picture: false };
}

function inGrid({ x, width }: Place, count: number, height: number): Placed {
  const { across, down, tile } = gridOf(count);
  const shown = Math.min(count, IN_A_GRID);
  const left = x - width / 2;
  const top = height / 2 - (down * (tile + 4)) / 2;
  const units = range(shown).map((unit) => ({
    unit,
    x: left + ((unit % across) + 0.5) * (tile + 4),
    y: top + (Math.floor(unit / across) + 0.5) * (tile + 4),
    size: tile,
  }));
  return { units, left: count - shown, single: false, picture: false };
}

function asPicture({ x, width }: Place, count: number, height: number): Placed {
  const units = [{ unit: 0, x, y: height / 2, size: width }];
  return { units, left: count - 1, single: false, picture: true };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Where a line from one unit to another begins and ends. */
export interface Line {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export function lineBetween(from: Unit, to: Unit): Line {
  return {
    x1: from.x + from.size / 2,
    y1: from.y,
    x2: to.x - to.size / 2,
    y2: to.y,
  };
}

/** How far along (0 … 1) eased: the lines leave and arrive level. */
function eased(share: number): number {
  return share * share * (3 - 2 * share);
}

/** The height of a line at x; null beside it. */
export function heightAt({ x1, y1, x2, y2 }: Line, x: number): number | null {
  if (x <= x1 || x >= x2) {
    return null;
  }
  return y1 + (y2 - y1) * eased((x - x1) / (x2 - x1));
}
