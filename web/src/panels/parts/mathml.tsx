/** Formulas with numbers in them, as MathML: browsers set it, screen readers read it. */

import type { ComponentChildren } from "preact";
import type { Lab } from "../../page/lab";

export function Formula({ label, children }: { label?: string; children: ComponentChildren }) {
  return (
    <div class="formula">
      {label && <span class="formula-label">{label}</span>}
      <math display="block">
        <mrow>{children}</mrow>
      </math>
    </div>
  );
}

/** A long formula, in pieces between which a line may end. */
export function LongFormula({ label, children }: { label?: string; children: ComponentChildren }) {
  return (
    <div class="formula long">
      {label && <span class="formula-label">{label}</span>}
      {children}
    </div>
  );
}

export function Piece({ children }: { children: ComponentChildren }) {
  return (
    <math>
      <mrow>{children}</mrow>
    </math>
  );
}

/** A number; in brackets where a minus would follow another sign. */
export function Num({ lab, value, inside }: { lab: Lab; value: number; inside?: boolean }) {
  const [digits, power] = lab.number(value, 4).split("e");
  const number = (
    <mrow class={value < 0 ? "negative" : "positive"}>
      <mn>{digits}</mn>
      {power && (
        <>
          <mo>×</mo>
          <msup>
            <mn>10</mn>
            <mn>{power.replace("+", "").replace("-", "−")}</mn>
          </msup>
        </>
      )}
    </mrow>
  );
  return inside && (value < 0 || power) ? (
    <mrow>
      <mo>(</mo>
      {number}
      <mo>)</mo>
    </mrow>
  ) : (
    number
  );
}

export function Sub({ of, by }: { of: string; by: ComponentChildren }) {
  return (
    <msub>
      <mi>{of}</mi>
      <mrow>{by}</mrow>
    </msub>
  );
}

/** ∂L/∂w */
export function Partial({ by }: { by: string }) {
  return (
    <mfrac>
      <mrow>
        <mo>∂</mo>
        <mi>L</mi>
      </mrow>
      <mrow>
        <mo>∂</mo>
        <mi>{by}</mi>
      </mrow>
    </mfrac>
  );
}

// Chromium sets no space around an operator that begins or ends a row, unless told.
export const Equals = () => (
  <mo lspace="0.28em" rspace="0.28em">
    =
  </mo>
);
export const Times = () => <mo>×</mo>;
export const Plus = () => (
  <mo lspace="0.22em" rspace="0.22em">
    +
  </mo>
);

interface SumProps {
  lab: Lab;
  pairs: { factor: number; by: number }[];
  most?: number;
}

/** Pieces of Σ of products: the largest written out, the rest as one number. */
export function Products({ lab, pairs, most = 6 }: SumProps) {
  const { shown, rest, left } = largest(pairs, most);
  return (
    <>
      {shown.map((pair, i) => (
        <Piece key={i}>
          {i > 0 && <Plus />}
          <Num lab={lab} value={pair.factor} inside={i > 0} />
          <Times />
          <Num lab={lab} value={pair.by} inside />
        </Piece>
      ))}
      {left > 0 && (
        <Piece>
          <Plus />
          <munder>
            <Num lab={lab} value={rest} inside />
            <mtext>{lab.t("explain.more", { n: left })}</mtext>
          </munder>
        </Piece>
      )}
    </>
  );
}

/** The products that count most, in their order, and the sum of the others. */
export function largest(pairs: { factor: number; by: number }[], most: number) {
  const size = ({ factor, by }: { factor: number; by: number }) => Math.abs(factor * by);
  const order = pairs.map((_, i) => i).sort((a, b) => size(pairs[b]) - size(pairs[a]));
  const kept = new Set(order.slice(0, most));
  const others = pairs.filter((_, i) => !kept.has(i));
  const rest = others.reduce((sum, { factor, by }) => sum + factor * by, 0);
  return { shown: pairs.filter((_, i) => kept.has(i)), rest, left: others.length };
}
