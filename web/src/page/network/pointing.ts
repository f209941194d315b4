/** What lies under a point of the network's picture. */

import type { Choice } from "../../protocol";
import { heightAt, type Layout, lineBetween } from "./layout";

/** The unit there; inputs are none, since nothing of theirs is trained. */
export function unitAt({ columns }: Layout, x: number, y: number): Choice | null {
  for (const { index, units } of columns.slice(1)) {
    for (const { unit, size, ...middle } of units) {
      const reach = size / 2 + 2;
      if (Math.abs(middle.x - x) <= reach && Math.abs(middle.y - y) <= reach) {
        return { kind: "unit", layer: index - 1, unit };
      }
    }
  }
  return null;
}

/** The weight whose line is nearest, if one is within reach. */
export function lineAt(
  { columns }: Layout,
  x: number,
  y: number,
  reach: number,
): Choice | null {
  let best: Choice | null = null;
  let nearest = reach;
  for (let layer = 0; layer + 1 < columns.length; layer++) {
    const [sources, targets] = [columns[layer], columns[layer + 1]];
    if (!sources.single || !targets.single) {
      continue;
    }
    for (const from of sources.units) {
      for (const to of targets.units) {
        const height = heightAt(lineBetween(from, to), x);
        if (height !== null && Math.abs(height - y) < nearest) {
          nearest = Math.abs(height - y);
          best = { kind: "weight", layer, from: from.unit, to: to.unit };
        }
      }
    }
  }
  return best;
}
