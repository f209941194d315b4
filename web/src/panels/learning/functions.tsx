/** Activation functions and their derivatives; those of the network are marked. */

import { useState } from "preact/hooks";
import { Curve, Plot, pointsOf } from "../../charts/plot";
import { spaced } from "../../charts/scale";
import { ACTIVATIONS, type ActivationName } from "../../engine/formulas";
import { curveOf, slopeOf } from "../../charts/activation";
import formulas from "../../engine/formulas.tex";
import type { Lab } from "../../page/lab";
import { AsTable, Note, Slide } from "../parts/fields";

const ENDS = [-6, 6] as const;
const PLACES = spaced(ENDS, 121);

export function FunctionsPanel({ lab }: { lab: Lab }) {
  const [z, put] = useState(1);
  const names = (Object.keys(ACTIVATIONS) as ActivationName[]).filter(
    (name) => !ACTIVATIONS[name].rows,
  );
  const used = new Set(lab.shape.value?.layers.map(({ activation }) => activation));
  return (
    <div class="functions">
      <div class="row">
        <Note>{lab.t("functions.text")}</Note>
        <Slide
          label={lab.t("functions.at")}
          text={lab.number(z)}
          min={-6}
          max={6}
          step={0.1}
          value={z}
          onSlide={put}
        />
      </div>
      <p class="legend">
        <i class="line" /> {lab.t("functions.function")} <i class="line dashed" />{" "}
        {lab.t("functions.derivative")}
      </p>
      <div class="small-charts">
        {names.map((name) => (
          <OneFunction key={name} lab={lab} name={name} z={z} used={used.has(name)} />
        ))}
      </div>
      <AsTable
        label={lab.t("view.asTable")}
        head={["", `y(${lab.number(z)})`, `y′(${lab.number(z)})`]}
        rows={names.map((name) => [
          lab.t(`activation.${name}`),
          lab.number(curveOf(name)(z), 4),
          lab.number(slopeOf(name)(z), 4),
        ])}
      />
    </div>
  );
}

interface OneProps {
  lab: Lab;
  name: ActivationName;
  z: number;
  used: boolean;
}

function OneFunction({ lab, name, z, used }: OneProps) {
  const [f, slope] = [curveOf(name), slopeOf(name)];
  const title = lab.t(`activation.${name}`);
  return (
    <figure class={used ? "used" : undefined}>
      <figcaption>
        <b>{title}</b> {used && <span class="tag">{lab.t("functions.used")}</span>}
      </figcaption>
      <Plot x={ENDS} y={[-1.5, 3]} width={240} height={170} label={title}>
        {(x, y) => (
          <>
            <Curve x={x} y={y} points={inView(pointsOf(slope, PLACES))} class="curve dashed" />
            <Curve x={x} y={y} points={inView(pointsOf(f, PLACES))} />
            <Dot x={x(z)} y={f(z)} scale={y} kind="dot" />
            <Dot x={x(z)} y={slope(z)} scale={y} kind="dot hollow" />
          </>
        )}
      </Plot>
      <div class="formula" dangerouslySetInnerHTML={{ __html: formulas[`activation.${name}`] }} />
    </figure>
  );
}

/** What leaves the chart at the top is cut off. */
const inView = (points: [number, number][]) =>
  points.map(([x, y]): [number, number] => [x, y <= 3.05 && y >= -1.55 ? y : Number.NaN]);

interface DotProps {
  x: number;
  y: number;
  scale: (y: number) => number;
  kind: string;
}

function Dot({ x, y, scale, kind }: DotProps) {
  return y <= 3 && y >= -1.5 ? <circle class={kind} cx={x} cy={scale(y)} r={3.5} /> : null;
}
