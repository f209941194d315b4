/** What the inputs and the outputs are, beside them. */

import type { Shape } from "../../protocol";
import { pixels } from "../drawing/boxes";
import { IN_A_COLUMN, type Layout, type Unit } from "./layout";

/** About as wide as a letter of names is. */
const LETTER = 8;

/** The width of the names at the left and at the right of a network, each at `most` so much. */
export function roomForNames(shape: Shape, most: number): [number, number] {
  return [room(inputNames(shape), most), room(outputNames(shape), most)];
}

function inputNames({ inputs, picture }: Shape): string[] {
  return picture || inputs.length > IN_A_COLUMN ? [] : inputs;
}

/** A single output for two classes is none of the two. */
function outputNames({ classes, layers }: Shape): string[] {
  const { units } = layers[layers.length - 1];
  return classes && classes.length === units && units <= IN_A_COLUMN ? classes : [];
}

function room(names: string[], most: number): number {
  const longest = Math.max(0, ...names.map(widthOf));
  return Math.min(most, longest);
}

/** Letters of Chinese and Japanese are twice as wide. */
function widthOf(name: string): number {
  return Array.from(name).reduce(
    (sum, letter) => sum + (letter > "\u2fff" ? 2 : 1) * LETTER,
    6,
  );
}

export function Labels({ shape, layout }: { shape: Shape; layout: Layout }) {
  const inputs = layout.columns[0];
  const outputs = layout.columns[layout.columns.length - 1];
  const [left, right] = [inputNames(shape), outputNames(shape)];
  const [wide, wider] = layout.names.map((width) => Math.max(width, 20));
  const besideInput = ({ x, y, size }: Unit) =>
    pixels({ right: layout.width - x + size / 2 + 6, top: y, "max-width": wide });
  const besideOutput = ({ x, y, size }: Unit) =>
    pixels({ left: x + size / 2 + 6, top: y, "max-width": wider });
  return (
    <>
      {left.map((name, i) => (
        <span key={`i${name}`} class="unit-label" style={besideInput(inputs.units[i])}>
          {name}
        </span>
      ))}
      {right.map((name, i) => (
        <span
          key={`o${name}`}
          class="unit-label"
          style={besideOutput(outputs.units[i])}
        >
          {name}
        </span>
      ))}
      {!left.length && !inputs.picture && <Places units={inputs.units} shape={shape} />}
    </>
  );
}

/** Where names have no room, the pointer shows them. */
function Places({ units, shape }: { units: Unit[]; shape: Shape }) {
  return units.map(({ unit, x, y, size }) => (
    <span
      key={unit}
      class="unit-place"
      title={shape.inputs[unit]}
      style={pixels({
        left: x - size / 2,
        top: y - size / 2,
        width: size,
        height: size,
      })}
    />
  ));
}
