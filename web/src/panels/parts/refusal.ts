/** What the engine refused, in the language that is on. */

import type { Lab } from "../../page/lab";
import type { Said } from "../../protocol";

/** The text for its code. */
export function refusal(lab: Pick<Lab, "t">, { code, values }: Said): string {
  return lab.t(`said.${code}`, values);
}
