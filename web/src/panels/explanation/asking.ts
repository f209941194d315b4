/** The explanation of what is chosen, kept up to date while the network learns. */

import { useEffect, useState } from "preact/hooks";
import { keepAsking } from "../../page/hooks";
import type { Lab } from "../../page/lab";
import type { Choice, Explanation } from "../../protocol";

export function useExplanation(lab: Lab, choice: Choice, h: number): Explanation | null {
  const [found, put] = useState<Explanation | null>(null);
  useEffect(
    () =>
      keepAsking(lab, async () => {
        const { row, part } = lab.sample.peek();
        const answer = await lab.ask({ ask: "explain", sample: row, part, choice, h });
        return answer.is === "explanation" ? () => put(answer.explanation) : null;
      }),
    [lab, h, JSON.stringify(choice)],
  );
  return found;
}
