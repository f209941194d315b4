/** Light or dark, and the palette that goes with it: as chosen, or as the system is. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { makePalette, type Palette } from "./drawing/palette";
import type { Theme } from "./lab";

/** The palette, kept up to date, and how to end that. */
export function appearanceOf(
  theme: Signal<Theme>,
  contrast: Signal<boolean>,
): [ReadonlySignal<Palette>, () => void] {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = signal(system.matches);
  const changed = () => {
    dark.value = system.matches;
  };
  system.addEventListener("change", changed);
  const palette = computed(() => {
    const isDark = theme.value === "auto" ? dark.value : theme.value === "dark";
    return makePalette(isDark, contrast.value);
  });
  return [palette, () => system.removeEventListener("change", changed)];
}
