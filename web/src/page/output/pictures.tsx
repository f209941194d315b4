/** For data that are pictures: some of them, and what the network takes them for. */

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Shape } from "../../protocol";
import { css, type Palette } from "../drawing/palette";
import { cleared, useDrawing } from "../hooks";
import type { Lab, Sample } from "../lab";
import { pixels } from "../drawing/boxes";

const MOST = 24;
const SIDE = 52;
const PAUSE = 400;

/** A sample as the engine sees it: its pixels, its class, and the network's answer. */
interface Seen {
  sample: Sample;
  x: number[];
  truth: number;
  outputs: number[];
}

export function Pictures({ lab, shape }: { lab: Lab; shape: Shape }) {
  const seen = useSeen(lab, shape);
  return (
    <div class="pictures" role="group" aria-label={lab.t("view.pictures")}>
      {seen.value.map((each) => (
        <Picture key={each.sample.row} lab={lab} shape={shape} seen={each} />
      ))}
    </div>
  );
}

/** Asks again, not too often, while the network changes. */
function useSeen(lab: Lab, shape: Shape): ReadonlySignal<Seen[]> {
  const seen = useSignal<Seen[]>([]);
  useEffect(() => {
    let stale = true;
    let asking = false;
    const stop = lab.frame.subscribe(() => {
      stale = true;
    });
    async function ask(): Promise<void> {
      if (stale && !asking && !document.hidden) {
        [stale, asking] = [false, true];
        const found = await Promise.all(
          shown(shape).map((sample) => look(lab, sample)),
        );
        seen.value = found.filter((each) => each !== null);
        asking = false;
      }
    }
    ask();
    const timer = setInterval(ask, PAUSE);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [lab, shape]);
  return seen;
}

/** The first test samples, or those of training where there are none. */
function shown({ rows }: Shape): Sample[] {
  const part = rows.test > 0 ? "test" : "train";
  const count = Math.min(MOST, rows[part]);
  return Array.from({ length: count }, (_, row) => ({ row, part }));
}

async function look(lab: Lab, sample: Sample): Promise<Seen | null> {
  const found = await lab.explain({ kind: "unit", layer: 0, unit: 0 }, sample);
  if (!found) {
    return null;
  }
  const { x, t } = found.sample;
  // A class comes as a row with a 1 in its place, or as its number.
  const truth = t.length > 1 ? t.indexOf(Math.max(...t)) : t[0];
  return { sample, x, truth, outputs: found.outputs };
}

interface PictureProperties {
  lab: Lab;
  shape: Shape;
  seen: Seen;
}

function Picture({ lab, shape, seen }: PictureProperties) {
  const { sample, x, truth, outputs } = seen;
  const canvas = useRef<HTMLCanvasElement>(null);
  useDrawing(() => {
    const context = canvas.current && cleared(canvas.current, SIDE, SIDE);
    if (context) {
      drawPicture(context, shape, x, lab.palette.value);
    }
  }, [lab, shape, x]);
  const best = outputs.indexOf(Math.max(...outputs));
  const names = shape.classes ?? [];
  const right = best === truth;
  const said = lab.t(right ? "view.right" : "view.wrong", {
    truth: names[truth] ?? truth,
    guess: names[best] ?? "–",
  });
  return (
    <button
      type="button"
      class={`picture ${right ? "right" : "wrong"}`}
      aria-label={said}
      title={said}
      onClick={() => {
        lab.sample.value = sample;
        lab.look();
      }}
    >
      <canvas ref={canvas} style={pixels({ width: SIDE, height: SIDE })} />
      <span>
        {names[best] ?? "–"} {right ? "✓" : "✗"}
      </span>
    </button>
  );
}

function drawPicture(
  context: CanvasRenderingContext2D,
  { picture }: Shape,
  pixels: number[],
  { zero, ink }: Palette,
): void {
  const { width, height } = picture as { width: number; height: number };
  const most = pixels.reduce((a, b) => Math.max(a, b), 0) || 1;
  const cell = SIDE / Math.max(width, height);
  context.fillStyle = css(zero);
  context.fillRect(0, 0, SIDE, SIDE);
  pixels.forEach((value, i) => {
    context.fillStyle = css(ink, Math.max(0, value / most));
    const [column, line] = [i % width, Math.floor(i / width)];
    context.fillRect(column * cell, line * cell, cell + 0.4, cell + 0.4);
  });
}
