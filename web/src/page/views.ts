/** What the parts of the page want to see, laid together into one request. */

import type { Views } from "../protocol";

export interface Wanted {
  /** Ask for more from now on; the answer takes it back. */
  want(some: Partial<Views>): () => void;
  /** All wishes in one. */
  views(axes: [number, number], sample: number): Views;
}

const NOTHING = {
  surface: 0,
  thumbnails: 0,
  weights: false,
  distributions: false,
  confusion: false,
  mistakes: 0,
  landscape: null,
};

export function createViews(changed: () => void): Wanted {
  const wishes = new Set<Partial<Views>>();
  return {
    want(some) {
      wishes.add(some);
      changed();
      return () => wishes.delete(some);
    },
    views(axes, sample) {
      const all: Views = { ...NOTHING, axes, sample };
      for (const wish of wishes) {
        all.surface = Math.max(all.surface, wish.surface ?? 0);
        all.thumbnails = Math.max(all.thumbnails, wish.thumbnails ?? 0);
        all.mistakes = Math.max(all.mistakes, wish.mistakes ?? 0);
        all.weights ||= wish.weights ?? false;
        all.distributions ||= wish.distributions ?? false;
        all.confusion ||= wish.confusion ?? false;
        all.landscape = wish.landscape ?? all.landscape;
        all.update = wish.update ?? all.update;
      }
      return all;
    },
  };
}
