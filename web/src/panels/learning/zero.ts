/** Where below a histogram its 0 stands, between the labels of its two ends. */

/** What a digit takes at the size of the labels, and what is free beside them. */
const DIGIT = 7;
const FREE = 8;

/** The place of 0 in a picture that wide, or null where it would run into an end's label. */
export function zeroPlace(
  { low, high }: { low: number; high: number },
  labels: [string, string],
  width: number,
): number | null {
  const place = (-low / (high - low)) * width;
  const [left, right] = labels.map((label) => DIGIT * (label.length + 0.5) + FREE);
  return place > left && place < width - right ? place : null;
}
