/** What the engine refused, in the language that is on. */

import type { Lab } from "../../page/lab";
import { TEXTS } from "../../texts/texts";
import type { Key, Values } from "../../page/words";

interface Refused {
  code: string;
  message: string;
  values?: Values;
}

/** The text for its code; where there is none, what the engine says itself. */
export function refusal(lab: Pick<Lab, "t">, { code, message, values }: Refused): string {
  const key = `said.${code}`;
  return key in TEXTS.en ? lab.t(key as Key, values) : message;
}
