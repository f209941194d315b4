/** The page's address and the lab: each follows the other. */

import { batch, effect } from "@preact/signals";
import type { Opening } from "./given";
import type { Lab } from "../lab";
import type { Course } from "../run";
import type { LinkState } from "./fields";
import { type LinkRead, readLink } from "./link";

/** The first start: what the link says, laid over what the page was given. */
export async function opened(
  lab: Lab,
  opening: Opening,
  linked: boolean,
): Promise<void> {
  const hash = linked ? addressHash() : "";
  if (hash.length > 1) {
    await follow(lab, opening, hash);
  } else {
    await lab.start(opening.settings, opening.given);
  }
}

/** Whoever changes the address, or goes back in the browser, goes there. */
export function followLink(lab: Lab, opening: Opening): () => void {
  let own = addressHash();
  const changed = () => {
    if (addressHash() !== own) {
      own = addressHash();
      follow(lab, opening, own);
    }
  };
  window.addEventListener("hashchange", changed);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    // While it plays the step would change the address sixty times a second.
    const still = !lab.playing.value && !lab.busy.value;
    const watched = [lab.settings.value, lab.language.value, lab.theme.value];
    const more = [
      lab.contrast.value,
      lab.tab.value,
      lab.speed.value,
      lab.moment.value.step,
    ];
    clearTimeout(timer);
    if (still && lab.shape.value && watched.length + more.length) {
      timer = setTimeout(async () => {
        own = `#${(await lab.link()).hash}`;
        write(own);
      }, 300);
    }
  });
  return () => {
    stop();
    clearTimeout(timer);
    window.removeEventListener("hashchange", changed);
  };
}

async function follow(lab: Lab, opening: Opening, hash: string): Promise<void> {
  const read = await readLink(hash, opening.settings);
  const { settings, step, branch, ways, hidden, ...chosen } = read.state;
  batch(() => {
    for (const [name, value] of Object.entries(chosen)) {
      const signal = lab[name as keyof typeof chosen] as { value: unknown };
      signal.value = value;
    }
    lab.hidden.value = new Set(hidden ?? []);
  });
  const course = courseOf(read.state);
  await lab.start(settings ?? opening.settings, opening.given, course);
  const text = complaint(lab, read);
  if (text) {
    lab.say({ kind: "info", text });
  }
}

function courseOf({ ways, branch = 0, step = 0 }: Partial<LinkState>): Course {
  if (ways) {
    return { ways, moment: { branch, step } };
  }
  return step ? { ways: [{ from: null, deeds: [], head: step }] } : {};
}

function complaint(lab: Lab, { damaged, newer, absent }: LinkRead): string {
  const texts = [];
  if (damaged.length > 0) {
    texts.push(lab.t("link.damaged", { what: damaged.join(", ") }));
  }
  if (newer) {
    texts.push(lab.t("link.newer"));
  }
  if (absent === "mnist" && !lab.hasImages) {
    texts.push(lab.t("link.mnist"));
  }
  if (absent === "table" && lab.settings.value.data.kind !== "table") {
    texts.push(lab.t("link.table"));
  }
  return texts.join(" ");
}

/** In a sandboxed frame the address can neither be read nor written. */
function addressHash(): string {
  try {
    return location.hash;
  } catch {
    return "";
  }
}

function write(hash: string): void {
  try {
    history.replaceState(null, "", hash);
  } catch {
    // The address stays as it is: links are then had by the share dialog alone.
  }
}
