/** A small chart in SVG: axes, curves, points. Its size is that of the place it has. */

import type { ComponentChildren } from "preact";
import { linear, type Range, type Scale, ticks } from "./scale";

const LEFT = 38;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 24;

interface Axes {
  x: Range;
  y: Range;
  width?: number;
  height?: number;
  /** What it shows, for those who hear it. */
  label: string;
  xLabel?: string;
  yLabel?: string;
  children: (x: Scale, y: Scale) => ComponentChildren;
}

export function Plot({ x, y, width = 320, height = 200, label, ...rest }: Axes) {
  const across = linear(x, [LEFT, width - RIGHT]);
  const up = linear(y, [height - BOTTOM, TOP]);
  return (
    <svg class="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <Grid x={across} y={up} width={width} height={height} />
      {rest.children(across, up)}
      {rest.xLabel && (
        <text class="axis-name" x={width - RIGHT} y={height - BOTTOM - 5} text-anchor="end">
          {rest.xLabel}
        </text>
      )}
      {rest.yLabel && (
        <text class="axis-name" x={LEFT + 5} y={TOP + 9}>
          {rest.yLabel}
        </text>
      )}
    </svg>
  );
}

function Grid({ x, y, width, height }: { x: Scale; y: Scale; width: number; height: number }) {
  return (
    <g class="grid">
      {ticks(x.domain).map((value) => (
        <g key={value}>
          <line x1={x(value)} x2={x(value)} y1={TOP} y2={height - BOTTOM} class={zero(value)} />
          <text x={x(value)} y={height - BOTTOM + 15} text-anchor="middle">
            {short(value)}
          </text>
        </g>
      ))}
      {ticks(y.domain).map((value) => (
        <g key={value}>
          <line x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} class={zero(value)} />
          <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">
            {short(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

const zero = (value: number) => (value === 0 ? "zero" : undefined);

/** A number for an axis: a true minus, and powers of ten where it is very small or large. */
export function short(value: number): string {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential() : `${value}`;
  return text.replaceAll("-", "−");
}

interface CurveProps {
  x: Scale;
  y: Scale;
  points: Iterable<readonly [number, number]>;
  class?: string;
}

/** A line through points; where one is not finite, or far outside, it is lifted. */
export function Curve({ x, y, points, class: kind = "curve" }: CurveProps) {
  return <path class={kind} d={path(x, y, points)} />;
}

export function path(x: Scale, y: Scale, points: Iterable<readonly [number, number]>): string {
  const far = 10 * (y.domain[1] - y.domain[0]);
  let down = false;
  let text = "";
  for (const [across, up] of points) {
    const drawn = Number.isFinite(across) && Math.abs(up - y.domain[0]) < far;
    if (drawn) {
      text += `${down ? "L" : "M"}${x(across).toFixed(1)} ${y(up).toFixed(1)}`;
    }
    down = drawn;
  }
  return text;
}

/** The points of a function, for a curve. */
export function pointsOf(f: (x: number) => number, xs: number[]): [number, number][] {
  return xs.map((x) => [x, f(x)]);
}
