/** Places as styles: numbers are pixels. */

export function pixels(box: Record<string, number>): Record<string, string> {
  const entries = Object.entries(box).map(([name, value]) => [name, `${value}px`]);
  return Object.fromEntries(entries);
}
