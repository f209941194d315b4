/** What every layer answers to the one sample, for networks without surfaces. */

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Shape } from "../../protocol";
import type { Lab } from "../lab";

export interface Answers {
  x: number[];
  activations: number[][];
}

/** Often enough that it is seen to live, seldom enough that training is not slowed. */
const PAUSE = 150;

export function useAnswers(lab: Lab, shape: Shape): ReadonlySignal<Answers | null> {
  const answers = useSignal<Answers | null>(null);
  const wanted = shape.picture !== null;
  useEffect(() => {
    if (!wanted) {
      return;
    }
    let asking = false;
    let stale = true;
    async function ask(): Promise<void> {
      if (asking || !stale || document.hidden) {
        return;
      }
      asking = true;
      stale = false;
      const found = await lab.explain({ kind: "unit", layer: 0, unit: 0 });
      if (found) {
        answers.value = { x: found.sample.x, activations: found.activations };
      }
      asking = false;
    }
    const changed = () => {
      stale = true;
    };
    const stops = [lab.frame.subscribe(changed), lab.sample.subscribe(changed)];
    const timer = setInterval(ask, PAUSE);
    return () => {
      clearInterval(timer);
      for (const stop of stops) {
        stop();
      }
    };
  }, [lab, wanted, shape]);
  return answers;
}
