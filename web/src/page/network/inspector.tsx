/** The number that is selected, to read and to change by hand. */

import type { Choice, Shape } from "../../protocol";
import { NumberBox } from "../controls/fields";
import type { Lab } from "../lab";
import { choiceName, isThere, placeOf, unitsOf, numberOf } from "./weights";

export function Inspector({ lab }: { lab: Lab }) {
  const shape = lab.shape.value;
  const choice = lab.selection.value;
  if (!shape || !choice || !isThere(choice, shape)) {
    return <p class="inspector note">{lab.t("network.hint")}</p>;
  }
  return (
    <div class="inspector" role="group" aria-label={choiceName(lab, shape, choice)}>
      <b>{choiceName(lab, shape, choice)}</b>
      {choice.kind === "unit" ? (
        <Incoming lab={lab} shape={shape} choice={choice} />
      ) : (
        <Value lab={lab} shape={shape} choice={choice} label={lab.t("network.edit")} />
      )}
      <button type="button" class="quiet" onClick={() => (lab.selection.value = null)}>
        {lab.t("app.close")}
      </button>
    </div>
  );
}

type Weight = Exclude<Choice, { kind: "unit" }>;

interface Properties {
  lab: Lab;
  shape: Shape;
  choice: Weight;
  label: string;
}

function Value({ lab, shape, choice, label }: Properties) {
  const value = numberOf(choice, shape, lab.frame.value?.params) ?? 0;
  const { parameter, index } = placeOf(choice, shape);
  const put = (wanted: number) => lab.edit(parameter, index, wanted);
  return (
    <span class="value">
      <NumberBox lab={lab} label={label} value={value} digits={5} onPut={put} />
      <input
        type="range"
        aria-label={label}
        min={-4}
        max={4}
        step={0.01}
        value={value}
        onChange={({ currentTarget }) => put(Number(currentTarget.value))}
      />
    </span>
  );
}

/** As many as stand in the strip without scrolling far. */
const MOST = 12;

function Incoming({
  lab,
  shape,
  choice,
}: Omit<Properties, "choice" | "label"> & {
  choice: Extract<Choice, { kind: "unit" }>;
}) {
  const { layer, unit } = choice;
  const sources = Math.min(unitsOf(shape)[layer], MOST);
  const weights = Array.from({ length: sources }, (_, from) => from);
  const params = lab.frame.value?.params;
  const chip = (weight: Weight, name: string) => {
    const value = numberOf(weight, shape, params) ?? 0;
    return (
      <button
        key={name}
        type="button"
        class={`chip ${value < 0 ? "negative" : "positive"}`}
        onClick={() => (lab.selection.value = weight)}
      >
        <small>{name}</small> {lab.number(value)}
      </button>
    );
  };
  return (
    <span class="chips">
      {chip({ kind: "bias", layer, to: unit }, "b")}
      {weights.map((from) =>
        chip(
          { kind: "weight", layer, from, to: unit },
          layer === 0 ? shape.inputs[from] : `${from + 1}`,
        ),
      )}
    </span>
  );
}
