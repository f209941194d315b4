/**
 * Playing: once per animation frame the page asks the engine for some milliseconds.
 *
 * It asks only when the last answer has come, so no queue can grow; and not while the
 * page is hidden, so a forgotten tab costs nothing.
 */

import type { Speed } from "./lab";

/** What the engine may spend of a frame at full speed, in milliseconds. */
export const BUDGET = 10;

/** How many steps are owed now, by the clock. */
export interface Metronome {
  due(now: number, speed: Speed): number;
  reset(): void;
}

/** Counts out steps at a speed; a pause of the browser is not caught up with. */
export function metronome(): Metronome {
  let last: number | null = null;
  let owed = 0;
  return {
    due(now, speed) {
      if (speed === "max") {
        return Number.MAX_SAFE_INTEGER;
      }
      const seconds = last === null ? 0 : Math.min((now - last) / 1000, 0.25);
      // The first step comes at once: who presses the button wants to see something.
      owed = last === null ? 1 : owed + seconds * speed;
      last = now;
      const whole = Math.floor(owed);
      owed -= whole;
      return whole;
    },
    reset() {
      last = null;
      owed = 0;
    },
  };
}

/** Calls `turn` once per animation frame of a visible page, until it is ended. */
export function everyFrame(turn: (now: number) => void): () => void {
  let request = requestAnimationFrame(frame);
  function frame(now: number): void {
    request = requestAnimationFrame(frame);
    if (!document.hidden) {
      turn(now);
    }
  }
  return () => cancelAnimationFrame(request);
}
