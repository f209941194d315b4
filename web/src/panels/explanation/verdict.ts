/** Why back-propagation and the central difference agree, or do not. */

export type Code = "agree" | "coarse" | "rounding" | "zero";

interface Compared {
  h: number;
  above: number;
  below: number;
  value: number;
  analytic: number;
}

/** From this many digits on they agree; a central difference seldom gives more than ten. */
const ENOUGH = 3;

export function verdict({ h, above, below, value, analytic }: Compared): {
  code: Code;
  digits: number;
} {
  if (value === 0 && analytic === 0) {
    return { code: "zero", digits: 0 };
  }
  const size = Math.max(Math.abs(value), Math.abs(analytic));
  const error = Math.abs(value - analytic);
  const digits = Math.min(15, Math.floor(-Math.log10(error / size)));
  if (digits >= ENOUGH) {
    return { code: "agree", digits };
  }
  // A loss is known to half a unit in its last place; divided by h that may be the error.
  const rounding = (Number.EPSILON * 8 * Math.max(Math.abs(above), Math.abs(below), 1e-3)) / h;
  return { code: error <= rounding || h < 1e-7 ? "rounding" : "coarse", digits };
}
