/** Single keys for what is done most; none of them while something is typed. */

import type { Lab } from "./lab";

/** Listens within the lab, and on the page as a whole where the lab is the page. */
export function listen(lab: Lab, target: EventTarget): () => void {
  const pressed = (event: Event) => act(lab, event as KeyboardEvent);
  target.addEventListener("keydown", pressed);
  return () => target.removeEventListener("keydown", pressed);
}

function act(lab: Lab, event: KeyboardEvent): void {
  const action = actionOf(lab, event);
  if (action) {
    event.preventDefault();
    action();
  }
}

function actionOf(lab: Lab, event: KeyboardEvent): (() => unknown) | null {
  if (lab.dialog.value !== null || event.altKey || isTyped(event.target)) {
    return null;
  }
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    return { z: event.shiftKey ? lab.redo : lab.undo, y: lab.redo }[key] ?? null;
  }
  if (key === " " && isPressed(event.target)) {
    return null;
  }
  return plain(lab)[key] ?? null;
}

function plain(lab: Lab): Record<string, () => unknown> {
  return {
    " ": lab.toggle,
    ".": lab.stepBatch,
    ",": lab.stepSample,
    e: lab.stepEpoch,
    r: lab.rewind,
    s: lab.newSeed,
    "?": () => {
      lab.dialog.value = "help";
    },
  };
}

/** A key that belongs to what has the focus: text, a list, a slider. */
function isTyped(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  const typed =
    "input:not([type=checkbox], [type=radio], [type=range]), select, textarea";
  return Boolean(element?.matches?.(`${typed}, [contenteditable]`));
}

/** Space presses a button itself, or opens what a summary hides. */
function isPressed(target: EventTarget | null): boolean {
  const own = "button, summary, a, label, input, [role=tab]";
  return Boolean((target as HTMLElement | null)?.matches?.(own));
}
