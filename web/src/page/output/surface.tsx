/** What the whole network answers over the plane of two inputs, with the samples on it. */

import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { Frame, Shape } from "../../protocol";
import {
  largest,
  paintClasses,
  paintNumbers,
  paintTwo,
  Raster,
} from "../drawing/heatmap";
import { drawMark } from "../drawing/marks";
import { classColour, type Colour, css, mixed, type Palette } from "../drawing/palette";
import { cleared, useDrawing, useViews, useWidth } from "../hooks";
import type { Lab } from "../lab";
import { fromPixels, nearest, type Plane, planeOf, ticks, toPixels } from "./plane";
import { chosenRow, sampleOf } from "./samples";
import { pixels } from "../drawing/boxes";

/** Cells along a side: as fine as the eye needs, and no finer. */
const CELLS = 100;
/** For the numbers and the name at the left, and those below. */
const GUTTER = 44;

interface Properties {
  lab: Lab;
  shape: Shape;
  showTest: Signal<boolean>;
  sharp: Signal<boolean>;
}

export function Surface({ lab, shape, showTest, sharp }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const size = Math.max(0, Math.min(width - GUTTER, 460));
  useViews(lab, box, { surface: CELLS });
  return (
    <div class="surface" ref={box}>
      {size > 0 && <Field {...{ lab, shape, showTest, sharp, size }} />}
    </div>
  );
}

function Field({ lab, shape, showTest, sharp, size }: Properties & { size: number }) {
  const back = useRef<HTMLCanvasElement>(null);
  const front = useRef<HTMLCanvasElement>(null);
  const raster = useMemo(() => new Raster(), []);
  const pointed = useSignal<[number, number] | null>(null);
  const axes = lab.axes.value;
  const plane = planeOf(shape, axes, size);

  useDrawing(() => {
    const surface = lab.frame.value?.surface;
    const context = back.current?.getContext("2d");
    if (surface && context) {
      const palette = lab.palette.value;
      paintSurface(raster, surface, shape, palette, sharp.value);
      context.imageSmoothingEnabled = !sharp.value;
      context.drawImage(raster.put(), 0, 0, size, size);
    }
  }, [lab, shape, size]);

  useDrawing(() => {
    const context = front.current && cleared(front.current, size, size);
    if (context) {
      const row = chosenRow(shape, lab.sample.value);
      const palette = lab.palette.value;
      drawSamples(context, shape, plane, { palette, axes, test: showTest.value, row });
    }
  }, [lab, shape, size, axes[0], axes[1]]);

  function at(event: PointerEvent): [number, number] {
    const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  }

  function pick(event: PointerEvent): void {
    const row = nearest(shape, plane, axes, at(event), 24);
    if (row >= 0) {
      lab.sample.value = sampleOf(shape, row);
      lab.look();
    }
  }

  return (
    <div class="plane" style={pixels({ width: size + GUTTER, height: size + GUTTER })}>
      <Axis
        lab={lab}
        plane={plane}
        names={[shape.inputs[axes[0]], shape.inputs[axes[1]]]}
      />
      {/* biome-ignore lint/a11y: the samples are also in the table and the panels. */}
      <div
        class="layers"
        style={pixels({ left: GUTTER, width: size, height: size })}
        onPointerMove={(event) => {
          pointed.value = at(event);
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
        onClick={(event) => pick(event as unknown as PointerEvent)}
      >
        <canvas
          ref={back}
          width={size}
          height={size}
          data-picture="surface"
          aria-hidden="true"
        />
        <canvas
          ref={front}
          style={pixels({ width: size, height: size })}
          aria-hidden="true"
        />
        <Reading lab={lab} shape={shape} plane={plane} pointed={pointed} />
      </div>
    </div>
  );
}

function paintSurface(
  raster: Raster,
  surface: Float32Array,
  shape: Shape,
  palette: Palette,
  sharp: boolean,
): void {
  const outputs = shape.layers[shape.layers.length - 1].units;
  const cells = Math.round(Math.sqrt(surface.length / outputs));
  const pixels = raster.size(cells, cells);
  if (shape.task === "regression") {
    const scale = largest(surface, 0, surface.length) || 1;
    paintNumbers(pixels, surface, 0, scale, palette.lookup);
  } else if (outputs <= 2) {
    paintTwo(pixels, surface, outputs, palette.lookup, sharp);
  } else {
    paintClasses(pixels, surface, outputs, palette, sharp);
  }
}

interface Look {
  palette: Palette;
  axes: [number, number];
  test: boolean;
  /** The sample that is looked at. */
  row: number;
}

function drawSamples(
  context: CanvasRenderingContext2D,
  shape: Shape,
  plane: Plane,
  { palette, axes, test, row: chosen }: Look,
): void {
  const { x, t, isTest, columns } = shape.points;
  const most = shape.task === "regression" ? largest(t, 0, t.length) || 1 : 1;
  // Where there are very many samples, smaller marks still show them all.
  const r = isTest.length > 1500 ? 2 : isTest.length > 600 ? 2.8 : 3.6;
  for (let row = 0; row < isTest.length; row++) {
    if (isTest[row] && !test) {
      continue;
    }
    const at = row * columns;
    const [px, py] = toPixels(plane, x[at + axes[0]], x[at + axes[1]]);
    const kind = shape.task === "regression" ? 0 : t[row];
    const colour =
      shape.task === "regression"
        ? numberColour(palette, t[row] / most)
        : classColour(palette, kind);
    const mark = { x: px, y: py, kind, colour, hollow: isTest[row] === 1 };
    drawMark(context, mark, palette.zero, r);
    if (row === chosen) {
      ring(context, px, py, palette);
    }
  }
}

function numberColour({ negative, zero, positive }: Palette, value: number): Colour {
  return mixed(
    zero,
    value < 0 ? negative : positive,
    0.25 + 0.75 * Math.min(1, Math.abs(value)),
  );
}

function ring(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  palette: Palette,
) {
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = css(palette.ink);
  context.stroke();
}

interface AxisProperties {
  lab: Lab;
  plane: Plane;
  names: [string, string];
}

/** Numbers along two sides, and what they are. */
function Axis({ lab, plane, names }: AxisProperties) {
  const { x, y, size } = plane;
  return (
    <div class="axis" aria-hidden="true">
      {ticks(x.low, x.high).map((value) => (
        <span
          key={`x${value}`}
          class="tick x"
          style={pixels({
            left: GUTTER + toPixels(plane, value, y.low)[0],
            top: size + 4,
          })}
        >
          {lab.number(value)}
        </span>
      ))}
      {ticks(y.low, y.high).map((value) => (
        <span
          key={`y${value}`}
          class="tick y"
          style={pixels({ top: toPixels(plane, x.low, value)[1] })}
        >
          {lab.number(value)}
        </span>
      ))}
      <i class="name x" style={pixels({ left: GUTTER + size / 2, top: size + 17 })}>
        {names[0]}
      </i>
      <i class="name y" style={pixels({ top: size / 2 })}>
        {names[1]}
      </i>
    </div>
  );
}

interface ReadingProperties {
  lab: Lab;
  shape: Shape;
  plane: Plane;
  pointed: Signal<[number, number] | null>;
}

/** What the network answers where the pointer is. */
function Reading({ lab, shape, plane, pointed }: ReadingProperties) {
  const text = useComputed(() => {
    const place = pointed.value;
    const frame = lab.frame.value;
    return place && frame ? answerAt(lab, shape, frame, plane, place) : "";
  });
  return <output class="reading">{text}</output>;
}

function answerAt(
  lab: Lab,
  shape: Shape,
  { surface }: Frame,
  plane: Plane,
  [left, top]: [number, number],
): string {
  if (!surface) {
    return "";
  }
  const outputs = shape.layers[shape.layers.length - 1].units;
  const cells = Math.round(Math.sqrt(surface.length / outputs));
  const cell = (at: number) =>
    Math.max(0, Math.min(cells - 1, Math.floor((at / plane.size) * cells)));
  const from = (cell(top) * cells + cell(left)) * outputs;
  const [a, b] = fromPixels(plane, left, top).map((value) => lab.number(value, 2));
  const answers = Array.from(surface.subarray(from, from + outputs));
  return `(${a}, ${b}) → ${spokenAnswer(lab, shape, answers)}`;
}

function spokenAnswer(lab: Lab, shape: Shape, answers: number[]): string {
  if (shape.task === "regression" || !shape.classes) {
    return answers.map((value) => lab.number(value)).join(", ");
  }
  const two = answers.length === 1 ? [1 - answers[0], answers[0]] : answers;
  const best = two.indexOf(Math.max(...two));
  return `${shape.classes[best]} (${Math.round(two[best] * 100)} %)`;
}
