/**
 * The units as buttons over their tiles: one tab stop, arrow keys between them.
 *
 * Up and down walk within a layer, left and right from layer to layer, Page Up and Page
 * Down through the weights that come into the unit, plus and minus change the layer.
 */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Choice, Shape } from "../../protocol";
import type { Lab } from "../lab";
import { MOST_UNITS, withLayer } from "../settings";
import type { Column, Layout } from "./layout";
import { unitName, unitsOf } from "./weights";
import { pixels } from "../drawing/boxes";

interface Properties {
  lab: Lab;
  shape: Shape;
  layout: Layout;
}

interface Stop {
  column: number;
  unit: number;
}

export function Units({ lab, shape, layout }: Properties) {
  const stop = useSignal<Stop>({ column: 1, unit: 0 });
  const group = useRef<HTMLDivElement>(null);
  const { column, unit } = inside(stop.value, layout);

  function go(next: Stop): void {
    stop.value = inside(next, layout);
    const { column, unit } = stop.value;
    const name = `[data-unit="${column}-${unit}"]`;
    group.current?.querySelector<HTMLElement>(name)?.focus();
  }

  function pressed(event: KeyboardEvent): void {
    const next = moved(event.key, { column, unit });
    if (next) {
      go(next);
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      lab.selection.value = nextWeight(
        lab.selection.value,
        { column, unit },
        shape,
        event.key === "PageDown" ? 1 : -1,
      );
    } else if (event.key === "+" || event.key === "-") {
      resize(lab, column, event.key === "+" ? 1 : -1);
    } else if (event.key === "Escape") {
      lab.selection.value = null;
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div
      ref={group}
      class="units"
      role="group"
      aria-label={lab.t("network.label")}
      aria-description={lab.t("network.keys")}
      onKeyDown={pressed}
    >
      {layout.columns.slice(1).flatMap((each) =>
        each.units.map((place) => (
          <button
            key={`${each.index}-${place.unit}`}
            type="button"
            class="unit"
            data-unit={`${each.index}-${place.unit}`}
            style={pixels({
              left: place.x - place.size / 2,
              top: place.y - place.size / 2,
              width: place.size,
              height: place.size,
            })}
            tabIndex={each.index === column && place.unit === unit ? 0 : -1}
            aria-label={unitName(lab, shape, each.index, place.unit)}
            aria-pressed={isChosen(lab.selection.value, each, place.unit)}
            onClick={(event) => {
              // A key has no place of its own: the stage could not tell what it meant.
              if (event.detail === 0) {
                event.stopPropagation();
                toggle(lab, each.index - 1, place.unit);
              }
            }}
            onFocus={() => {
              stop.value = { column: each.index, unit: place.unit };
            }}
          />
        )),
      )}
    </div>
  );
}

function toggle(lab: Lab, layer: number, unit: number): void {
  const { value } = lab.selection;
  const same = value?.kind === "unit" && value.layer === layer && value.unit === unit;
  lab.selection.value = same ? null : { kind: "unit", layer, unit };
}

function isChosen(choice: Choice | null, { index }: Column, unit: number): boolean {
  return choice?.kind === "unit" && choice.layer === index - 1 && choice.unit === unit;
}

function inside({ column, unit }: Stop, { columns }: Layout): Stop {
  const at = Math.max(1, Math.min(column, columns.length - 1));
  const last = columns[at].units.length - 1;
  return { column: at, unit: Math.max(0, Math.min(unit, last)) };
}

function moved(key: string, { column, unit }: Stop): Stop | null {
  switch (key) {
    case "ArrowUp":
      return { column, unit: unit - 1 };
    case "ArrowDown":
      return { column, unit: unit + 1 };
    case "ArrowLeft":
      return { column: column - 1, unit };
    case "ArrowRight":
      return { column: column + 1, unit };
    case "Home":
      return { column, unit: 0 };
    case "End":
      return { column, unit: Number.MAX_SAFE_INTEGER };
    default:
      return null;
  }
}

/** The bias, then each weight into the unit, then the bias again. */
function nextWeight(
  choice: Choice | null,
  { column, unit }: Stop,
  shape: Shape,
  by: number,
): Choice {
  const layer = column - 1;
  const sources = unitsOf(shape)[layer];
  const here = choice && choice.layer === layer && choice.kind !== "unit";
  const at =
    !here || choice.to !== unit ? -by : choice.kind === "bias" ? 0 : choice.from + 1;
  const next = (at + by + sources + 1) % (sources + 1);
  return next === 0
    ? { kind: "bias", layer, to: unit }
    : { kind: "weight", layer, from: next - 1, to: unit };
}

function resize(lab: Lab, column: number, by: number): void {
  const { hidden } = lab.settings.value;
  const layer = hidden[column - 1];
  if (layer) {
    const units = Math.max(1, Math.min(MOST_UNITS, layer.units + by));
    lab.change({ hidden: withLayer(hidden, column - 1, { units }) });
  }
}
