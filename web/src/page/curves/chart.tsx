/** One chart over the steps, with a hand on it: drag, touch and keys. */

import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Lines, type LinesOptions, type Line } from "../../charts/lines";
import type { Range } from "../../charts/scale";
import { css, type Palette } from "../drawing/palette";
import { useWidth } from "../hooks";
import type { Lab } from "../lab";
import { branchColour } from "./branches";
import { type Curve, columnsOf, type Measure } from "./data";
import { Timeline } from "./timeline";
import { pixels } from "../drawing/boxes";

interface Properties {
  lab: Lab;
  measure: Measure;
  logarithmic: ReadonlySignal<boolean>;
  height: number;
}

/** Between two drawings: the eye sees no more, and the frames are for the network. */
const PAUSE = 66;

export function Chart({ lab, measure, logarithmic, height }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Lines | null>(null);
  const width = useWidth(box);
  const log = logarithmic.value && measure === "Loss";
  const palette = lab.palette.value;
  const ids = lab.branches.value.map((branch) => branch.id).join();
  const current = lab.moment.value.branch;

  useEffect(() => {
    if (!box.current || width === 0) {
      return;
    }
    const { curves, columns } = columnsOf(lab.branches.peek(), measure);
    const look = { width, height, log, palette, current, curves, measure, lab };
    const made = new Lines(optionsOf(look), columns);
    made.canvas.dataset.picture = measure.toLowerCase();
    box.current.replaceChildren(made.canvas);
    plot.current = made;
    const stop = keepDrawn(lab, measure, made);
    return () => {
      stop();
      plot.current = null;
    };
  }, [lab, measure, width, height, log, palette, ids, current]);

  return (
    <div class="chart" style={pixels({ height })}>
      <div ref={box} aria-hidden="true" />
      {width > 0 && <Timeline lab={lab} measure={measure} plot={plot} />}
    </div>
  );
}

/** Puts new points in, at most every so often, and the last ones for certain. */
function keepDrawn(lab: Lab, measure: Measure, plot: Lines): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const draw = () => {
    timer = null;
    const { curves, columns } = columnsOf(lab.branches.peek(), measure);
    if (curves.length === plot.count) {
      plot.setData(columns);
    }
  };
  const stop = lab.branches.subscribe(() => {
    timer ??= setTimeout(draw, PAUSE);
  });
  return () => {
    stop();
    if (timer) {
      clearTimeout(timer);
    }
  };
}

interface Look {
  width: number;
  height: number;
  log: boolean;
  palette: Palette;
  current: number;
  curves: Curve[];
  measure: Measure;
  lab: Lab;
}

function optionsOf(look: Look): LinesOptions {
  const { width, height, log, palette, curves, measure, lab } = look;
  return {
    width,
    height,
    log,
    ink: css(palette.soft),
    grid: css(palette.line),
    lines: curves.map((curve) => lineOf(curve, look)),
    range: (low, high) => rangeFor(measure, low, high),
    text: (value) => lab.number(value),
  };
}

function lineOf({ branch, part }: Curve, { palette, current, lab }: Look): Line {
  const index = lab.branches.peek().findIndex(({ id }) => id === branch);
  const own = branch === current;
  return {
    colour: css(branchColour(palette, index), own ? 1 : 0.55),
    width: own ? 2.4 : 1.4,
    dash: part === "test" ? [6, 4] : undefined,
  };
}

/** Losses from 0, scores up to 1; a little room for the line itself. */
function rangeFor(measure: Measure, low: number, high: number): Range {
  if (measure === "Score") {
    const bottom = Math.max(low < 0 ? -1 : 0, low - 0.05);
    return [Math.min(bottom, 0.95), 1.02];
  }
  return [0, high * 1.06 || 1];
}
