/** The formula of a neuron or a weight, with the numbers of one sample. */

import { useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { Choice, Explanation, Shape } from "../../protocol";
import { Note, Numbers } from "../parts/fields";
import { inside } from "../parts/parameters";
import { Picture } from "../parts/picture";
import { useExplanation } from "./asking";
import { Backward } from "./backward";
import { SampleChoice, UnitChoice } from "./choosing";
import { Difference } from "./difference";
import { Forward } from "./forward";
import { Walk } from "./walk";

export function ExplanationPanel({ lab }: { lab: Lab }) {
  const shape = lab.shape.value;
  return shape ? <Explained lab={lab} shape={shape} /> : null;
}

function Explained({ lab, shape }: { lab: Lab; shape: Shape }) {
  const [h, putH] = useState(1e-4);
  const choice = inside(lab.selection.value, shape) ?? firstOf(shape);
  const explanation = useExplanation(lab, choice, h);
  const isOutput = choice.layer === shape.layers.length - 1;
  return (
    <div class="explanation">
      <div class="row choices">
        <SampleChoice lab={lab} shape={shape} />
        <UnitChoice lab={lab} shape={shape} choice={choice} />
      </div>
      {lab.selection.value === null && <Note>{lab.t("explain.hint")}</Note>}
      {explanation && matches(explanation, shape) && (
        <>
          <SampleSeen lab={lab} shape={shape} explanation={explanation} />
          <div class="columns">
            <Forward lab={lab} explanation={explanation} isOutput={isOutput} />
            <Backward lab={lab} explanation={explanation} choice={choice} isOutput={isOutput} />
            {explanation.numerical ? (
              <Difference lab={lab} numerical={explanation.numerical} h={h} onPick={putH} />
            ) : (
              <WeightsOf lab={lab} shape={shape} choice={choice} explanation={explanation} />
            )}
          </div>
          <Walk lab={lab} shape={shape} explanation={explanation} />
        </>
      )}
    </div>
  );
}

/** Before something is selected, the first neuron is as good as any. */
const firstOf = (shape: Shape): Choice =>
  shape.layers.length > 1 || shape.inputs.length > 2
    ? { kind: "unit", layer: 0, unit: 0 }
    : { kind: "weight", layer: 0, from: 0, to: 0 };

/** An answer may be of the network before the last change. */
function matches(explanation: Explanation, shape: Shape): boolean {
  const units = explanation.activations.map((layer) => layer.length);
  return `${units}` === `${shape.layers.map((layer) => layer.units)}`;
}

function SampleSeen({ lab, shape, explanation }: SeenProps) {
  const { x, t } = explanation.sample;
  const truth = shape.classes ? classOf(shape, t) : lab.number(t[0], 4);
  const label = lab.t(shape.classes ? "explain.truth" : "explain.truthValue", { truth });
  return (
    <div class="sample row">
      {shape.picture ? (
        <Picture ink={x} {...shape.picture} high={1} label={label} />
      ) : (
        <p>
          {x.slice(0, 6).map((value, i) => (
            <span key={shape.inputs[i]} class="pair">
              {shape.inputs[i]} = <b>{lab.number(value, 4)}</b>
            </span>
          ))}
          {x.length > 6 && lab.t("explain.more", { n: x.length - 6 })}
        </p>
      )}
      <p>{label}</p>
      <p>
        {lab.t("explain.loss")}: <b>{lab.number(explanation.loss, 4)}</b>
      </p>
    </div>
  );
}

interface SeenProps {
  lab: Lab;
  shape: Shape;
  explanation: Explanation;
}

function classOf(shape: Shape, t: number[]): string {
  const label = t.length > 1 ? t.indexOf(Math.max(...t)) : Math.round(t[0]);
  return shape.classes?.[label] ?? `${label}`;
}

/** All that leads into a neuron, with its gradients; and how to compare one of them. */
function WeightsOf({ lab, shape, choice, explanation }: SeenProps & { choice: Choice }) {
  const { inputs, weights } = explanation.forward;
  const { delta } = explanation.backward;
  const name = (i: number) =>
    choice.layer ? lab.t("explain.neuronOf", { n: i + 1 }) : shape.inputs[i];
  const order = weights
    .map((_, i) => i)
    .sort((a, b) => Math.abs(inputs[b] * weights[b]) - Math.abs(inputs[a] * weights[a]))
    .slice(0, 12);
  const head = ["from", "x", "w", "product", "gradient"] as const;
  return (
    <section>
      <h3>{lab.t("explain.weights")}</h3>
      <Numbers
        label={lab.t("explain.weights")}
        head={head.map((key) => (key === "x" || key === "w" ? key : lab.t(`weights.${key}`)))}
        rows={order.map((i) => [
          name(i),
          ...[inputs[i], weights[i], inputs[i] * weights[i], delta * inputs[i]].map((value) =>
            lab.number(value),
          ),
        ])}
      />
      <Note>{lab.t("explain.needsWeight")}</Note>
    </section>
  );
}
