/** Functions that JavaScript lacks, or has more slowly. */

/** Near 0 its series, where 1 − 2/(exp 2x + 1) would lose digits. */
export function tanh(x: number): number {
  if (Math.abs(x) > 0.02) return 1 - 2 / (Math.exp(2 * x) + 1);
  const s = x * x;
  return x * (1 - s * (1 / 3 - s * (2 / 15 - (17 / 315) * s)));
}

/** ln(exp a + exp b). */
export function logaddexp(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

export function square(x: number): number {
  return x * x;
}
