/** One chart over the steps, by uPlot, with our hand on it: drag, touch and keys. */

import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { css, type Palette } from "../drawing/palette";
import { useWidth } from "../hooks";
import type { Lab } from "../lab";
import { branchColour } from "./branches";
import { type Curve, columnsOf, type Measure } from "./data";
import { Timeline } from "./timeline";

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
  const plot = useRef<uPlot | null>(null);
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
    const made = new uPlot(optionsOf(look), columns as uPlot.AlignedData, box.current);
    made.root.querySelector("canvas")?.setAttribute("data-picture", measure.toLowerCase());
    plot.current = made;
    const stop = keepDrawn(lab, measure, made);
    return () => {
      stop();
      made.destroy();
      plot.current = null;
    };
  }, [lab, measure, width, height, log, palette, ids, current]);

  return (
    <div class="chart" style={{ height }}>
      <div ref={box} aria-hidden="true" />
      {width > 0 && <Timeline lab={lab} measure={measure} plot={plot} />}
    </div>
  );
}

/** Puts new points in, at most every so often, and the last ones for certain. */
function keepDrawn(lab: Lab, measure: Measure, plot: uPlot): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const draw = () => {
    timer = null;
    const { curves, columns } = columnsOf(lab.branches.peek(), measure);
    if (curves.length + 1 === plot.series.length) {
      plot.setData(columns as uPlot.AlignedData);
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

function optionsOf(look: Look): uPlot.Options {
  const { width, height, log, palette, curves, measure, lab } = look;
  const axis = {
    stroke: css(palette.soft),
    grid: { stroke: css(palette.line), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const short = (_: uPlot, values: number[]) =>
    values.map((value) => (value === null ? "" : lab.number(value)));
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: false, range: (_, low, high) => [low, Math.max(high, low + 10)] },
      y: { distr: log ? 3 : 1, range: log ? undefined : rangeFor(measure) },
    },
    axes: [
      { ...axis, size: 26, gap: 4, values: short, space: 60 },
      { ...axis, size: 46, gap: 4, values: short, space: 30 },
    ],
    series: [{}, ...curves.map((curve) => seriesOf(curve, look))],
  };
}

function seriesOf({ branch, part }: Curve, { palette, current, lab }: Look): uPlot.Series {
  const index = lab.branches.peek().findIndex(({ id }) => id === branch);
  const own = branch === current;
  return {
    stroke: css(branchColour(palette, index), own ? 1 : 0.55),
    width: own ? 2.4 : 1.4,
    dash: part === "test" ? [6, 4] : undefined,
    spanGaps: true,
    points: { show: false },
  };
}

/** Losses from 0, scores up to 1; a little room for the line itself. */
function rangeFor(measure: Measure): uPlot.Range.Function {
  return (_, low, high) => {
    if (low === null || high === null) {
      return [0, 1];
    }
    if (measure === "Score") {
      const bottom = Math.max(low < 0 ? -1 : 0, low - 0.05);
      return [Math.min(bottom, 0.95), 1.02];
    }
    return [0, high * 1.06 || 1];
  };
}
