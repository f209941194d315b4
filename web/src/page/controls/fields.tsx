/** The inputs of the page: native ones, with a label and a clear way to say no. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Pick } from "../../panels/parts/fields";
import type { Lab } from "../lab";

interface FieldProperties {
  label: string;
  control?: string;
  children: ComponentChildren;
  hint?: string;
}

export function Field({ label, control, children, hint }: FieldProperties) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children.
    <label class="field" data-control={control} title={hint}>
      <span>{label}</span>
      {children}
    </label>
  );
}

interface ChoiceProperties<Name extends string> {
  label: string;
  control?: string;
  value: Name;
  names: readonly Name[];
  text: (name: Name) => string;
  onPut: (name: Name) => void;
}

export function Choices<Name extends string>(properties: ChoiceProperties<Name>) {
  const { names, text, onPut, ...rest } = properties;
  const options = names.map((value) => ({ value, label: text(value) }));
  return <Pick {...rest} options={options} onPick={onPut} />;
}

interface NumberProperties {
  lab: Lab;
  label: string;
  value: number;
  digits?: number;
  low?: number;
  high?: number;
  whole?: boolean;
  onPut: (value: number) => void;
}

/** A number to type: taken on Enter or when left, refused where it makes no sense. */
export function NumberBox(properties: NumberProperties) {
  const { lab, label, value, digits, low, high, whole, onPut } = properties;
  const [typed, setTyped] = useState<string | null>(null);
  const shown = digits ? Number(value.toPrecision(digits)) : value;
  const wrong = typed !== null && !isNumber(typed, low, high, whole);

  function put(): void {
    if (typed !== null && !wrong && Number(typed) !== value) {
      onPut(Number(typed));
    }
    setTyped(null);
  }

  return (
    <input
      class="number"
      type="text"
      inputMode="decimal"
      autocomplete="off"
      aria-label={label}
      aria-invalid={wrong}
      title={wrong ? need(lab, low, high, whole) : undefined}
      value={typed ?? String(shown)}
      onFocus={({ currentTarget }) => currentTarget.select()}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={put}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          put();
        } else if (event.key === "Escape") {
          setTyped(null);
          event.currentTarget.blur();
          event.stopPropagation();
        } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
          event.preventDefault();
          const up = event.key === "ArrowUp";
          const next = stepped(value, up, whole);
          if (isNumber(String(next), low, high, whole)) {
            onPut(next);
          }
        }
      }}
    />
  );
}

function isNumber(text: string, low = -1e9, high = 1e9, whole = false): boolean {
  const value = Number(text);
  const fits = text.trim() !== "" && value >= low && value <= high;
  return fits && (!whole || Number.isInteger(value));
}

function need(lab: Lab, low = -1e9, high = 1e9, whole = false): string {
  const key = whole ? "error.needWhole" : "error.needNumber";
  return lab.t(key, { low: lab.number(low), high: lab.number(high) });
}

/** By one, or by a tenth of the number's own size. */
function stepped(value: number, up: boolean, whole = false): number {
  const size = whole ? 1 : 10 ** Math.floor(Math.log10(Math.abs(value) || 1) - 0.001);
  const next = value + (up ? size : -size) * (whole ? 1 : 0.5);
  return Number(next.toPrecision(6));
}

interface SliderProperties extends NumberProperties {
  control?: string;
  /** The values that the slider stops at. */
  stops: readonly number[];
}

/** A slider over useful values, beside a box for any other. */
export function Slider(properties: SliderProperties) {
  const { lab, label, control, value, stops, onPut } = properties;
  const nearest = stops.reduce(
    (best, stop, i) => (near(stop, value) < near(stops[best], value) ? i : best),
    0,
  );
  return (
    <div class="field slider" data-control={control} role="group" aria-label={label}>
      <span>{label}</span>
      <NumberBox {...properties} />
      <input
        type="range"
        aria-label={label}
        aria-valuetext={lab.number(value)}
        min={0}
        max={stops.length - 1}
        step={1}
        value={nearest}
        onInput={({ currentTarget }) => onPut(stops[Number(currentTarget.value)])}
      />
    </div>
  );
}

/** Distance on a logarithmic scale, where 0 is far from all. */
function near(a: number, b: number): number {
  return Math.abs(Math.log((a || 1e-9) / (b || 1e-9)));
}
