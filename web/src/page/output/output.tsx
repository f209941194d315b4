/** What the network answers, in the way that suits the data. */

import { useSignal } from "@preact/signals";
import type { Shape } from "../../protocol";
import { classColour, css } from "../drawing/palette";
import type { Lab } from "../lab";
import { LearnedCurve } from "./curve";
import { Pictures } from "./pictures";
import { PointsTable } from "./points-table";
import { Surface } from "./surface";

export function Output({ lab }: { lab: Lab }) {
  const showTest = useSignal(true);
  const sharp = useSignal(false);
  const asTable = useSignal(false);
  const shape = lab.shape.value;
  if (!shape) {
    return <div class="surface waiting" />;
  }
  const kind = kindOf(shape);
  const { t } = lab;
  const check = (
    signal: typeof sharp,
    key: "view.showTest" | "view.regions" | "view.asTable",
  ) => (
    <label class="check">
      <input
        type="checkbox"
        checked={signal.value}
        onChange={({ currentTarget }) => {
          signal.value = currentTarget.checked;
        }}
      />
      {t(key)}
    </label>
  );
  return (
    <>
      <h2>{t(titleOf(kind, shape))}</h2>
      {asTable.value && kind !== "pictures" && <PointsTable lab={lab} shape={shape} />}
      <div hidden={asTable.value && kind !== "pictures"}>
        {kind === "curve" && <LearnedCurve {...{ lab, shape, showTest }} />}
        {kind === "pictures" && <Pictures lab={lab} shape={shape} />}
        {kind === "surface" && <Surface {...{ lab, shape, showTest, sharp }} />}
      </div>
      {kind !== "pictures" && <Legend lab={lab} shape={shape} />}
      <p class="hidden-text">{inWords(lab, shape, kind)}</p>
      <div class="row checks">
        {kind !== "pictures" && check(showTest, "view.showTest")}
        {kind === "surface" && shape.task === "classes" && check(sharp, "view.regions")}
        {kind !== "pictures" && check(asTable, "view.asTable")}
      </div>
    </>
  );
}

type Kind = "surface" | "curve" | "pictures";

function kindOf(shape: Shape): Kind {
  if (shape.picture) {
    return "pictures";
  }
  return shape.inputs.length === 1 && shape.task === "regression" ? "curve" : "surface";
}

function titleOf(kind: Kind, { task }: Shape) {
  if (kind === "pictures") {
    return "view.pictures";
  }
  return task === "regression" ? "view.function" : "view.surface";
}

function inWords(lab: Lab, shape: Shape, kind: Kind): string {
  const [first, second] = lab.axes.value.map((axis) => shape.inputs[axis] ?? "");
  const { train, test } = shape.rows;
  return kind === "curve"
    ? lab.t("view.functionText", { first })
    : lab.t("view.surfaceText", { first, second, train, test });
}

/** As many as fit beside one another. */
const MOST = 10;

function Legend({ lab, shape }: { lab: Lab; shape: Shape }) {
  const palette = lab.palette.value;
  const classes = (shape.classes ?? []).slice(0, MOST);
  return (
    <ul class="legend">
      {classes.map((name, i) => (
        <li key={name}>
          <i style={{ background: css(classColour(palette, i)) }} />
          {name}
        </li>
      ))}
      <li>
        <i class="full" />
        {lab.t("curve.train")} {lab.counted(shape.rows.train)}
      </li>
      <li>
        <i class="hollow" />
        {lab.t("curve.test")} {lab.counted(shape.rows.test)}
      </li>
    </ul>
  );
}
