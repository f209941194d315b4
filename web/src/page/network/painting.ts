/** Paints a network: lines for weights, and in each unit what it has learned. */

import type { Choice, Frame, Shape } from "../../protocol";
import { largest, paintNumbers, Raster } from "../drawing/heatmap";
import { css, type Palette } from "../drawing/palette";
import { type Column, type Layout, lineBetween, type Line, type Unit } from "./layout";
import type { Params } from "./weights";

export interface Scene {
  layout: Layout;
  shape: Shape;
  frame: Frame;
  palette: Palette;
  selection: Choice | null;
  hover: Choice | null;
  axes: [number, number];
  /** The picture of the sample, and what each layer answers to it. */
  sample: { x: ArrayLike<number>; activations: number[][] } | null;
}

type Context = CanvasRenderingContext2D;

/** Keeps its small canvases from one painting to the next. */
export class Painter {
  #tiles = new Map<number, Raster>();

  paint(context: Context, scene: Scene): void {
    const { columns } = scene.layout;
    for (let layer = 0; layer + 1 < columns.length; layer++) {
      paintLines(context, scene, layer);
    }
    for (const column of columns) {
      this.#paintTiles(context, scene, column);
    }
    roundCorners(context, columns);
    for (const column of columns) {
      for (const unit of column.units) {
        outline(context, scene, column, unit);
      }
    }
  }

  #paintTiles(context: Context, scene: Scene, column: Column): void {
    const sheet = this.#sheet(scene, column);
    context.fillStyle = css(scene.palette.zero);
    column.units.forEach((unit, i) => {
      const [x, y, w, h] = box(unit);
      if (sheet) {
        const { width, height } = sheet.tile;
        context.imageSmoothingEnabled = sheet.smooth;
        context.drawImage(sheet.canvas, 0, i * height, width, height, x, y, w, h);
      } else {
        context.fillRect(x, y, w, h);
      }
    });
  }

  /** Every unit of a column as a picture, one below the other. */
  #sheet(scene: Scene, column: Column): Sheet | null {
    const raster = this.#tiles.get(column.index) ?? new Raster();
    this.#tiles.set(column.index, raster);
    const fill = fillOf(scene, column);
    if (!fill) {
      return null;
    }
    const { width, height } = fill.tile;
    const pixels = raster.size(width, height * column.units.length);
    column.units.forEach(({ unit }, i) => {
      const from = i * width * height;
      fill.paint(pixels.subarray(from, from + width * height), unit);
    });
    return { canvas: raster.put(), tile: fill.tile, smooth: fill.smooth };
  }
}

interface Sheet {
  canvas: HTMLCanvasElement;
  tile: { width: number; height: number };
  smooth: boolean;
}

interface Fill {
  tile: { width: number; height: number };
  smooth: boolean;
  paint(pixels: Uint32Array, unit: number): void;
}

function fillOf(scene: Scene, column: Column): Fill | null {
  const { shape, frame, sample } = scene;
  if (column.index === 0) {
    return column.picture ? pictureFill(scene) : inputFill(scene);
  }
  if (shape.picture && column.index === 1 && frame.params) {
    return weightFill(scene, frame.params);
  }
  const thumbnails = frame.thumbnails?.[column.index - 1];
  if (thumbnails?.length && !shape.picture) {
    return surfaceFill(scene, column, thumbnails);
  }
  const activations = sample?.activations[column.index - 1];
  return activations ? activationFill(scene, activations) : null;
}

/** What a unit answers over the plane of two inputs. */
function surfaceFill(scene: Scene, column: Column, values: Float32Array): Fill {
  const units = scene.shape.layers[column.index - 1].units;
  const count = values.length / units;
  const cells = Math.round(Math.sqrt(count));
  // Of one input there is no plane, only a line.
  const strip = scene.shape.inputs.length === 1;
  const tile = strip ? { width: count, height: 1 } : { width: cells, height: cells };
  const { activation } = scene.shape.layers[column.index - 1];
  const bounded = activation === "tanh" || activation === "identity";
  return {
    tile,
    smooth: true,
    paint(pixels, unit) {
      const most = largest(values, unit * count, count);
      const scale = bounded ? Math.max(1, most) : most || 1;
      paintNumbers(pixels, values, unit * count, scale, scene.palette.lookup);
    },
  };
}

/** An input over the plane: it grows along its own axis, and stands still elsewhere. */
function inputFill({ axes, palette, shape }: Scene): Fill {
  const cells = 16;
  const ramp = Float32Array.from(
    { length: cells },
    (_, i) => (2 * (i + 0.5)) / cells - 1,
  );
  const flat = shape.inputs.length === 1;
  return {
    tile: { width: cells, height: flat ? 1 : cells },
    smooth: true,
    paint(pixels, unit) {
      const values = Float32Array.from(pixels, (_, i) => {
        const [column, row] = [i % cells, Math.floor(i / cells)];
        return unit === axes[0] ? ramp[column] : unit === axes[1] ? -ramp[row] : 0;
      });
      paintNumbers(pixels, values, 0, 1, palette.lookup);
    },
  };
}

/** The weights that come from the pixels, as a picture of them. */
function weightFill({ shape, palette }: Scene, params: Params): Fill {
  const { width, height } = shape.picture as { width: number; height: number };
  const { units } = shape.layers[0];
  const weights = params.W1;
  const own = new Float32Array(width * height);
  return {
    tile: { width, height },
    smooth: false,
    paint(pixels, unit) {
      for (let i = 0; i < own.length; i++) {
        own[i] = weights[i * units + unit];
      }
      paintNumbers(pixels, own, 0, largest(own, 0, own.length) || 1, palette.lookup);
    },
  };
}

function pictureFill({ shape, palette, sample }: Scene): Fill | null {
  if (!sample || !shape.picture) {
    return null;
  }
  const most = largest(sample.x, 0, sample.x.length) || 1;
  const grey = greys(palette);
  return {
    tile: shape.picture,
    smooth: false,
    paint: (pixels) => paintNumbers(pixels, sample.x, 0, most, grey),
  };
}

/** From paper to ink; only the upper half is used, since pixels are not negative. */
function greys({ zero, ink }: Palette): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const share = Math.max(0, (i - 127.5) / 127.5);
    const mix = [0, 1, 2].map((k) => Math.round(zero[k] + (ink[k] - zero[k]) * share));
    return ((255 << 24) | (mix[2] << 16) | (mix[1] << 8) | mix[0]) >>> 0;
  });
}

/** What the unit answers to the one sample. */
function activationFill({ palette }: Scene, activations: number[]): Fill {
  const most = Math.max(1, largest(activations, 0, activations.length));
  return {
    tile: { width: 1, height: 1 },
    smooth: false,
    paint: (pixels, unit) =>
      paintNumbers(pixels, activations, unit, most, palette.lookup),
  };
}

function box({ x, y, size }: Unit): [number, number, number, number] {
  return [x - size / 2, y - size / 2, size, size];
}

/** All corners in one stroke of the brush: a clip for each tile costs milliseconds. */
function roundCorners(context: Context, columns: Column[]): void {
  context.beginPath();
  for (const unit of columns.flatMap((column) => column.units)) {
    const [x, y, size] = box(unit);
    // A pixel more, so that no seam of the square is left.
    context.rect(x - 1, y - 1, size + 2, size + 2);
    context.roundRect(x, y, size, size, cornerOf(unit.size));
  }
  context.globalCompositeOperation = "destination-out";
  context.fill("evenodd");
  context.globalCompositeOperation = "source-over";
}

function cornerOf(size: number): number {
  return size > 60 ? 10 : size / 4;
}

function outline(context: Context, scene: Scene, column: Column, unit: Unit): void {
  const chosen = isUnit(scene.selection, column.index, unit.unit);
  const hovered = isUnit(scene.hover, column.index, unit.unit);
  const { palette } = scene;
  const { accent } = palette;
  context.beginPath();
  context.roundRect(...box(unit), cornerOf(unit.size));
  context.lineWidth = chosen ? 3 : hovered ? 2 : 1;
  const usual = hovered ? css(palette.ink) : css(palette.soft, 0.55);
  context.strokeStyle = chosen ? css(accent) : usual;
  context.stroke();
}

function isUnit(choice: Choice | null, column: number, unit: number): boolean {
  return choice?.kind === "unit" && choice.layer === column - 1 && choice.unit === unit;
}

function paintLines(context: Context, scene: Scene, layer: number): void {
  const [from, to] = [scene.layout.columns[layer], scene.layout.columns[layer + 1]];
  const weights = scene.frame.params?.[`W${layer + 1}`];
  if (!weights) {
    return;
  }
  if (!from.picture && !(from.single && to.single)) {
    band(context, scene, from, to);
  }
  const outputs = scene.shape.layers[layer].units;
  for (const target of to.units) {
    const lit = isLit(scene, layer, target.unit);
    if (from.picture) {
      bundle(context, scene, from.units[0], target, lit);
      continue;
    }
    for (const source of from.units) {
      if ((from.single && to.single) || lit || isSource(scene, layer, source.unit)) {
        const weight = weights[source.unit * outputs + target.unit];
        stroke(context, scene, lineBetween(source, target), weight, lit);
      }
    }
  }
  paintChosen(context, scene, layer, weights);
}

/** Whether the lines into a unit are to stand out: it is chosen or pointed at. */
function isLit({ selection, hover }: Scene, layer: number, unit: number): boolean {
  return isUnit(selection, layer + 1, unit) || isUnit(hover, layer + 1, unit);
}

function isSource({ selection }: Scene, layer: number, unit: number): boolean {
  return isUnit(selection, layer, unit);
}

function stroke(
  context: Context,
  scene: Scene,
  line: Line,
  weight: number,
  lit: boolean,
) {
  const size = Math.min(1, Math.abs(weight) / 3);
  const { negative, positive } = scene.palette;
  const alpha = lit ? 1 : 0.22 + 0.68 * Math.sqrt(size);
  context.strokeStyle = css(weight < 0 ? negative : positive, alpha);
  context.lineWidth = 0.7 + 6 * size;
  path(context, line);
}

function path(context: Context, { x1, y1, x2, y2 }: Line): void {
  const third = (x2 - x1) / 3;
  context.beginPath();
  context.moveTo(x1, y1);
  context.bezierCurveTo(x1 + third, y1, x2 - third, y2, x2, y2);
  context.stroke();
}

/** Between layers of which one is a grid: all lines together, as a veil. */
function band(context: Context, { palette }: Scene, from: Column, to: Column): void {
  const [left, right] = [from.x + from.width / 2, to.x - to.width / 2];
  const [first, last] = [from.units[0], from.units[from.units.length - 1]];
  const [top, bottom] = [to.units[0], to.units[to.units.length - 1]];
  context.beginPath();
  context.moveTo(left, first.y - first.size / 2);
  context.lineTo(right, top.y - top.size / 2);
  context.lineTo(right, bottom.y + bottom.size / 2);
  context.lineTo(left, last.y + last.size / 2);
  context.fillStyle = css(palette.soft, 0.08);
  context.fill();
}

/** One line for all pixels of a picture. */
function bundle(context: Context, scene: Scene, from: Unit, to: Unit, lit: boolean) {
  const { soft } = scene.palette;
  context.strokeStyle = css(soft, lit ? 0.9 : 0.16);
  context.lineWidth = lit ? 2 : 1;
  path(context, lineBetween(from, to));
}

/** The weight that is chosen or pointed at, over all others. */
function paintChosen(
  context: Context,
  scene: Scene,
  layer: number,
  weights: Float32Array,
): void {
  const [from, to] = [scene.layout.columns[layer], scene.layout.columns[layer + 1]];
  for (const choice of [scene.hover, scene.selection]) {
    if (choice?.kind !== "weight" || choice.layer !== layer || from.picture) {
      continue;
    }
    const source = from.units.find(({ unit }) => unit === choice.from);
    const target = to.units.find(({ unit }) => unit === choice.to);
    if (source && target) {
      const line = lineBetween(source, target);
      const weight = weights[choice.from * scene.shape.layers[layer].units + choice.to];
      const { palette } = scene;
      const { accent } = palette;
      context.strokeStyle = css(choice === scene.selection ? accent : palette.ink);
      context.lineWidth = 4.5 + 6 * Math.min(1, Math.abs(weight) / 3);
      path(context, line);
      stroke(context, scene, line, weight, true);
    }
  }
}
