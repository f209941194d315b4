/** Loss and score over the steps, for every branch. */

import { useSignal } from "@preact/signals";
import type { Lab } from "../lab";
import { indexAt, lineage } from "../timeline";
import { css } from "../drawing/palette";
import { Branches, branchColour } from "./branches";
import { Chart } from "./chart";
import { CurvesTable } from "./curves-table";
import { measureName } from "./timeline";

export function Curves({ lab }: { lab: Lab }) {
  const logarithmic = useSignal(false);
  const asTable = useSignal(false);
  const { t } = lab;
  return (
    <>
      <h2>{t("curve.title")}</h2>
      <Branches lab={lab} />
      {asTable.value ? (
        <CurvesTable lab={lab} />
      ) : (
        <>
          <Caption lab={lab} measure="Loss" />
          <Chart lab={lab} measure="Loss" logarithmic={logarithmic} height={170} />
          <Caption lab={lab} measure="Score" />
          <Chart lab={lab} measure="Score" logarithmic={logarithmic} height={130} />
        </>
      )}
      <div class="row checks">
        <Check label={t("curve.log")} signal={logarithmic} />
        <Check label={t("view.asTable")} signal={asTable} />
      </div>
      <p class="note">{t("timeline.hint")}</p>
    </>
  );
}

function Check({ label, signal }: { label: string; signal: { value: boolean } }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={signal.value}
        onChange={({ currentTarget }) => {
          signal.value = currentTarget.checked;
        }}
      />
      {label}
    </label>
  );
}

/** The measure's name and its newest numbers: the legend of the lines at once. */
function Caption({ lab, measure }: { lab: Lab; measure: "Loss" | "Score" }) {
  const history = lineage(lab.branches.value, lab.moment.value.branch);
  const { branch } = lab.moment.value;
  const index = lab.branches.value.findIndex(({ id }) => id === branch);
  const colour = css(branchColour(lab.palette.value, index));
  const at = indexAt(history.step, lab.moment.value.step);
  const part = (name: "train" | "test") => {
    const value = history[`${name}${measure}`][at];
    const known = value !== undefined && !Number.isNaN(value);
    return (
      <span class={`part ${name}`}>
        <i style={{ "border-top-color": colour }} />
        {lab.t(`curve.${name}`)} <b>{known ? lab.number(value) : "–"}</b>
      </span>
    );
  };
  return (
    <p class="caption">
      <b>{measureName(lab, measure)}</b>
      {part("train")}
      {part("test")}
    </p>
  );
}
