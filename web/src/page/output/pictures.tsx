/** For data that are pictures: some of them, and what the network takes them for. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Shape } from "../../protocol";
import { css, type Palette } from "../drawing/palette";
import { cleared, useDrawing } from "../hooks";
import type { Lab } from "../lab";
import { sampleOf } from "./samples";

const MOST = 24;
const SIDE = 52;
const PAUSE = 300;

export function Pictures({ lab, shape }: { lab: Lab; shape: Shape }) {
  const rows = shownRows(shape);
  const guesses = useGuesses(lab, shape, rows);
  return (
    <div class="pictures" role="group" aria-label={lab.t("view.pictures")}>
      {rows.map((row, i) => (
        <Picture
          key={row}
          lab={lab}
          shape={shape}
          row={row}
          answer={guesses.value.slice(i * outputsOf(shape), (i + 1) * outputsOf(shape))}
        />
      ))}
    </div>
  );
}

function outputsOf(shape: Shape): number {
  return shape.layers[shape.layers.length - 1].units;
}

/** The first test samples, or those of training where there are none. */
function shownRows({ points: { isTest } }: Shape): number[] {
  const rows = Array.from(isTest, (_, row) => row);
  const test = rows.filter((row) => isTest[row]);
  return (test.length ? test : rows).slice(0, MOST);
}

/** Asks again, not too often, while the network changes. */
function useGuesses(lab: Lab, shape: Shape, rows: number[]) {
  const guesses = useSignal<number[]>([]);
  useEffect(() => {
    let stale = true;
    const stop = lab.frame.subscribe(() => {
      stale = true;
    });
    const { x, columns } = shape.points;
    const inputs = Float64Array.from(
      rows.flatMap((row) => Array.from(x.subarray(row * columns, (row + 1) * columns))),
    );
    async function ask(): Promise<void> {
      if (stale && !document.hidden) {
        stale = false;
        guesses.value = (await lab.predict(inputs)) ?? guesses.value;
      }
    }
    ask();
    const timer = setInterval(ask, PAUSE);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [lab, shape]);
  return guesses;
}

interface PictureProperties {
  lab: Lab;
  shape: Shape;
  row: number;
  answer: number[];
}

function Picture({ lab, shape, row, answer }: PictureProperties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useDrawing(() => {
    const context = canvas.current && cleared(canvas.current, SIDE, SIDE);
    if (context) {
      drawPicture(context, shape, row, lab.palette.value);
    }
  }, [lab, shape, row]);
  const best = answer.indexOf(Math.max(...answer));
  const truth = shape.points.t[row];
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
        lab.sample.value = sampleOf(shape, row);
        lab.look();
      }}
    >
      <canvas ref={canvas} style={{ width: SIDE, height: SIDE }} />
      <span>
        {names[best] ?? "–"} {right ? "✓" : "✗"}
      </span>
    </button>
  );
}

function drawPicture(
  context: CanvasRenderingContext2D,
  { picture, points }: Shape,
  row: number,
  { zero, ink }: Palette,
): void {
  const { width, height } = picture as { width: number; height: number };
  const pixels = points.x.subarray(row * points.columns, (row + 1) * points.columns);
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
