/** The explanation of what is chosen, kept up to date while the network learns. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { Choice, Explanation } from "../../protocol";

/** Asks again whenever something has changed, but never twice at a time. */
export function useExplanation(lab: Lab, choice: Choice, h: number): Explanation | null {
  const [found, put] = useState<Explanation | null>(null);
  const state = useRef({ asking: false, again: false, gone: false }).current;
  const { branch, step } = lab.moment.value;
  const { row, part } = lab.sample.value;
  const ask = async () => {
    if (state.asking) {
      state.again = true;
      return;
    }
    state.asking = true;
    const answer = await lab.ask({ ask: "explain", sample: row, part, choice, h });
    state.asking = false;
    if (!state.gone && answer.is === "explanation") {
      put(answer.explanation);
    }
  };
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    latest.current();
  }, [branch, step, row, part, h, JSON.stringify(choice), lab.run.value]);
  useEffect(() => {
    // What changed while an answer was awaited is asked for after it.
    if (state.again) {
      state.again = false;
      latest.current();
    }
  }, [found, state]);
  useEffect(() => {
    return () => {
      state.gone = true;
    };
  }, [state]);
  return found;
}
