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

/** A number; in brackets where a minus would follow another sign. */
export function Num({ lab, value, inside }: { lab: Lab; value: number; inside?: boolean }) {
  const text = lab.number(value, 4);
  const number = <mn class={value < 0 ? "negative" : "positive"}>{text}</mn>;
  return inside && value < 0 ? (
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

export const Equals = () => <mo>=</mo>;
export const Times = () => <mo>×</mo>;
export const Plus = () => <mo>+</mo>;

interface SumProps {
  lab: Lab;
  pairs: { factor: number; by: number }[];
  most?: number;
  children?: ComponentChildren;
}

/** Σ of products, with the largest written out, the rest as one number. */
export function Products({ lab, pairs, most = 6 }: SumProps) {
  const { shown, rest, left } = largest(pairs, most);
  return (
    <>
      {shown.map((pair, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: terms have no other name
        <mrow key={i}>
          {i > 0 && <Plus />}
          <Num lab={lab} value={pair.factor} inside={i > 0} />
          <Times />
          <Num lab={lab} value={pair.by} inside />
        </mrow>
      ))}
      {left > 0 && (
        <mrow>
          <Plus />
          <munder>
            <Num lab={lab} value={rest} inside />
            <mtext>{lab.t("explain.more", { n: left })}</mtext>
          </munder>
        </mrow>
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
