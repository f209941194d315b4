/** The hand on a curve: drag, touch or press keys to go to any step of the run. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Lines } from "../../charts/lines";
import type { Lab } from "../lab";
import { indexAt, lineage } from "../timeline";
import type { Measure } from "./data";

interface Properties {
  lab: Lab;
  measure: Measure;
  plot: RefObject<Lines | null>;
}

export function Timeline({ lab, measure, plot }: Properties) {
  const area = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const value = useRef<HTMLOutputElement>(null);
  const { t } = lab;

  useEffect(() => follow(lab, plot, area, head), [lab, plot]);

  /** The step under a pointer, of those that this branch has. */
  function stepAt(event: PointerEvent): number {
    const made = plot.current;
    if (!made || !area.current) {
      return 0;
    }
    const left = event.clientX - area.current.getBoundingClientRect().left;
    const step = Math.round(made.stepAt(left));
    return Math.max(0, Math.min(step, headOf(lab)));
  }

  function show(event: PointerEvent): void {
    const step = stepAt(event);
    if (value.current) {
      value.current.textContent = valuesAt(lab, measure, step);
    }
    if (event.buttons === 1) {
      go(lab, step);
    }
  }

  return (
    <>
      <div
        ref={area}
        class="timeline"
        role="slider"
        tabIndex={0}
        aria-label={`${t("timeline.label")}: ${measureName(lab, measure)}`}
        aria-valuemin={0}
        aria-valuemax={0}
        aria-valuenow={0}
        title={t("timeline.hint")}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(lab, stepAt(event));
        }}
        onPointerMove={show}
        onPointerLeave={() => {
          if (value.current) {
            value.current.textContent = "";
          }
        }}
        onKeyDown={(event) => {
          const step = steered(event.key, lab);
          if (step !== null) {
            event.preventDefault();
            event.stopPropagation();
            go(lab, step);
          }
        }}
      >
        <div ref={head} class="playhead" />
      </div>
      <output ref={value} class="reading" />
    </>
  );
}

export function measureName(lab: Lab, measure: Measure): string {
  if (measure === "Loss") {
    return lab.t("curve.loss");
  }
  return lab.t(lab.shape.value?.task === "regression" ? "curve.r2" : "curve.accuracy");
}

function headOf(lab: Lab): number {
  const { branch } = lab.moment.peek();
  return lab.branches.peek().find(({ id }) => id === branch)?.head ?? 0;
}

/** A step before the branch left its parent is a moment of the parent. */
function go(lab: Lab, step: number): void {
  const branches = lab.branches.peek();
  let here = branches.find(({ id }) => id === lab.moment.peek().branch);
  while (here?.from && step < here.from.step) {
    const parent = here.from.branch;
    here = branches.find(({ id }) => id === parent);
  }
  if (here) {
    lab.seek({ branch: here.id, step });
  }
}

/** The step that a key leads to; null for other keys. */
function steered(key: string, lab: Lab): number | null {
  const { step } = lab.moment.peek();
  const last = headOf(lab);
  const far = Math.max(1, Math.round(last / 20));
  const ways: Record<string, number> = {
    ArrowLeft: step - 1,
    ArrowDown: step - 1,
    ArrowRight: step + 1,
    ArrowUp: step + 1,
    PageDown: step - far,
    PageUp: step + far,
    Home: 0,
    End: last,
  };
  return key in ways ? Math.max(0, Math.min(ways[key], last)) : null;
}

/** Keeps the line at the moment, and tells a screen reader where it is. */
function follow(
  lab: Lab,
  plot: RefObject<Lines | null>,
  area: RefObject<HTMLDivElement | null>,
  head: RefObject<HTMLDivElement | null>,
): () => void {
  let request = 0;
  const place = () => {
    request = 0;
    const made = plot.current;
    if (!made || !area.current || !head.current) {
      return;
    }
    const { step } = lab.moment.peek();
    const { left, top, width, height } = made.area;
    const box = area.current.style;
    box.left = `${left}px`;
    box.top = `${top}px`;
    box.width = `${width}px`;
    box.height = `${height}px`;
    const at = Math.min(made.placeOf(step), width);
    head.current.style.transform = `translateX(${at || 0}px)`;
    area.current.setAttribute("aria-valuenow", `${step}`);
    area.current.setAttribute("aria-valuemax", `${headOf(lab)}`);
  };
  const soon = () => {
    request ||= requestAnimationFrame(place);
  };
  const stops = [lab.moment.subscribe(soon), lab.branches.subscribe(soon)];
  // The chart is drawn anew a moment after it was given data.
  const timer = setInterval(soon, 200);
  return () => {
    cancelAnimationFrame(request);
    clearInterval(timer);
    for (const stop of stops) {
      stop();
    }
  };
}

function valuesAt(lab: Lab, measure: Measure, step: number): string {
  const history = lineage(lab.branches.peek(), lab.moment.peek().branch);
  const at = indexAt(history.step, step);
  if (at < 0) {
    return "";
  }
  const text = (part: "train" | "test") => {
    const value = history[`${part}${measure}`][at];
    return value === undefined || Number.isNaN(value)
      ? ""
      : `${lab.t(`curve.${part}`)} ${lab.number(value)}`;
  };
  const parts = [text("train"), text("test")].filter(Boolean).join(" · ");
  return `${lab.t("status.step")} ${lab.counted(history.step[at])}: ${parts}`;
}
