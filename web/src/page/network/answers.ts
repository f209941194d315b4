/** What every layer answers to the one sample, for networks without surfaces. */

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Shape } from "../../protocol";
import { keepAsking } from "../hooks";
import type { Lab } from "../lab";

export interface Answers {
  x: number[];
  activations: number[][];
}

export function useAnswers(lab: Lab, shape: Shape): ReadonlySignal<Answers | null> {
  const answers = useSignal<Answers | null>(null);
  const wanted = shape.picture !== null;
  useEffect(() => {
    if (!wanted) {
      return;
    }
    return keepAsking(lab, async () => {
      const found = await lab.explain({ kind: "unit", layer: 0, unit: 0 });
      return (
        found &&
        (() => {
          answers.value = { x: found.sample.x, activations: found.activations };
        })
      );
    });
  }, [lab, wanted, shape]);
  return answers;
}
