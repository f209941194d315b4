/** δ = ∂L/∂z of a neuron, and the gradients of what leads into it: ∂L/∂w = δ x. */

import type { Lab } from "../../page/lab";
import type { Choice, Explanation } from "../../protocol";
import {
  Equals,
  Formula,
  LongFormula,
  Num,
  Partial,
  Piece,
  Products,
  Sub,
  Times,
} from "../parts/mathml";

interface Props {
  lab: Lab;
  explanation: Explanation;
  choice: Choice;
  isOutput: boolean;
}

export function Backward({ lab, explanation, choice, isOutput }: Props) {
  return (
    <section>
      <h3>{lab.t("explain.backward")}</h3>
      {isOutput ? (
        <OutputError lab={lab} explanation={explanation} />
      ) : (
        <HiddenError lab={lab} explanation={explanation} />
      )}
      <Gradient lab={lab} explanation={explanation} choice={choice} />
    </section>
  );
}

function OutputError({ lab, explanation }: { lab: Lab; explanation: Explanation }) {
  const { output, loss } = lab.settings.value;
  const { delta } = explanation.backward;
  const simple = isDifference(output, loss);
  const { y } = explanation.forward;
  return (
    <LongFormula
      label={lab.t("explain.deltaOutput", {
        activation: lab.t(`activation.${output}`),
        loss: lab.t(`loss.${loss}`),
      })}
    >
      <Piece>
        <mi>δ</mi>
        <Equals />
        <Partial by="z" />
      </Piece>
      {simple && (
        <>
          <Piece>
            <Equals />
            <mi>y</mi>
            <mo>−</mo>
            <mi>t</mi>
          </Piece>
          <Piece>
            <Equals />
            <Num lab={lab} value={y} />
            <mo>−</mo>
            <Num lab={lab} value={y - delta} inside />
          </Piece>
        </>
      )}
      <Piece>
        <Equals />
        <Num lab={lab} value={delta} />
      </Piece>
    </LongFormula>
  );
}

/** Pairs of output and loss whose slopes cancel: ∂L/∂z is then y − t. */
function isDifference(output: string, loss: string): boolean {
  const pairs = ["softmax cross_entropy", "sigmoid binary_cross_entropy", "identity squared_error"];
  return pairs.includes(`${output} ${loss}`);
}

function HiddenError({ lab, explanation }: { lab: Lab; explanation: Explanation }) {
  const { next, slope, delta } = explanation.backward;
  const pairs = next.map(({ weight, delta }) => ({ factor: weight, by: delta }));
  return (
    <>
      <Formula label={lab.t("explain.deltaHidden")}>
        <mi>δ</mi>
        <Equals />
        <mo>(</mo>
        <munder>
          <mo>∑</mo>
          <mi>j</mi>
        </munder>
        <Sub of="w" by={<mi>j</mi>} />
        <Sub of="δ" by={<mi>j</mi>} />
        <mo>)</mo>
        <msup>
          <mi>f</mi>
          <mo>′</mo>
        </msup>
        <mo>(</mo>
        <mi>z</mi>
        <mo>)</mo>
      </Formula>
      <LongFormula>
        <Piece>
          <mi>δ</mi>
          <Equals />
          <mo>(</mo>
        </Piece>
        <Products lab={lab} pairs={pairs} />
        <Piece>
          <mo>)</mo>
          <Times />
          <Num lab={lab} value={slope} inside />
        </Piece>
        <Piece>
          <Equals />
          <Num lab={lab} value={delta} />
        </Piece>
      </LongFormula>
    </>
  );
}

function Gradient({ lab, explanation, choice }: Omit<Props, "isOutput">) {
  const { delta } = explanation.backward;
  if (choice.kind === "bias") {
    return (
      <Formula label={lab.t("explain.gradientBias")}>
        <Partial by="b" />
        <Equals />
        <mi>δ</mi>
        <Equals />
        <Num lab={lab} value={delta} />
      </Formula>
    );
  }
  // Of a neuron as a whole, the weight that counts most stands for all.
  const from = choice.kind === "weight" ? choice.from : loudest(explanation.forward.inputs);
  const input = explanation.forward.inputs[from];
  return (
    <LongFormula label={lab.t("explain.gradient")}>
      <Piece>
        <Partial by="w" />
        <Equals />
        <mi>δ</mi>
        <Times />
        <mi>x</mi>
      </Piece>
      <Piece>
        <Equals />
        <Num lab={lab} value={delta} />
        <Times />
        <Num lab={lab} value={input} inside />
      </Piece>
      <Piece>
        <Equals />
        <Num lab={lab} value={delta * input} />
      </Piece>
    </LongFormula>
  );
}

const loudest = (inputs: number[]) =>
  inputs.reduce((best, value, i) => (Math.abs(value) > Math.abs(inputs[best]) ? i : best), 0);
