/** A shape for each class, so that colours are not needed to tell them apart. */

/** An SVG path around a place. */
export function markOf(label: number, x: number, y: number, r: number): string {
  switch (label % 5) {
    case 0:
      return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    case 1:
      return `M${x - 0.9 * r} ${y - 0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
    case 2:
      return `M${x} ${y - 1.2 * r}l${1.1 * r} ${2 * r}h${-2.2 * r}z`;
    case 3:
      return `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`;
    default:
      return `M${x} ${y + 1.2 * r}l${1.1 * r} ${-2 * r}h${-2.2 * r}z`;
  }
}
