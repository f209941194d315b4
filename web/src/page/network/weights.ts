/** Finding numbers in a network's flat arrays, and names for them. */

import type { Choice, Shape } from "../../protocol";
import type { Lab } from "../lab";

export type Params = Record<string, Float32Array>;

/** Units from the inputs to the outputs. */
export function unitsOf(shape: Shape): number[] {
  return [shape.inputs.length, ...shape.layers.map((layer) => layer.units)];
}

/** The parameter of a choice, and where in its flat array. */
export function placeOf(
  choice: Exclude<Choice, { kind: "unit" }>,
  shape: Shape,
): { parameter: string; index: number } {
  const number = choice.layer + 1;
  if (choice.kind === "bias") {
    return { parameter: `b${number}`, index: choice.to };
  }
  const outputs = shape.layers[choice.layer].units;
  return { parameter: `W${number}`, index: choice.from * outputs + choice.to };
}

export function numberOf(
  choice: Exclude<Choice, { kind: "unit" }>,
  shape: Shape,
  params: Params | undefined,
): number | null {
  const { parameter, index } = placeOf(choice, shape);
  return params?.[parameter]?.[index] ?? null;
}

/** What a unit is called: column 0 are the inputs. */
export function unitName(lab: Lab, shape: Shape, column: number, unit: number): string {
  if (column === 0) {
    return lab.t("network.input", { name: shape.inputs[unit] });
  }
  if (column === shape.layers.length) {
    const name = shape.classes?.[unit] ?? shortOutput(shape, unit);
    return lab.t("network.output", { name });
  }
  return lab.t("network.neuron", { unit: unit + 1, layer: column });
}

function shortOutput(shape: Shape, unit: number): string {
  const only = shape.layers[shape.layers.length - 1].units === 1;
  return only ? "y" : `y${unit + 1}`;
}

export function choiceName(lab: Lab, shape: Shape, choice: Choice): string {
  if (choice.kind === "unit") {
    return unitName(lab, shape, choice.layer + 1, choice.unit);
  }
  const to = unitName(lab, shape, choice.layer + 1, choice.to);
  if (choice.kind === "bias") {
    return lab.t("network.biasOf", { to });
  }
  const from = unitName(lab, shape, choice.layer, choice.from);
  return lab.t("network.weightBetween", { from, to });
}

/** Whether a choice still points at something after the network has changed. */
export function isThere(choice: Choice, shape: Shape): boolean {
  const units = unitsOf(shape);
  const to = choice.kind === "unit" ? choice.unit : choice.to;
  const from = choice.kind === "weight" ? choice.from : 0;
  const inside = choice.layer >= 0 && choice.layer < shape.layers.length;
  return inside && to < units[choice.layer + 1] && from < units[choice.layer];
}
