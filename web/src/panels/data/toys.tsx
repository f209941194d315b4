/** The toy sets: which one, how many points, how much noise. */

import { useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { DataSettings, ToyName } from "../../protocol";
import { Note, Slide } from "../parts/fields";
import { ToyIcon } from "./icons";

type Toy = Extract<DataSettings, { kind: "toy" }>;

/** The noise that each set has in Kobai where none is given. */
const USUAL: Record<ToyName, { rows: number; noise: number; most: number }> = {
  spiral: { rows: 300, noise: 0.1, most: 0.6 },
  circles: { rows: 300, noise: 0.05, most: 0.3 },
  gaussians: { rows: 300, noise: 0.3, most: 1 },
  moons: { rows: 300, noise: 0.1, most: 0.5 },
  xor: { rows: 200, noise: 0.15, most: 0.5 },
  sine: { rows: 50, noise: 0, most: 0.3 },
};

export function ToyPart({ lab }: { lab: Lab }) {
  const { data } = lab.settings.value;
  if (data.kind !== "toy") {
    return null;
  }
  return (
    <>
      <fieldset class="toys" data-control="data">
        <legend class="hidden-text">{lab.t("data.toy")}</legend>
        {(Object.keys(USUAL) as ToyName[]).map((name) => (
          <label key={name} title={lab.t(`toyText.${name}`)}>
            <input
              type="radio"
              name="toy"
              checked={name === data.name}
              onChange={() => lab.change({ data: first(name) })}
            />
            <span>
              <ToyIcon name={name} />
              {lab.t(`toy.${name}`)}
            </span>
          </label>
        ))}
      </fieldset>
      <Note>{lab.t(`toyText.${data.name}`)}</Note>
      <Amount lab={lab} data={data} />
    </>
  );
}

function first(name: ToyName): Toy {
  const { rows, noise } = USUAL[name];
  return { kind: "toy", name, rows, noise };
}

function Amount({ lab, data }: { lab: Lab; data: Toy }) {
  const [moved, move] = useState<Toy | null>(null);
  const shown = moved?.name === data.name ? moved : data;
  const done = () => {
    if (moved) {
      lab.change({ data: moved });
      move(null);
    }
  };
  return (
    <>
      <Slide
        label={lab.t("data.rows")}
        text={lab.counted(shown.rows)}
        min={data.name === "sine" ? 10 : 50}
        max={data.name === "sine" ? 200 : 1000}
        step={10}
        value={shown.rows}
        control="rows"
        onSlide={(rows) => move({ ...shown, rows })}
        onDone={done}
      />
      <Slide
        label={lab.t("data.noise")}
        text={lab.number(shown.noise)}
        min={0}
        max={USUAL[data.name].most}
        step={0.01}
        value={shown.noise}
        control="noise"
        onSlide={(noise) => move({ ...shown, noise })}
        onDone={done}
      />
    </>
  );
}
