/** Activations and gradients of every layer as distributions, and what they tell. */

import { useEffect } from "preact/hooks";
import { short } from "../../charts/plot";
import { layerName } from "../explanation/choosing";
import type { Lab } from "../../page/lab";
import type { Shape } from "../../protocol";
import { AsTable } from "../parts/fields";
import { type Distribution, meanSize, type Sign, sign } from "./signs";
import { zeroPlace } from "./zero";

const WIDTH = 220;
const HEIGHT = 92;
const HEAD = [
  "explain.layer",
  "distribution.of",
  "distribution.size",
  "distribution.low",
  "distribution.high",
] as const;

export function LayersPanel({ lab }: { lab: Lab }) {
  useEffect(() => lab.want({ distributions: true }), [lab]);
  const shape = lab.shape.value;
  const found = lab.frame.value?.distributions;
  if (!shape || !found?.length) {
    return null;
  }
  return (
    <div class="layers">
      <p class="verdict" role="status">
        {said(lab, shape, sign(found, shape))}
      </p>
      {(["activation", "gradient"] as const).map((of) => (
        <section key={of}>
          <h3>{lab.t(`every.${of}`)}</h3>
          <div class="small-charts">
            {found
              .filter((one) => one.of === of)
              .map((one) => (
                <Histogram key={one.layer} lab={lab} shape={shape} one={one} />
              ))}
          </div>
        </section>
      ))}
      <AsTable
        label={lab.t("view.asTable")}
        head={HEAD.map((key) => lab.t(key))}
        rows={found.map((one) => [
          layerName(lab, shape, one.layer),
          lab.t(`of.${one.of}`),
          lab.number(meanSize(one)),
          lab.number(one.low),
          lab.number(one.high),
        ])}
      />
    </div>
  );
}

function said(lab: Lab, shape: Shape, sign: Sign): string {
  switch (sign.code) {
    case "vanish":
    case "explode":
      return lab.t(`sign.${sign.code}`, { times: lab.number(sign.times, 2) });
    case "saturate":
    case "dead": {
      const { activation } = shape.layers[sign.layer];
      return lab.t(`sign.${sign.code}`, {
        share: `${Math.round(100 * sign.share)} %`,
        layer: layerName(lab, shape, sign.layer),
        activation: lab.t(`activation.${activation}`),
      });
    }
    default:
      return lab.t(`sign.${sign.code}`);
  }
}

function Histogram({ lab, shape, one }: { lab: Lab; shape: Shape; one: Distribution }) {
  const most = Math.max(1, ...one.counts);
  const bar = WIDTH / one.counts.length;
  const name = layerName(lab, shape, one.layer);
  const [low, high] = [lab.number(one.low, 2), lab.number(one.high, 2)];
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <svg
        viewBox={`0 -4 ${WIDTH} ${HEIGHT + 22}`}
        role="img"
        class={`histogram ${one.of}`}
        aria-label={lab.t("distribution.chart", { what: name, low, high })}
      >
        {[...one.counts].map((count, i) => (
          <rect
            key={i}
            x={i * bar}
            width={Math.max(0.5, bar - 0.6)}
            y={HEIGHT - (HEIGHT * count) / most}
            height={(HEIGHT * count) / most}
          />
        ))}
        <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        <text x={0} y={HEIGHT + 14}>
          {low}
        </text>
        <Zero one={one} labels={[low, high]} />
        <text x={WIDTH} y={HEIGHT + 14} text-anchor="end">
          {high}
        </text>
      </svg>
    </figure>
  );
}

function Zero({ one, labels }: { one: Distribution; labels: [string, string] }) {
  const place = zeroPlace(one, labels, WIDTH);
  return place === null ? null : (
    <text x={place} y={HEIGHT + 14} text-anchor="middle">
      {short(0)}
    </text>
  );
}
