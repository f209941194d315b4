/** The parameters of a network by their names in Kobai: W1[0, 2], b1[2], W2[…]. */

import type { Choice, Shape } from "../../protocol";

export interface ArrayOf {
  name: string;
  layer: number;
  rows: number; // 0 for a bias
  columns: number;
  /** Where it begins among all the parameters, in the order W1, b1, W2, … */
  start: number;
}

export function arrays(shape: Shape): ArrayOf[] {
  const found: ArrayOf[] = [];
  let start = 0;
  let rows = shape.inputs.length;
  for (const [layer, { units: columns }] of shape.layers.entries()) {
    found.push({ name: `W${layer + 1}`, layer, rows, columns, start });
    start += rows * columns;
    found.push({ name: `b${layer + 1}`, layer, rows: 0, columns, start });
    start += columns;
    rows = columns;
  }
  return found;
}

export interface Parameter {
  array: ArrayOf;
  row: number;
  column: number;
}

/** Its place in its own array, as numbers lie in memory. */
export const indexOf = ({ array, row, column }: Parameter) => row * array.columns + column;

export const nameOf = ({ array, row, column }: Parameter) =>
  array.rows ? `${array.name}[${row}, ${column}]` : `${array.name}[${column}]`;

/** Two weights of the last layer, which learn whatever the data are: a corner's do not. */
export function liveliest(shape: Shape): { first: number; second: number } {
  const all = arrays(shape);
  const { start, rows, columns } = all[all.length - 2];
  return { first: start, second: start + (rows > 1 ? columns : 1) };
}

/** The parameter at a place among all of them. */
export function parameterAt(shape: Shape, place: number): Parameter {
  const all = arrays(shape);
  const array = all.findLast(({ start }) => start <= place) ?? all[0];
  const index = place - array.start;
  return { array, row: Math.floor(index / array.columns), column: index % array.columns };
}

export const placeOf = (parameter: Parameter) => parameter.array.start + indexOf(parameter);

export function parameterOf(choice: Choice, shape: Shape): Parameter {
  const found = arrays(shape);
  const weights = found[2 * choice.layer];
  switch (choice.kind) {
    case "weight":
      return { array: weights, row: choice.from, column: choice.to };
    case "bias":
      return { array: found[2 * choice.layer + 1], row: 0, column: choice.to };
    case "unit":
      return { array: weights, row: 0, column: choice.unit };
  }
}

/** The selection as it may be after the network has changed: inside it, or null. */
export function inside(choice: Choice | null, shape: Shape): Choice | null {
  if (!choice || choice.layer >= shape.layers.length) {
    return null;
  }
  const units = shape.layers[choice.layer].units;
  const inputs = choice.layer ? shape.layers[choice.layer - 1].units : shape.inputs.length;
  const to = choice.kind === "unit" ? choice.unit : choice.to;
  return to < units && (choice.kind !== "weight" || choice.from < inputs) ? choice : null;
}
