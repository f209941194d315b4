/** Points drawn by hand: pure functions over lists of them. Places are from −1 to 1. */

import type { DataSettings, Task } from "../../protocol";

export interface Dot {
  x: number;
  y: number;
  /** Its class; 0 for a curve. */
  label: number;
}

export type Brush = { kind: "class"; label: number } | { kind: "erase" };

export const MOST_DOTS = 1000;
export const MOST_CLASSES = 6;
/** A dragged brush puts a point each time it has come this far. */
const APART = 0.07;
const RUBBER = 0.12;

/** The points after the brush was at a place; the same list where nothing is new. */
export function brushed(dots: Dot[], x: number, y: number, brush: Brush): Dot[] {
  const near = (dot: Dot, within: number) => Math.hypot(dot.x - x, dot.y - y) < within;
  if (brush.kind === "erase") {
    const kept = dots.filter((dot) => !near(dot, RUBBER));
    return kept.length < dots.length ? kept : dots;
  }
  const last = dots.at(-1);
  const inside = Math.abs(x) <= 1 && Math.abs(y) <= 1;
  if (!inside || dots.length >= MOST_DOTS || (last && near(last, APART))) {
    return dots;
  }
  return [...dots, { x, y, label: brush.label }];
}

export const LEAST = 6;

/** Whether a network can learn from them, and some can be held out. */
export function enough(dots: Dot[], task: Task): boolean {
  if (task === "regression") {
    return dots.length >= LEAST;
  }
  const labels = new Set(dots.map((dot) => dot.label));
  const counts = [...labels].map((label) => dots.filter((dot) => dot.label === label).length);
  return labels.size >= 2 && dots.length >= LEAST && Math.min(...counts) >= 2;
}

/** As settings: classes are numbered without gaps, in the order of their brushes. */
export function asData(dots: Dot[], task: Task): DataSettings {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  if (task === "regression") {
    const x = dots.map((dot) => [round(dot.x)]);
    return { kind: "points", task, x, t: dots.map((dot) => round(dot.y)) };
  }
  const labels = [...new Set(dots.map((dot) => dot.label))].sort((a, b) => a - b);
  return {
    kind: "points",
    task,
    x: dots.map((dot) => [round(dot.x), round(dot.y)]),
    t: dots.map((dot) => labels.indexOf(dot.label)),
  };
}

export function dotsOf(data: DataSettings): Dot[] {
  if (data.kind !== "points") {
    return [];
  }
  return data.x.map((place, i) =>
    data.task === "regression"
      ? { x: place[0], y: data.t[i], label: 0 }
      : { x: place[0], y: place[1], label: data.t[i] },
  );
}
