/** Above each layer: how many units, which activation, how much dropout. */

import { ACTIVATIONS, type ActivationName } from "../../engine/formulas";
import type { HiddenLayer, Shape } from "../../protocol";
import type { Lab } from "../lab";
import {
  MOST_LAYERS,
  MOST_UNITS,
  outputsFor,
  withLayer,
  withNewLayer,
  withoutLayer,
} from "../settings";
import type { Column, Layout } from "./layout";
import { pixels } from "../drawing/boxes";

interface Properties {
  lab: Lab;
  shape: Shape;
  layout: Layout;
  head: { width: number; height: number };
}

export function Heads({ lab, shape, layout, head }: Properties) {
  const { hidden } = lab.settings.value;
  const last = layout.columns.length - 1;
  return (
    <div
      class="heads"
      style={head.height ? pixels({ height: head.height }) : undefined}
    >
      {layout.columns.map((column) => (
        <div
          class="head"
          key={column.index}
          style={pixels({ left: column.x, width: head.width })}
        >
          {column.index === 0 && head.height > 0 && (
            <b>{lab.t("network.inputLayer")}</b>
          )}
          {column.index === last && last > 0 && <OutputHead lab={lab} shape={shape} />}
          {hidden[column.index - 1] && column.index < last && (
            <HiddenHead
              lab={lab}
              at={column.index - 1}
              layer={hidden[column.index - 1]}
            />
          )}
        </div>
      ))}
    </div>
  );
}

const HIDDEN = (Object.keys(ACTIVATIONS) as ActivationName[]).filter(
  (name) => ACTIVATIONS[name].hidden,
);
const DROPOUTS = [0, 0.1, 0.2, 0.3, 0.5];

function HiddenHead({ lab, at, layer }: { lab: Lab; at: number; layer: HiddenLayer }) {
  const { hidden } = lab.settings.value;
  const put = (some: Partial<HiddenLayer>) =>
    lab.change({ hidden: withLayer(hidden, at, some) });
  const name = lab.t("network.hiddenLayer", { n: at + 1 });
  const shares = DROPOUTS.includes(layer.dropout)
    ? DROPOUTS
    : [...DROPOUTS, layer.dropout];
  return (
    <div role="group" aria-label={name}>
      <div class="stepper" data-control="network">
        <button
          type="button"
          aria-label={lab.t("network.removeUnit")}
          disabled={layer.units <= 1}
          onClick={() => put({ units: layer.units - 1 })}
        >
          −
        </button>
        <b>{layer.units}</b>
        <button
          type="button"
          aria-label={lab.t("network.addUnit")}
          disabled={layer.units >= MOST_UNITS}
          onClick={() => put({ units: layer.units + 1 })}
        >
          +
        </button>
        <button
          type="button"
          class="remove"
          aria-label={`${lab.t("network.removeLayer")}: ${name}`}
          title={lab.t("network.removeLayer")}
          onClick={() => lab.change({ hidden: withoutLayer(hidden, at) })}
        >
          ×
        </button>
      </div>
      <select
        data-control="activation"
        aria-label={lab.t("control.activation")}
        value={layer.activation}
        onChange={({ currentTarget }) =>
          put({ activation: currentTarget.value as ActivationName })
        }
      >
        {HIDDEN.map((activation) => (
          <option key={activation} value={activation}>
            {lab.t(`activation.${activation}`)}
          </option>
        ))}
      </select>
      <select
        class={layer.dropout ? "on" : "off"}
        data-control="regularisation"
        aria-label={lab.t("control.dropout")}
        value={layer.dropout}
        onChange={({ currentTarget }) => put({ dropout: Number(currentTarget.value) })}
      >
        {shares.map((share) => (
          <option key={share} value={share}>
            {share
              ? lab.t("network.dropout", { share: Math.round(share * 100) })
              : lab.t("network.noDropout")}
          </option>
        ))}
      </select>
    </div>
  );
}

function OutputHead({ lab, shape }: { lab: Lab; shape: Shape }) {
  const outputs = outputsFor(shape.task, shape.classes?.length ?? 0);
  const { output } = lab.settings.value;
  return (
    <div role="group" aria-label={lab.t("network.outputLayer")}>
      <b class="head-name">{lab.t("control.output")}</b>
      <select
        data-control="output"
        aria-label={lab.t("network.outputLayer")}
        value={output}
        onChange={({ currentTarget }) =>
          lab.change({ output: currentTarget.value as ActivationName })
        }
      >
        {outputs.map((name) => (
          <option key={name} value={name}>
            {lab.t(`activation.${name}`).replace(/ ?(関数|函数)$/, "")}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Between two columns: another layer can be put there. */
export function GapButtons({ lab, layout }: { lab: Lab; layout: Layout }) {
  const { hidden } = lab.settings.value;
  if (hidden.length >= MOST_LAYERS) {
    return null;
  }
  return (
    <div class="gaps" data-control="network">
      {layout.columns.slice(0, -1).map((column, at) => (
        <button
          key={column.index}
          type="button"
          style={pixels({ left: middle(column, layout.columns[at + 1]) })}
          aria-label={`${lab.t("network.addLayer")} (${at + 1})`}
          title={lab.t("network.addLayer")}
          onClick={() => lab.change({ hidden: withNewLayer(hidden, at) })}
        >
          +
        </button>
      ))}
    </div>
  );
}

function middle(left: Column, right: Column): number {
  return (left.x + left.width / 2 + right.x - right.width / 2) / 2;
}

/** Where there is no room between the columns: one more layer at the end. */
export function AddButton({ lab }: { lab: Lab }) {
  const { hidden } = lab.settings.value;
  return (
    <button
      type="button"
      class="add-layer"
      data-control="network"
      disabled={hidden.length >= MOST_LAYERS}
      onClick={() => lab.change({ hidden: withNewLayer(hidden, hidden.length) })}
    >
      + {lab.t("network.addLayer")}
    </button>
  );
}
