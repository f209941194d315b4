/** Which sample, and which neuron or weight of the network: all without the mouse, too. */

import type { Lab } from "../../page/lab";
import type { Choice, Shape } from "../../protocol";
import { Pick, Segments } from "../parts/fields";

export function SampleChoice({ lab, shape }: { lab: Lab; shape: Shape }) {
  const { row, part } = lab.sample.value;
  const count = shape.rows[part];
  const go = (to: number) => {
    lab.sample.value = { part, row: (to + count) % count };
  };
  const parts = (["train", "test"] as const).map((value) => ({
    value,
    label: lab.t(`part.${value}`),
    disabled: shape.rows[value] === 0,
  }));
  return (
    <div class="row">
      <Segments
        label={lab.t("data.part")}
        value={part}
        options={parts}
        onPick={(value) => {
          lab.sample.value = { part: value, row: 0 };
        }}
      />
      <div class="steps-through">
        <button type="button" onClick={() => go(row - 1)} aria-label={lab.t("explain.previous")}>
          ‹
        </button>
        <label class="field inline">
          <span>{lab.t("data.sample")}</span>
          <input
            type="number"
            min={0}
            max={count - 1}
            value={row}
            onChange={(event) => {
              const typed = Math.round(event.currentTarget.valueAsNumber);
              if (typed >= 0 && typed < count) {
                go(typed);
              }
            }}
          />
        </label>
        <button type="button" onClick={() => go(row + 1)} aria-label={lab.t("explain.next")}>
          ›
        </button>
      </div>
    </div>
  );
}

interface Props {
  lab: Lab;
  shape: Shape;
  choice: Choice;
}

export function UnitChoice({ lab, shape, choice }: Props) {
  const { layer } = choice;
  const unit = choice.kind === "unit" ? choice.unit : choice.to;
  const pick = (some: Choice) => {
    lab.selection.value = some;
  };
  return (
    <div class="row">
      <Pick
        label={lab.t("explain.layer")}
        value={layer}
        options={shape.layers.map((_, value) => ({ value, label: layerName(lab, shape, value) }))}
        onPick={(value) => pick({ kind: "unit", layer: value, unit: 0 })}
      />
      <Pick
        label={lab.t("explain.neuron")}
        value={unit}
        options={shape.layers[layer].units > 0 ? neurons(lab, shape, layer) : []}
        onPick={(value) => pick({ kind: "unit", layer, unit: value })}
      />
      <Pick
        label={lab.t("explain.input")}
        value={choice.kind === "weight" ? choice.from : choice.kind}
        options={sources(lab, shape, layer)}
        onPick={(value) => pick(chosenBy(value, layer, unit))}
      />
    </div>
  );
}

function chosenBy(value: string | number, layer: number, unit: number): Choice {
  if (value === "unit") {
    return { kind: "unit", layer, unit };
  }
  return value === "bias"
    ? { kind: "bias", layer, to: unit }
    : { kind: "weight", layer, from: Number(value), to: unit };
}

export function layerName(lab: Lab, shape: Shape, layer: number): string {
  return layer === shape.layers.length - 1
    ? lab.t("explain.output")
    : lab.t("explain.hidden", { n: layer + 1 });
}

function neurons(lab: Lab, shape: Shape, layer: number) {
  const isOutput = layer === shape.layers.length - 1;
  return Array.from({ length: shape.layers[layer].units }, (_, value) => ({
    value,
    label:
      isOutput && shape.classes?.[value] && shape.layers[layer].units > 1
        ? lab.t("points.class", { name: shape.classes[value] })
        : `${value + 1}`,
  }));
}

function sources(lab: Lab, shape: Shape, layer: number) {
  const count = layer ? shape.layers[layer - 1].units : shape.inputs.length;
  const weights = Array.from({ length: count }, (_, value) => ({
    value: value as string | number,
    label: layer ? lab.t("explain.neuronOf", { n: value + 1 }) : shape.inputs[value],
  }));
  return [
    { value: "unit", label: lab.t("explain.all") },
    ...weights,
    { value: "bias", label: lab.t("explain.bias") },
  ];
}
