/** Each toy set as a tiny picture: a few points where its classes lie. */

import type { ToyName } from "../../protocol";

type Point = [x: number, y: number, label: number];

const CIRCLE = Array.from({ length: 10 }, (_, i) => (i * Math.PI) / 5);
const ARC = Array.from({ length: 6 }, (_, i) => (i * Math.PI) / 5);
const CORNERS = [-0.65, 0.65];

/** Coordinates from −1 to 1, upwards. */
const POINTS: Record<ToyName, Point[]> = {
  spiral: [0, 1, 2].flatMap((label) =>
    [0.15, 0.35, 0.55, 0.75, 0.95].map((r): Point => {
      const angle = (2 * Math.PI * label) / 3 + 4 * r;
      return [r * Math.sin(angle), r * Math.cos(angle), label];
    }),
  ),
  circles: CIRCLE.flatMap((angle): Point[] => [
    [0.9 * Math.cos(angle), 0.9 * Math.sin(angle), 0],
    [0.4 * Math.cos(angle), 0.4 * Math.sin(angle), 1],
  ]),
  gaussians: [0, 1, 2].flatMap((label) => {
    const angle = (2 * Math.PI * label) / 3;
    const [x, y] = [0.6 * Math.cos(angle), 0.6 * Math.sin(angle)];
    const near: [number, number][] = [
      [0, 0],
      [0.2, 0.1],
      [-0.15, 0.18],
      [0.05, -0.2],
    ];
    return near.map(([dx, dy]): Point => [x + dx, y + dy, label]);
  }),
  moons: ARC.flatMap((angle): Point[] => [
    [0.6 * Math.cos(angle) - 0.3, 0.7 * Math.sin(angle) - 0.1, 0],
    [0.3 - 0.6 * Math.cos(angle), 0.1 - 0.7 * Math.sin(angle), 1],
  ]),
  xor: CORNERS.flatMap((x) =>
    CORNERS.flatMap((y) => [-0.16, 0.16].map((d): Point => [x + d, y + d / 2, x * y > 0 ? 0 : 1])),
  ),
  sine: Array.from({ length: 11 }, (_, i): Point => {
    const x = (i - 5) / 5.5;
    return [x, 0.8 * Math.sin((x * Math.PI) / 1.9), 0];
  }),
};

export function ToyIcon({ name }: { name: ToyName }) {
  return (
    <svg viewBox="-1.15 -1.15 2.3 2.3" aria-hidden="true">
      {POINTS[name].map(([x, y, label], i) => (
        <circle key={i} cx={x} cy={-y} r={0.11} style={`fill: var(--class-${label})`} />
      ))}
    </svg>
  );
}
