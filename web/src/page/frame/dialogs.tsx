/** One dialog at a time, framed alike: title, close, Escape, focus back where it was. */

import licences from "kobai:licences";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { PANELS } from "../../panels/panels";
import { Icon } from "../controls/icons";
import type { Lab } from "../lab";
import { Help } from "./help";

export function Dialogs({ lab }: { lab: Lab }) {
  const name = lab.dialog.value;
  if (name === null) {
    return null;
  }
  const panel = PANELS.find((each) => each.slot === "dialog" && each.name === name);
  if (panel) {
    const View = panel.view;
    return (
      <Dialog lab={lab} key={name} title={lab.t(panel.title)}>
        <View lab={lab} />
      </Dialog>
    );
  }
  return (
    <Dialog lab={lab} key="help" title={lab.t("help.title")}>
      <Help lab={lab} />
      <details>
        <summary>{lab.t("app.licences")}</summary>
        <pre>{licences}</pre>
      </details>
    </Dialog>
  );
}

interface Properties {
  lab: Lab;
  title: string;
  children: ComponentChildren;
}

function Dialog({ lab, title, children }: Properties) {
  const element = useRef<HTMLDialogElement>(null);
  const close = () => {
    lab.dialog.value = null;
  };
  useLayoutEffect(() => element.current?.showModal(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself.
    <dialog
      ref={element}
      aria-label={title}
      onClose={close}
      onClick={(event) => event.target === element.current && close()}
    >
      <div class="dialog">
        <div class="card-head">
          <h2>{title}</h2>
          <button
            type="button"
            class="icon"
            aria-label={lab.t("app.close")}
            onClick={close}
          >
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
