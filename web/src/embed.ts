/** The lab in a notebook's cell: the front-end half of an anywidget. */

import type { Packed } from "./page/opening/given";
import type { Lab } from "./page/lab";
import { mount } from "./page/mount";
import { noHistory } from "./page/timeline";
import type { Settings } from "./protocol";

/** What anywidget gives: values of the kernel's object, by name. */
interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on?(event: string, act: () => void): void;
  off?(event: string, act: () => void): void;
}

interface Cell {
  model: Model;
  el: HTMLElement;
}

/** Shows the lab in the cell; the answer takes it away again. */
export async function render({ model, el }: Cell): Promise<() => void> {
  const { lab, close } = await mount(el, { packed: packed(model), linked: false });
  const stop = couple(lab, model);
  return () => {
    stop();
    close();
  };
}

export default { render };

function packed(model: Model): Packed | null {
  const given = model.get("given");
  return typeof given === "string" ? JSON.parse(given || "null") : null;
}

/** What was trained goes to the kernel; what is set there comes to the page. */
function couple(lab: Lab, model: Model): () => void {
  // The model tells of our own changes, too.
  let ours = false;
  // Weights that come with settings are for the network of those settings.
  let last = Promise.resolve();

  function put(act: () => Promise<void>): void {
    if (!ours) {
      last = last.then(act);
    }
  }

  async function tell(): Promise<void> {
    const result = await lab.export();
    if (result) {
      ours = true;
      model.set("settings", lab.settings.value);
      model.set("params", result.params);
      model.set("history", result.history);
      model.save_changes();
      ours = false;
    }
  }

  const heard: Record<string, () => void> = {
    "change:settings": () =>
      put(() => lab.change(model.get("settings") as Partial<Settings>)),
    "change:params": () =>
      put(() => beginWith(lab, model.get("params") as Record<string, Nested>)),
  };
  for (const [event, act] of Object.entries(heard)) {
    model.on?.(event, act);
  }
  const stop = lab.playing.subscribe((playing) => {
    if (!playing && lab.shape.peek()) {
      tell();
    }
  });
  return () => {
    stop();
    for (const [event, act] of Object.entries(heard)) {
      model.off?.(event, act);
    }
  };
}

type Nested = number | Nested[];

/** Start anew with these weights, which Python holds as lists of lists. */
function beginWith(lab: Lab, nested: Record<string, Nested>): Promise<void> {
  const entries = Object.entries(nested).map(([name, values]) => [
    name,
    Float32Array.from(flat(values)),
  ]);
  const settings = lab.settings.peek();
  const keyframes = [{ step: 0, params: Object.fromEntries(entries) }];
  const run = { name: "", settings, keyframes, history: noHistory() };
  return lab.start(settings, { run });
}

function flat(values: Nested): number[] {
  return typeof values === "number" ? [values] : values.flatMap(flat);
}
