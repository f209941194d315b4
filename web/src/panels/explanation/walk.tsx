/** One sample through the network, layer by layer: forwards, then back. */

import { useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { Explanation, Shape } from "../../protocol";
import { layerName } from "./choosing";
import { type Stop, stops } from "./stops";

const MOST = 8;

interface Props {
  lab: Lab;
  shape: Shape;
  explanation: Explanation;
}

export function Walk({ lab, shape, explanation }: Props) {
  const [at, put] = useState(0);
  const all = stops(shape.layers.length);
  const here = all[Math.min(at, all.length - 1)];
  return (
    <section class="walk">
      <h3>{lab.t("explain.walk")}</h3>
      <div class="row">
        <button type="button" disabled={at === 0} onClick={() => put(at - 1)}>
          {lab.t("explain.walkBack")}
        </button>
        <button
          type="button"
          class="primary"
          disabled={at >= all.length - 1}
          onClick={() => put(at + 1)}
        >
          {lab.t("explain.walkOn")}
        </button>
        <span class="note">
          {at + 1} / {all.length}
        </span>
      </div>
      <p role="status">{said(lab, shape, explanation, here)}</p>
      <div class="scrolled flow" tabIndex={0} role="region" aria-label={lab.t("explain.walk")}>
        <Column
          lab={lab}
          title={lab.t("explain.inputs")}
          values={explanation.sample.x}
          active={here.kind === "input"}
        />
        {shape.layers.map((_, layer) => (
          <LayerColumn key={`layer ${layer}`} {...{ lab, shape, explanation, layer, here }} />
        ))}
      </div>
    </section>
  );
}

function said(lab: Lab, shape: Shape, explanation: Explanation, stop: Stop): string {
  switch (stop.kind) {
    case "input":
      return lab.t("explain.walkInput", { n: explanation.sample.x.length });
    case "loss":
      return lab.t("explain.walkLoss", { loss: lab.number(explanation.loss, 4) });
    case "update":
      return lab.t("explain.walkUpdate");
    default: {
      const { activation } = shape.layers[stop.layer];
      const values = {
        layer: layerName(lab, shape, stop.layer),
        activation: lab.t(`activation.${activation}`),
      };
      const forward = stop.kind === "forward";
      return lab.t(forward ? "explain.walkForward" : "explain.walkBackward", values);
    }
  }
}

function LayerColumn(props: Props & { layer: number; here: Stop }) {
  const { lab, shape, explanation, layer, here } = props;
  const { reached, returned } = here;
  const active = (here.kind === "forward" || here.kind === "backward") && here.layer === layer;
  return (
    <Column
      lab={lab}
      title={layerName(lab, shape, layer)}
      values={reached >= layer ? explanation.activations[layer] : null}
      deltas={returned <= layer ? explanation.deltas[layer] : null}
      count={shape.layers[layer].units}
      active={active}
    />
  );
}

interface ColumnProps {
  lab: Lab;
  title: string;
  values: number[] | null;
  deltas?: number[] | null;
  count?: number;
  active: boolean;
}

function Column({ lab, title, values, deltas, count = values?.length ?? 0, active }: ColumnProps) {
  const shown = Math.min(count, MOST);
  const cell = (numbers: number[] | null | undefined, i: number) =>
    numbers ? lab.number(numbers[i]) : "·";
  return (
    <table class={active ? "stop active" : "stop"} aria-current={active ? "step" : undefined}>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{deltas === undefined ? "x" : "y"}</th>
          {deltas !== undefined && <th scope="col">δ</th>}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: shown }, (_, i) => (
          <tr key={i}>
            <td>{cell(values, i)}</td>
            {deltas !== undefined && <td class="delta">{cell(deltas, i)}</td>}
          </tr>
        ))}
        {count > shown && (
          <tr>
            <td colSpan={deltas === undefined ? 1 : 2}>
              {lab.t("explain.more", { n: count - shown })}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
