/** A pad to draw on: by mouse, pen, finger or keyboard. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { drawStrokes, inkOf, type Point, SIDE, type Stroke } from "./strokes";

interface Props {
  label: string;
  strokes: Stroke[];
  onDraw: (strokes: Stroke[]) => void;
  /** The ink, whenever it has changed. */
  onInk: (ink: Uint8Array) => void;
}

const STEP = 10;
const MOVES: Record<string, Point> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

export function Pad({ label, strokes, onDraw, onInk }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pen, movePen] = useState<{ at: Point; down: boolean } | null>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!context || !canvas.current) {
      return;
    }
    // The canvas has the text's colour as ink: dark on light, light on dark.
    context.strokeStyle = getComputedStyle(canvas.current).color;
    drawStrokes(context, strokes);
    onInk(inkOf(context));
  }, [strokes]);
  const append = (point: Point) =>
    onDraw([...strokes.slice(0, -1), [...(strokes.at(-1) ?? []), point]]);
  const press = (event: PointerEvent) => {
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    onDraw([...strokes, [placeOf(event)]]);
  };
  const drag = (event: PointerEvent) => {
    const target = event.currentTarget as HTMLElement;
    if (target.hasPointerCapture(event.pointerId)) {
      append(placeOf(event));
    }
  };
  const type = (event: KeyboardEvent) => {
    const now = pen ?? { at: [SIDE / 2, SIDE / 4] as Point, down: false };
    const move = MOVES[event.key];
    if (move) {
      const at = moved(now.at, move);
      movePen({ ...now, at });
      if (now.down) {
        append(at);
      }
    } else if (event.key === " ") {
      movePen({ ...now, down: !now.down });
      if (!now.down) {
        onDraw([...strokes, [now.at]]);
      }
    } else {
      return;
    }
    event.preventDefault();
    // The page has other uses for some of these keys.
    event.stopPropagation();
  };
  return (
    <div
      class="pad"
      role="application"
      aria-label={label}
      tabIndex={0}
      onPointerDown={press}
      onPointerMove={drag}
      onKeyDown={type}
      onBlur={() => movePen(null)}
    >
      <canvas ref={canvas} width={SIDE} height={SIDE} aria-hidden="true" />
      {pen && (
        <i
          class={pen.down ? "pen down" : "pen"}
          style={{ left: percent(pen.at[0]), top: percent(pen.at[1]) }}
        />
      )}
    </div>
  );
}

const percent = (place: number) => `${(100 * place) / SIDE}%`;
const within = (place: number) => Math.max(0, Math.min(SIDE, place));
const moved = ([x, y]: Point, [dx, dy]: Point): Point => [within(x + dx), within(y + dy)];

/** Where the pointer is, in cells of the pad, whatever size it has on the screen. */
function placeOf(event: PointerEvent): Point {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const scale = SIDE / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}
