/** Strokes of a pen, and the ink that they leave. */

export type Point = readonly [x: number, y: number];
export type Stroke = Point[];

/** Cells along a side of the pad, as the engine gets it: one byte each. */
export const SIDE = 280;
const PEN = 22;

export function drawStrokes(context: CanvasRenderingContext2D, strokes: Stroke[]) {
  context.clearRect(0, 0, SIDE, SIDE);
  context.lineWidth = PEN;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    context.moveTo(...stroke[0]);
    for (const point of stroke.slice(1)) {
      context.lineTo(...point);
    }
    // A tap is a dot: a line to where it is.
    context.lineTo(...stroke[stroke.length - 1]);
    context.stroke();
  }
}

/** How much ink lies in each cell: 0 for paper, 255 for ink. */
export function inkOf(context: CanvasRenderingContext2D): Uint8Array {
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3]);
}
