/** The network: lines for weights, tiles for units, controls above each layer. */

import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { Choice, Shape } from "../../protocol";
import { cleared, useDrawing, useViews, useWidth } from "../hooks";
import type { Lab } from "../lab";
import { useAnswers } from "./answers";
import { AddButton, GapButtons, Heads } from "./heads";
import { Labels, roomForNames } from "./labels";
import { type Layout, layoutNetwork } from "./layout";
import { Painter } from "./painting";
import { lineAt, unitAt } from "./pointing";
import { Tip } from "./tip";
import { Units } from "./units";
import { isThere, unitsOf } from "./weights";
import { pixels } from "../drawing/boxes";

/** Above the columns where there is room; below the picture, one by one, where not. */
function headFor(width: number): { width: number; height: number } {
  return width < 520 ? { width: 0, height: 0 } : { width: 116, height: 92 };
}

export function NetworkPicture({ lab }: { lab: Lab }) {
  const frameOf = useRef<HTMLDivElement>(null);
  const width = useWidth(frameOf);
  const shape = lab.shape.value;
  const layout = useMemo(
    () => (shape && width ? laidOut(shape, width) : null),
    [shape, width],
  );
  const seen = shape?.picture ? {} : { thumbnails: 25 };
  useViews(lab, frameOf, { ...seen, weights: true });
  const head = headFor(width);
  const heads = shape && layout && { lab, shape, layout, head };
  return (
    <>
      <div class="network-scroll" ref={frameOf}>
        {heads && <Stage {...heads} />}
      </div>
      {heads && head.width === 0 && (
        <>
          <Heads {...heads} />
          <AddButton lab={lab} />
        </>
      )}
    </>
  );
}

function laidOut(shape: Shape, width: number): Layout {
  const picture = shape.picture !== null;
  const head = headFor(width).width;
  return layoutNetwork({
    units: unitsOf(shape),
    picture,
    width,
    head,
    names: roomForNames(shape, head ? 96 : 60),
  });
}

interface Properties {
  lab: Lab;
  shape: Shape;
  layout: Layout;
}

interface StageProperties extends Properties {
  head: { width: number; height: number };
}

function Stage({ lab, shape, layout, head }: StageProperties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useMemo(() => new Painter(), [shape]);
  const hover = useSignal<Choice | null>(null);
  const at = useSignal({ x: 0, y: 0 });
  const answers = useAnswers(lab, shape);

  useDrawing(() => {
    const frame = lab.frame.value;
    const context =
      canvas.current && cleared(canvas.current, layout.width, layout.height);
    if (context && frame) {
      const chosen = lab.selection.value;
      const selection = chosen && isThere(chosen, shape) ? chosen : null;
      const seen = { selection, hover: hover.value, axes: lab.axes.value };
      const palette = lab.palette.value;
      const sample = answers.value;
      painter.paint(context, { layout, shape, frame, palette, sample, ...seen });
    }
  }, [lab, shape, layout]);

  function point(event: PointerEvent): void {
    const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
    at.value = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    hover.value = found(event.pointerType === "mouse" ? 6 : 14);
  }

  function found(reach: number): Choice | null {
    const { x, y } = at.value;
    return unitAt(layout, x, y) ?? lineAt(layout, x, y, reach);
  }

  const size = { width: layout.width, height: layout.height };
  return (
    <div style={pixels({ width: layout.width })}>
      {head.width > 0 && <Heads {...{ lab, shape, layout, head }} />}
      {/* biome-ignore lint/a11y: whoever has no pointer has the buttons of Units. */}
      <div
        class="network-stage"
        style={pixels(size)}
        onPointerMove={point}
        onPointerLeave={() => {
          hover.value = null;
        }}
        onClick={(event) => {
          point(event as unknown as PointerEvent);
          const choice = found(10);
          // A second click lets go of it.
          lab.selection.value = same(choice, lab.selection.value) ? null : choice;
        }}
      >
        <canvas
          ref={canvas}
          style={pixels(size)}
          data-picture="network"
          aria-hidden="true"
        />
        <Labels shape={shape} layout={layout} />
        <Units lab={lab} shape={shape} layout={layout} />
        <Tip lab={lab} shape={shape} choice={hover} at={at} width={layout.width} />
      </div>
      {head.width > 0 && <GapButtons lab={lab} layout={layout} />}
    </div>
  );
}

function same(a: Choice | null, b: Choice | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
