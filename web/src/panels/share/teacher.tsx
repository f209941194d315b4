/** For a class: which controls are hidden, and what is to be done. */

import { useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import { Note } from "../parts/fields";
import { LinkField, useLink } from "./share";

/** What can be hidden: the values of `data-control`. */
export const PARTS = [
  "data",
  "rows",
  "noise",
  "test-share",
  "network",
  "activation",
  "output",
  "loss",
  "initializer",
  "optimizer",
  "learning-rate",
  "regularisation",
  "batches",
  "seed",
  "speed",
  "curves",
  "panels",
  "export",
] as const;

const MOST_LETTERS = 600;

export function TeacherDialog({ lab }: { lab: Lab }) {
  const [hidden, hide] = useState<ReadonlySet<string>>(lab.hidden.value);
  const [task, put] = useState(lab.task.value);
  const { link, whole } = useLink(lab, hidden, task);
  const toggle = (name: string) => {
    const chosen = new Set(hidden);
    if (!chosen.delete(name)) {
      chosen.add(name);
    }
    hide(chosen);
  };
  return (
    <div class="teacher">
      <Note>{lab.t("teacher.text")}</Note>
      <label class="field">
        <span>{lab.t("teacher.task")}</span>
        <textarea
          rows={3}
          maxLength={MOST_LETTERS}
          placeholder={lab.t("teacher.example")}
          value={task}
          onInput={(event) => put(event.currentTarget.value)}
        />
      </label>
      <fieldset class="hide">
        <legend>{lab.t("teacher.hide")}</legend>
        {PARTS.map((name) => (
          <label key={name}>
            <input type="checkbox" checked={hidden.has(name)} onChange={() => toggle(name)} />
            {lab.t(`hide.${name}`)}
          </label>
        ))}
      </fieldset>
      <Note>{lab.t("teacher.keep")}</Note>
      <LinkField lab={lab} link={link} />
      {!whole && <Note>{lab.t("share.branch")}</Note>}
    </div>
  );
}
