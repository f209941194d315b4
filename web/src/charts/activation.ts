/** An activation and its derivative as functions of one number. */

import { ACTIVATIONS, type ActivationName } from "../engine/formulas";

export function curveOf(name: ActivationName): (z: number) => number {
  return (z) => {
    const y = new Float64Array(1);
    ACTIVATIONS[name].forward(Float64Array.of(z), y, 1, 1);
    return y[0];
  };
}

export function slopeOf(name: ActivationName): (z: number) => number {
  const curve = curveOf(name);
  return (z) => {
    const g = Float64Array.of(1);
    ACTIVATIONS[name].backward(Float64Array.of(z), Float64Array.of(curve(z)), g, 1, 1);
    return g[0];
  };
}
