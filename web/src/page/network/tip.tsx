/** The value under the pointer, as a small card beside it. */

import type { ReadonlySignal } from "@preact/signals";
import type { Choice, Shape } from "../../protocol";
import type { Lab } from "../lab";
import { choiceName, isThere, numberOf } from "./weights";
import { pixels } from "../drawing/boxes";

interface Properties {
  lab: Lab;
  shape: Shape;
  choice: ReadonlySignal<Choice | null>;
  at: ReadonlySignal<{ x: number; y: number }>;
  width: number;
}

export function Tip({ lab, shape, choice, at, width }: Properties) {
  const pointed = choice.value;
  if (!pointed || !isThere(pointed, shape)) {
    return null;
  }
  const weight = pointed.kind === "unit" ? biasOf(pointed) : pointed;
  const value = numberOf(weight, shape, lab.frame.value?.params);
  const { x, y } = at.value;
  const beside: Record<string, number> =
    x > width / 2 ? { right: width - x + 14 } : { left: x + 14 };
  return (
    <div class="tip" style={pixels({ ...beside, top: y + 12 })} aria-hidden="true">
      <span>{choiceName(lab, shape, pointed)}</span>
      {value !== null && (
        <b>
          {pointed.kind === "unit" && "b = "}
          {lab.number(value, 4)}
        </b>
      )}
    </div>
  );
}

function biasOf({ layer, unit }: Extract<Choice, { kind: "unit" }>) {
  return { kind: "bias", layer, to: unit } as const;
}
