/** Puts a lab into an element, and takes it away again without a trace. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { type Opening, type Packed, unpacked } from "./opening/given";
import { listen } from "./keyboard";
import type { Lab } from "./lab";
import { followLink, opened } from "./opening/linking";
import { Session } from "./session";
import { indexAt, lineage } from "./timeline";
import { STYLE } from "./styles/style";

export interface Mounted {
  lab: Lab;
  close(): void;
}

interface Options {
  packed: Packed | null;
  /** Whether the page's address is the lab's own. */
  linked: boolean;
}

export async function mount(element: HTMLElement, options: Options): Promise<Mounted> {
  const root = document.createElement("div");
  root.className = "kobai-lab";
  element.replaceChildren(styles(), root);
  const { opening, wrong } = await opening_(options.packed);
  const lab = new Session(root, opening);
  const stops = [
    appearance(lab),
    state(lab),
    listen(lab, options.linked ? document : root),
  ];
  if (options.linked) {
    stops.push(followLink(lab, opening));
  }
  render(<App lab={lab} />, root);
  if (wrong) {
    lab.say({ kind: "error", text: lab.t("error.given", { message: wrong }) });
  }
  await opened(lab, opening, options.linked);
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    lab.play();
  }
  return { lab, close: () => close(lab, stops, element, root) };
}

/** What the page was given; where that is damaged, the page opens without it. */
async function opening_(
  packed: Packed | null,
): Promise<{ opening: Opening; wrong: string }> {
  try {
    return { opening: await unpacked(packed), wrong: "" };
  } catch (error) {
    return { opening: await unpacked(null), wrong: String(error) };
  }
}

function close(
  lab: Lab,
  stops: (() => void)[],
  element: HTMLElement,
  root: HTMLElement,
) {
  for (const stop of stops) {
    stop();
  }
  render(null, root);
  lab.close();
  element.replaceChildren();
}

function styles(): HTMLStyleElement {
  const element = document.createElement("style");
  element.textContent = STYLE;
  return element;
}

/** The theme, the language and what a teacher hides, as attributes for the style. */
function appearance(lab: Lab): () => void {
  const hiding = document.createElement("style");
  lab.root.before(hiding);
  return effect(() => {
    const { root, language, palette, contrast, hidden } = lab;
    root.lang = language.value === "zh" ? "zh-Hans" : language.value;
    root.dataset.theme = palette.value.dark ? "dark" : "light";
    root.dataset.colours = contrast.value ? "safe" : "usual";
    hiding.textContent = [...hidden.value]
      .map(
        (name) =>
          `.kobai-lab [data-control="${CSS.escape(name)}"]{display:none!important}`,
      )
      .join("");
  });
}

/** Where the run is, for whoever looks at the page from outside. */
function state(lab: Session): () => void {
  return effect(() => {
    const { dataset } = lab.root;
    dataset.step = `${lab.moment.value.step}`;
    dataset.playing = `${lab.playing.value || !lab.settled.value}`;
    dataset.busy = `${lab.busy.value}`;
    dataset.ready = `${lab.frame.value?.params !== undefined}`;
    const { branch, step } = lab.moment.value;
    const history = lineage(lab.branches.value, branch);
    dataset.loss = `${history.trainLoss[indexAt(history.step, step)] ?? ""}`;
  });
}
