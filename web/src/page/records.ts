/** Undo and redo: a list of places, and where in it the page stands. */

import type { Place } from "./run";

export interface Records {
  readonly past: readonly Place[];
  readonly future: readonly Place[];
}

export const NO_RECORDS: Records = { past: [], future: [] };

/** More would only cost memory: nobody presses undo so often. */
const MOST = 200;

/** Before a change: the place it is made at can be come back to. */
export function kept(records: Records, place: Place): Records {
  return { past: [...records.past, place].slice(-MOST), future: [] };
}

/** One step back from `here`; null where there is nothing to undo. */
export function undone(
  records: Records,
  here: Place,
): { place: Place; records: Records } | null {
  const place = records.past.at(-1);
  if (!place) {
    return null;
  }
  const past = records.past.slice(0, -1);
  return { place, records: { past, future: [...records.future, here] } };
}

/** One step forwards again. */
export function redone(
  records: Records,
  here: Place,
): { place: Place; records: Records } | null {
  const place = records.future.at(-1);
  if (!place) {
    return null;
  }
  const future = records.future.slice(0, -1);
  return { place, records: { past: [...records.past, here], future } };
}
