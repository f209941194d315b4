/** The page by itself. */

import type { Packed } from "./page/opening/given";
import { mount } from "./page/mount";

const element = document.getElementById("lab") ?? document.body;
const text = document.getElementById("kobai-given")?.textContent ?? "null";

function packed(): Packed | null {
  try {
    return JSON.parse(text);
  } catch {
    // A page cut off in the middle is a page without data.
    return null;
  }
}

mount(element, { packed: packed(), linked: true });
