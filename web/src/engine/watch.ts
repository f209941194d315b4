/** What a step does to some parameters, broken down. */

import type { Place, Update } from "../protocol";
import { type Numbers, OPTIMIZERS, type Options } from "./formulas";
import type { Network } from "./network";

export class Watch {
  /** The step that was watched last. */
  step = -1;
  updates: Update[] = [];
  private readonly indices: number[];

  constructor(readonly places: Place[], network: Network | null) {
    this.indices = places.map(({ parameter, index }) => (network?.place(parameter) ?? 0) + index);
  }

  isFor(places: Place[]): boolean {
    return JSON.stringify(places) === JSON.stringify(this.places);
  }

  /** Before penalties are added to the gradient. */
  before({ params, grads }: Network, memory: Numbers[], rate: number): void {
    this.updates = this.places.map((place, i) => {
      const at = this.indices[i];
      const state = Object.fromEntries(memory.map((slot, j) => [j, [slot[at], slot[at]]])) as Update["state"];
      return { ...place, before: params[at], gradient: grads[at], decay: 0, rate, state, change: 0, after: 0 };
    });
  }

  after({ params }: Network, memory: Numbers[], step: number, optimizer: keyof typeof OPTIMIZERS, options: Options, l1: number): void {
    const { slots } = OPTIMIZERS[optimizer];
    this.step = step;
    this.updates.forEach((update, i) => {
      const at = this.indices[i];
      const { before, state } = update;
      update.decay = options.weight_decay * before + l1 * Math.sign(before);
      update.state = Object.fromEntries(slots.map((slot, j) => [slot, [state[j][0], memory[j][at]]]));
      update.after = params[at];
      update.change = update.after - before;
    });
  }
}
