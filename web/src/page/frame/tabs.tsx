/** The lower region: one panel at a time, chosen by tabs. */

import { PANELS } from "../../panels/panels";
import type { Lab } from "../lab";

export function Tabs({ lab }: { lab: Lab }) {
  const panels = PANELS.filter(
    (panel) => panel.slot === "tab" && (panel.fits?.(lab) ?? true),
  );
  const open = panels.find((panel) => panel.name === lab.tab.value) ?? panels[0];
  if (!open) {
    return null;
  }
  const View = open.view;

  function go(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) {
      const at = panels.indexOf(open) + by + panels.length;
      const next = panels[at % panels.length];
      lab.tab.value = next.name;
      const group = event.currentTarget as HTMLElement;
      group.querySelector<HTMLElement>(`[data-tab="${next.name}"]`)?.focus();
      event.preventDefault();
    }
  }

  return (
    <>
      <div
        class="tablist"
        role="tablist"
        aria-label={lab.t("app.panels")}
        onKeyDown={go}
      >
        {panels.map((panel) => (
          <button
            key={panel.name}
            type="button"
            role="tab"
            data-tab={panel.name}
            aria-selected={panel === open}
            tabIndex={panel === open ? 0 : -1}
            onClick={() => {
              lab.tab.value = panel.name;
            }}
          >
            {lab.t(panel.title)}
          </button>
        ))}
      </div>
      <div class="tabpanel" role="tabpanel" aria-label={lab.t(open.title)}>
        <View key={open.name} lab={lab} />
      </div>
    </>
  );
}
