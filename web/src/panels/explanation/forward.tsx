/** z = Σ wᵢ xᵢ + b and y = f(z), with the numbers of one sample. */

import { ACTIVATIONS } from "../../engine/formulas";
import type { Lab } from "../../page/lab";
import type { Explanation } from "../../protocol";
import { Equals, Formula, LongFormula, Num, Piece, Plus, Products, Sub } from "../parts/mathml";

interface Props {
  lab: Lab;
  explanation: Explanation;
  isOutput: boolean;
}

export function Forward({ lab, explanation, isOutput }: Props) {
  const { inputs, weights, bias, z, y, activation } = explanation.forward;
  const pairs = weights.map((factor, i) => ({ factor, by: inputs[i] }));
  const name = lab.t(`activation.${activation}`);
  return (
    <section>
      <h3>{lab.t("explain.forward")}</h3>
      <Formula label={lab.t("explain.sum")}>
        <mi>z</mi>
        <Equals />
        <munder>
          <mo>∑</mo>
          <mi>i</mi>
        </munder>
        <Sub of="w" by={<mi>i</mi>} />
        <Sub of="x" by={<mi>i</mi>} />
        <Plus />
        <mi>b</mi>
      </Formula>
      <LongFormula>
        <Piece>
          <mi>z</mi>
          <Equals />
        </Piece>
        <Products lab={lab} pairs={pairs} />
        <Piece>
          <Plus />
          <Num lab={lab} value={bias} inside />
        </Piece>
        <Piece>
          <Equals />
          <Num lab={lab} value={z} />
        </Piece>
      </LongFormula>
      <Formula label={lab.t("explain.activation", { name })}>
        <mi>y</mi>
        <Equals />
        <mi>f</mi>
        <mo>(</mo>
        <Num lab={lab} value={z} />
        <mo>)</mo>
        <Equals />
        <Num lab={lab} value={y} />
      </Formula>
      {ACTIVATIONS[activation].rows && <p class="note">{lab.t("explain.rows")}</p>}
      {isOutput && <Loss lab={lab} explanation={explanation} />}
    </section>
  );
}

function Loss({ lab, explanation }: { lab: Lab; explanation: Explanation }) {
  const { loss } = lab.settings.value;
  return (
    <Formula label={`${lab.t("explain.loss")}: ${lab.t(`loss.${loss}`)}`}>
      <mi>L</mi>
      <Equals />
      <Num lab={lab} value={explanation.loss} />
    </Formula>
  );
}
