/** The network as an SVG of its own: circles for neurons, lines as thick as weights. */

import type { Exported, Shape } from "../../protocol";

const MOST = 16;
const ACROSS = 170;
const DOWN = 34;
const MARGIN = 60;
const BLUE = "#2b6cc4";
const ORANGE = "#d9650f";

interface Column {
  title: string;
  units: number;
  shown: number;
  x: number;
}

export function networkSvg(shape: Shape, params: Exported["params"]): string {
  const columns = columnsOf(shape);
  const tallest = Math.max(...columns.map(({ shown }) => shown));
  const height = tallest * DOWN + 2 * MARGIN;
  const width = (columns.length - 1) * ACROSS + 2 * MARGIN;
  const place = (column: Column, unit: number) =>
    height / 2 + (unit - (column.shown - 1) / 2) * DOWN;
  const lines = columns
    .slice(1)
    .flatMap((to, i) => linesOf(columns[i], to, params[`W${i + 1}`] as number[][], place));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`,
    ` width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...lines,
    ...columns.flatMap((column) => unitsOf(column, place)),
    "</svg>",
  ].join("\n");
}

function columnsOf({ inputs, layers }: Shape): Column[] {
  const column = (title: string, units: number, i: number): Column => ({
    title,
    units,
    shown: Math.min(units, MOST),
    x: MARGIN + i * ACROSS,
  });
  return [
    column("x", inputs.length, 0),
    ...layers.map(({ units, activation }, i) => column(activation, units, i + 1)),
  ];
}

type Place = (column: Column, unit: number) => number;

function linesOf(from: Column, to: Column, weights: number[][], place: Place): string[] {
  const shown = weights.slice(0, from.shown).map((row) => row.slice(0, to.shown));
  const largest = Math.max(1e-12, ...shown.flat().map(Math.abs));
  return shown.flatMap((row, i) =>
    row.map((weight, j) => {
      const size = Math.abs(weight) / largest;
      const ends = `x1="${from.x}" y1="${place(from, i)}" x2="${to.x}" y2="${place(to, j)}"`;
      const look = `stroke="${weight < 0 ? BLUE : ORANGE}" stroke-width="${(4 * size).toFixed(2)}"`;
      return `<line ${ends} ${look} stroke-opacity="0.7"/>`;
    }),
  );
}

function unitsOf(column: Column, place: Place): string[] {
  const { x, shown, units, title } = column;
  const circles = Array.from(
    { length: shown },
    (_, unit) =>
      `<circle cx="${x}" cy="${place(column, unit)}" r="11" fill="#fff" stroke="#333" stroke-width="1.4"/>`,
  );
  const label = (y: number, text: string) =>
    `<text x="${x}" y="${y}" text-anchor="middle" fill="#333">${text}</text>`;
  const names = [label(place(column, 0) - 22, `${title} (${units})`)];
  // Not all of a wide layer are drawn, and the picture says so.
  const more = units > shown ? [label(place(column, shown - 1) + 30, "⋮")] : [];
  return [...circles, ...names, ...more];
}
