/** The definition of the derivative beside back-propagation: (L(w+h) − L(w−h)) / 2h. */

import type { Lab } from "../../page/lab";
import type { Explanation } from "../../protocol";
import { Slide } from "../parts/fields";
import { Equals, Formula, LongFormula, Num, Piece } from "../parts/mathml";
import { verdict } from "./verdict";

interface Props {
  lab: Lab;
  numerical: NonNullable<Explanation["numerical"]>;
  h: number;
  onPick: (h: number) => void;
}

export function Difference({ lab, numerical, h, onPick }: Props) {
  const exponent = Math.round(Math.log10(h));
  return (
    <section>
      <h3>{lab.t("explain.check")}</h3>
      <p class="note">{lab.t("explain.centralText")}</p>
      <Slide
        label={lab.t("explain.h")}
        text={`10${superscript(exponent)}`}
        min={-12}
        max={-1}
        step={1}
        value={exponent}
        onSlide={(value) => onPick(10 ** value)}
      />
      <Quotient lab={lab} numerical={numerical} />
      <Verdict lab={lab} numerical={numerical} />
    </section>
  );
}

function Quotient({ lab, numerical }: Pick<Props, "lab" | "numerical">) {
  const { h, above, below, value } = numerical;
  return (
    <>
      <Formula label={lab.t("explain.central")}>
        <mfrac>
          <mrow>
            <mi>L</mi>
            <mo>(</mo>
            <mi>w</mi>
            <mo>+</mo>
            <mi>h</mi>
            <mo>)</mo>
            <mo>−</mo>
            <mi>L</mi>
            <mo>(</mo>
            <mi>w</mi>
            <mo>−</mo>
            <mi>h</mi>
            <mo>)</mo>
          </mrow>
          <mrow>
            <mn>2</mn>
            <mi>h</mi>
          </mrow>
        </mfrac>
      </Formula>
      <LongFormula>
        <Piece>
          <Equals />
          <mfrac>
            <mrow>
              <Digits value={above} />
              <mo>−</mo>
              <Digits value={below} />
            </mrow>
            <mrow>
              <mn>2</mn>
              <mo>×</mo>
              <msup>
                <mn>10</mn>
                <mn>{minus(Math.round(Math.log10(h)))}</mn>
              </msup>
            </mrow>
          </mfrac>
        </Piece>
        <Piece>
          <Equals />
          <Num lab={lab} value={value} />
        </Piece>
      </LongFormula>
    </>
  );
}

/** All the digits of a loss: those that cancel are the point. */
function Digits({ value }: { value: number }) {
  return <mn>{value.toPrecision(15)}</mn>;
}

function Verdict({ lab, numerical }: Pick<Props, "lab" | "numerical">) {
  const { code, digits } = verdict(numerical);
  return (
    <>
      <div class="twins">
        <p>
          <span>{lab.t("explain.analytic")}</span>
          <b>{lab.number(numerical.analytic, 8)}</b>
        </p>
        <p>
          <span>{lab.t("explain.central")}</span>
          <b>{lab.number(numerical.value, 8)}</b>
        </p>
      </div>
      <p class={`verdict ${code}`} role="status">
        {lab.t(`verdict.${code}`, { digits })}
      </p>
    </>
  );
}

const minus = (value: number) => `${value}`.replace("-", "−");

export function superscript(value: number): string {
  const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return [...`${value}`].map((sign) => (sign === "-" ? "⁻" : raised[Number(sign)])).join("");
}
