/** The task that a teacher's link sets, above everything. */

import type { Lab } from "../../page/lab";

export function TaskBanner({ lab }: { lab: Lab }) {
  return (
    <aside class="task card" aria-label={lab.t("app.task")}>
      <b>{lab.t("app.task")}</b>
      <p>{lab.task.value}</p>
      {lab.hidden.value.size > 0 && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            lab.hidden.value = new Set();
          }}
        >
          {lab.t("teacher.reveal")}
        </button>
      )}
    </aside>
  );
}
