/** Numbers as pixels: a lookup instead of a colour made for each of them. */

import { type Colour, type Palette, packed } from "./palette";

/** Paint cells × cells numbers; `scale` is what the ends of the colours stand for. */
export function paintNumbers(
  pixels: Uint32Array,
  values: ArrayLike<number>,
  from: number,
  scale: number,
  lookup: Uint32Array,
): void {
  const factor = 127.5 / scale;
  for (let i = 0; i < pixels.length; i++) {
    const at = values[from + i] * factor + 127.5;
    // A NaN falls through both comparisons and is painted as the middle.
    pixels[i] = lookup[at <= 0 ? 0 : at >= 255 ? 255 : at | 0];
  }
}

/** Paint the probability of the second of two classes. */
export function paintTwo(
  pixels: Uint32Array,
  values: Float32Array,
  outputs: number,
  lookup: Uint32Array,
  sharp: boolean,
): void {
  for (let i = 0; i < pixels.length; i++) {
    const share = outputs === 1 ? values[i] : values[2 * i + 1];
    const at = sharp ? (share > 0.5 ? 215 : 40) : share * 255;
    pixels[i] = lookup[at <= 0 ? 0 : at >= 255 ? 255 : at | 0];
  }
}

/** Paint each cell in the colour of its likeliest class, paler where others are likely. */
export function paintClasses(
  pixels: Uint32Array,
  values: Float32Array,
  outputs: number,
  palette: Palette,
  sharp: boolean,
): void {
  const shades = palette.classes.map((colour) => shadesOf(palette.zero, colour));
  for (let i = 0; i < pixels.length; i++) {
    let best = 0;
    for (let k = 1; k < outputs; k++) {
      if (values[i * outputs + k] > values[i * outputs + best]) {
        best = k;
      }
    }
    // As likely as any other class is no colour; certain is the full one.
    const certain = (values[i * outputs + best] * outputs - 1) / (outputs - 1);
    const level = sharp ? 44 : Math.max(0, Math.min(63, certain * 63)) | 0;
    pixels[i] = shades[best % shades.length][level];
  }
}

function shadesOf(paper: Colour, colour: Colour): Uint32Array {
  return Uint32Array.from({ length: 64 }, (_, i) => {
    const share = (i / 63) * 0.72;
    const mix = [0, 1, 2].map((k) => paper[k] + (colour[k] - paper[k]) * share);
    return packed(mix as unknown as Colour);
  });
}

/** The largest size of a number in a part of an array; 0 for none. */
export function largest(
  values: ArrayLike<number>,
  from: number,
  count: number,
): number {
  let most = 0;
  for (let i = from; i < from + count; i++) {
    const size = Math.abs(values[i]);
    if (size > most && size < Number.POSITIVE_INFINITY) {
      most = size;
    }
  }
  return most;
}

/** Pixels of a small picture that is drawn larger; made once, painted often. */
export class Raster {
  readonly canvas = document.createElement("canvas");
  pixels = new Uint32Array(0);
  #image: ImageData | null = null;

  size(width: number, height: number): Uint32Array {
    if (this.canvas.width !== width || this.canvas.height !== height || !this.#image) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.#image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.#image.data.buffer);
    }
    return this.pixels;
  }

  /** Put what was painted onto the canvas. */
  put(): HTMLCanvasElement {
    const context = this.canvas.getContext("2d");
    if (context && this.#image) {
      context.putImageData(this.#image, 0, 0);
    }
    return this.canvas;
  }
}
