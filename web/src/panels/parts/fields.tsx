/** Labelled controls, all of them the browser's own: keyboard and screen readers know them. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface Option<T> {
  value: T;
  label: string;
  disabled?: boolean;
}

interface PickProps<T> {
  label: string;
  value: T;
  options: Option<T>[];
  onPick: (value: T) => void;
  control?: string;
}

/** One of several, in a list that opens. */
export function Pick<T extends string | number>(props: PickProps<T>) {
  const { label, value, options, onPick, control } = props;
  const pick = (event: { currentTarget: HTMLSelectElement }) =>
    onPick(options[event.currentTarget.selectedIndex].value);
  return (
    <label class="field" data-control={control}>
      <span>{label}</span>
      <select value={value} onChange={pick}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** One of a few, all seen at once. */
export function Segments<T extends string | number>(props: PickProps<T>) {
  const { label, value, options, onPick, control } = props;
  const name = useId();
  return (
    <fieldset class="segments" data-control={control}>
      <legend class="hidden-text">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onPick(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface SlideProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** The value as it is read. */
  text: string;
  onSlide: (value: number) => void;
  /** When the hand lets go; without it, as the hand moves. */
  onDone?: (value: number) => void;
  control?: string;
}

export function Slide({ label, text, onSlide, onDone, control, ...range }: SlideProps) {
  const id = useId();
  return (
    <div class="field slide" data-control={control}>
      <label for={id}>
        {label} <output for={id}>{text}</output>
      </label>
      <input
        id={id}
        type="range"
        {...range}
        aria-valuetext={text}
        onInput={(event) => onSlide(event.currentTarget.valueAsNumber)}
        onChange={(event) => onDone?.(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

interface TableProps {
  label: string;
  head: string[];
  rows: (string | number)[][];
}

/** What a chart shows, in numbers, for whoever wants to read it. */
export function AsTable({ label, head, rows }: TableProps) {
  return (
    <details class="as-table">
      <summary>{label}</summary>
      <Numbers label={label} head={head} rows={rows} />
    </details>
  );
}

export function Numbers({ label, head, rows }: TableProps) {
  return (
    // Wide tables are scrolled, by keyboard too, rather than the page.
    <div class="scrolled" role="region" aria-label={label} tabIndex={0}>
      <table class="numbers">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Note({ children }: { children: ComponentChildren }) {
  return <p class="note">{children}</p>;
}
