/** The lab in a notebook's cell: the front-end half of an anywidget. */

import type { Packed } from "./page/given";
import { mount } from "./page/mount";

/** What anywidget gives: values of the kernel's object, by name. */
interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
}

interface Cell {
  model: Model;
  el: HTMLElement;
}

/** Shows the lab in the cell; the answer takes it away again. */
export async function render({ model, el }: Cell): Promise<() => void> {
  const packed = (model.get("given") ?? null) as Packed | null;
  const { lab, close } = await mount(el, { packed, linked: false });
  // What was trained goes back to the kernel whenever training stands still.
  const stop = lab.playing.subscribe(async (playing) => {
    const result = playing ? null : await lab.export();
    if (result) {
      model.set("params", result.params);
      model.set("history", result.history);
      model.save_changes();
    }
  });
  return () => {
    stop();
    close();
  };
}

export default { render };
