/** A network of one input and one number: the curve that it has learned. */

import type { Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Shape } from "../../protocol";
import { drawMark } from "../drawing/marks";
import { css, type Palette } from "../drawing/palette";
import { cleared, useDrawing, useViews, useWidth } from "../hooks";
import type { Lab } from "../lab";
import { ticks } from "./plane";
import { pixels } from "../drawing/boxes";

interface Properties {
  lab: Lab;
  shape: Shape;
  showTest: Signal<boolean>;
}

const MARGIN = { left: 40, right: 10, top: 10, bottom: 34 };
const CELLS = 100;

export function LearnedCurve({ lab, shape, showTest }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const size = { width, height: Math.min(360, Math.max(220, width * 0.8)) };
  useViews(lab, box, { surface: CELLS });
  useDrawing(() => {
    const context = canvas.current && cleared(canvas.current, size.width, size.height);
    const values = lab.frame.value?.surface;
    if (context && width > 0) {
      const scene = sceneOf(shape, size, showTest.value);
      drawAxes(context, scene, lab);
      drawPoints(context, scene, shape, lab.palette.value);
      if (values) {
        drawCurve(context, scene, values, lab.palette.value);
      }
    }
  }, [lab, shape, width]);
  return (
    <div ref={box}>
      <canvas
        ref={canvas}
        style={pixels(size)}
        data-picture="surface"
        aria-hidden="true"
      />
    </div>
  );
}

interface Scene {
  x: (value: number) => number;
  y: (value: number) => number;
  range: { left: number; right: number; low: number; high: number };
  size: { width: number; height: number };
  test: boolean;
}

function sceneOf(shape: Shape, size: Scene["size"], test: boolean): Scene {
  const [left, right] = [shape.range.low[0], shape.range.high[0]];
  const targets = Array.from(shape.points.t);
  // The samples set the scale: a curve that has run away does not flatten them.
  const [least, most] = [Math.min(...targets), Math.max(...targets)];
  const room = (most - least) * 0.12 || 1;
  const [low, high] = [least - room, most + room];
  const across = size.width - MARGIN.left - MARGIN.right;
  const down = size.height - MARGIN.top - MARGIN.bottom;
  return {
    x: (value) => MARGIN.left + ((value - left) / (right - left)) * across,
    y: (value) => MARGIN.top + (1 - (value - low) / (high - low)) * down,
    range: { left, right, low, high },
    size,
    test,
  };
}

function drawAxes(context: CanvasRenderingContext2D, scene: Scene, lab: Lab): void {
  const { x, y, range, size } = scene;
  const { soft, line } = lab.palette.value;
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = css(soft);
  context.strokeStyle = css(line);
  context.lineWidth = 1;
  context.textAlign = "center";
  for (const value of ticks(range.left, range.right, 6)) {
    vertical(context, x(value), size.height - MARGIN.bottom);
    context.fillText(lab.number(value), x(value), size.height - MARGIN.bottom + 15);
  }
  context.textAlign = "right";
  for (const value of ticks(range.low, range.high)) {
    horizontal(context, y(value), size.width - MARGIN.right);
    context.fillText(lab.number(value), MARGIN.left - 6, y(value) + 4);
  }
  const shape = lab.shape.value;
  context.textAlign = "center";
  context.font = "italic 13px system-ui, sans-serif";
  context.fillText(shape?.inputs[0] ?? "x", size.width / 2, size.height - 3);
}

function vertical(context: CanvasRenderingContext2D, x: number, bottom: number): void {
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, MARGIN.top);
  context.lineTo(Math.round(x) + 0.5, bottom);
  context.stroke();
}

function horizontal(context: CanvasRenderingContext2D, y: number, right: number): void {
  context.beginPath();
  context.moveTo(MARGIN.left, Math.round(y) + 0.5);
  context.lineTo(right, Math.round(y) + 0.5);
  context.stroke();
}

function drawPoints(
  context: CanvasRenderingContext2D,
  { x, y, test }: Scene,
  { points }: Shape,
  palette: Palette,
): void {
  for (let row = 0; row < points.isTest.length; row++) {
    const hollow = points.isTest[row] === 1;
    if (!hollow || test) {
      const [px, py] = [x(points.x[row * points.columns]), y(points.t[row])];
      const mark = { x: px, y: py, kind: 0, colour: palette.negative, hollow };
      drawMark(context, mark, palette.zero);
    }
  }
}

function drawCurve(
  context: CanvasRenderingContext2D,
  { x, y, range, size }: Scene,
  values: Float32Array,
  palette: Palette,
): void {
  const count = values.length;
  context.save();
  context.beginPath();
  context.rect(MARGIN.left, 0, size.width, size.height - MARGIN.bottom);
  context.clip();
  context.beginPath();
  for (let i = 0; i < count; i++) {
    const at = range.left + ((i + 0.5) / count) * (range.right - range.left);
    context.lineTo(x(at), y(values[i]));
  }
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = css(palette.positive);
  context.stroke();
  context.restore();
}
