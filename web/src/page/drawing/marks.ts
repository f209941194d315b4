/** The marks of samples on a canvas: classes differ in shape as well as in colour. */

import { markOf } from "../../panels/data/marks";
import { type Colour, css } from "./palette";

const PATHS = new Map<string, Path2D>();

function pathOf(kind: number, r: number): Path2D {
  const key = `${kind} ${r}`;
  const known = PATHS.get(key) ?? new Path2D(markOf(kind, 0, 0, r));
  PATHS.set(key, known);
  return known;
}

export interface Mark {
  x: number;
  y: number;
  /** Which class, for the shape. */
  kind: number;
  colour: Colour;
  /** Test samples are hollow. */
  hollow: boolean;
}

export function drawMark(
  context: CanvasRenderingContext2D,
  { x, y, kind, colour, hollow }: Mark,
  paper: Colour,
  r = 3.6,
): void {
  const path = pathOf(kind, hollow ? r - 0.4 : r);
  context.save();
  context.translate(x, y);
  context.fillStyle = hollow ? css(paper) : css(colour);
  context.fill(path);
  context.lineWidth = hollow ? 1.8 : 1.2;
  context.strokeStyle = hollow ? css(colour) : css(paper);
  context.stroke(path);
  context.restore();
}
