/** The last step of one parameter, broken down: gradient, rate, state, change. */

import { useEffect, useState } from "preact/hooks";
import formulas from "../../engine/formulas.tex";
import { OPTIMIZERS } from "../../engine/formulas";
import type { Lab } from "../../page/lab";
import type { Frame, Shape } from "../../protocol";
import { Note, Numbers } from "../parts/fields";
import { Equals, Formula, Num, Plus } from "../parts/mathml";
import { ParameterPick } from "../parts/parameter";
import {
  inside,
  indexOf,
  liveliest,
  nameOf,
  parameterAt,
  parameterOf,
  placeOf,
} from "../parts/parameters";

type Update = NonNullable<Frame["update"]>[number];

export function UpdatePanel({ lab }: { lab: Lab }) {
  const shape = lab.shape.value;
  return shape ? <Chosen lab={lab} shape={shape} /> : null;
}

function Chosen({ lab, shape }: { lab: Lab; shape: Shape }) {
  const [picked, pick] = useState<number | null>(null);
  const selected = inside(lab.selection.value, shape);
  const place =
    picked ?? (selected ? placeOf(parameterOf(selected, shape)) : liveliest(shape).first);
  const parameter = parameterAt(shape, Math.min(place, shape.size - 1));
  const [name, index] = [parameter.array.name, indexOf(parameter)];
  useEffect(
    () => lab.want({ update: [{ parameter: name, index }] }),
    [lab, name, index, lab.run.value],
  );
  const update = lab.frame.value?.update?.find(
    (found) => found.parameter === name && found.index === index,
  );
  return (
    <div class="update">
      <Note>{lab.t("update.text")}</Note>
      <div class="row">
        <ParameterPick lab={lab} label={lab.t("update.parameter")} place={place} onPick={pick} />
        <button type="button" class="primary" onClick={() => lab.stepBatch()}>
          {lab.t("update.take")}
        </button>
      </div>
      <Rule lab={lab} />
      {update && lab.moment.value.step > 0 ? (
        <Breakdown lab={lab} update={update} name={nameOf(parameter)} />
      ) : (
        <p>{lab.t("update.none")}</p>
      )}
    </div>
  );
}

function Rule({ lab }: { lab: Lab }) {
  const { optimizer } = lab.settings.value;
  const lines = Object.keys(formulas).filter((key) => key.startsWith(`optimizer.${optimizer}.`));
  return (
    <div class="formula">
      <span class="formula-label">
        {lab.t("update.formula", { name: lab.t(`optimizer.${optimizer}`) })}
      </span>
      {lines.map((key) => (
        // The build wrote this MathML from Kobai's own formulas.
        <div key={key} dangerouslySetInnerHTML={{ __html: formulas[key] }} />
      ))}
    </div>
  );
}

function Breakdown({ lab, update, name }: { lab: Lab; update: Update; name: string }) {
  const { before, gradient, decay, rate, state, change, after } = update;
  const { optimizer } = lab.settings.value;
  const number = (value: number) => lab.number(value, 5);
  const slots = OPTIMIZERS[optimizer].slots;
  const rows = [
    [lab.t("update.before"), number(before)],
    [lab.t("update.gradient"), number(gradient)],
    ...(decay ? [[lab.t("update.decay"), number(decay)]] : []),
    [lab.t("update.rate"), number(rate)],
    ...slots.map((slot) => [
      lab.t("update.state", { name: lab.t(`slot.${slot as "mean"}`) }),
      `${number(state[slot][0])} → ${number(state[slot][1])}`,
    ]),
    [lab.t("update.change"), number(change)],
    [lab.t("update.after"), number(after)],
  ];
  return (
    <>
      <Formula label={name}>
        <mi>w</mi>
        <mo>←</mo>
        <Num lab={lab} value={before} />
        {optimizer === "sgd" && !decay ? (
          <>
            <mo>−</mo>
            <Num lab={lab} value={rate} />
            <mo>×</mo>
            <Num lab={lab} value={gradient} inside />
          </>
        ) : (
          <>
            <Plus />
            <Num lab={lab} value={change} inside />
          </>
        )}
        <Equals />
        <Num lab={lab} value={after} />
      </Formula>
      <Numbers
        label={lab.t("update.title")}
        head={[lab.t("update.quantity"), lab.t("data.value")]}
        rows={rows}
      />
      <Note>{lab.t("update.mean")}</Note>
    </>
  );
}
