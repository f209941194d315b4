/** Draw the data: a brush for each class, or the points of a curve. */

import { useRef, useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { DataSettings, Task } from "../../protocol";
import { Note, Segments } from "../parts/fields";
import { asData, type Brush, brushed, type Dot, dotsOf, enough, LEAST, MOST_CLASSES } from "./dots";
import { Field } from "./field";

export function PointsPart({ lab }: { lab: Lab }) {
  const { data } = lab.settings.value;
  const [brush, take] = useState<Brush>({ kind: "class", label: 0 });
  const { dots, task, past, ...drawing } = useDrawing(lab, data, brush);
  return (
    <>
      <Segments
        label={lab.t("points.task")}
        value={task}
        options={(["classes", "regression"] as const).map((value) => ({
          value,
          label: lab.t(`goal.${value}`),
        }))}
        onPick={(chosen) => {
          drawing.retask(chosen);
          take({ kind: "class", label: 0 });
        }}
      />
      <Brushes lab={lab} task={task} brush={brush} onTake={take} />
      <Field label={lab.t("points.pad")} dots={dots} task={task} {...drawing} />
      <div class="row">
        <button type="button" disabled={past === 0} onClick={drawing.undo}>
          {lab.t("points.undo")}
        </button>
        <button type="button" disabled={dots.length === 0} onClick={drawing.clear}>
          {lab.t("points.clear")}
        </button>
      </div>
      <Note>
        {enough(dots, task)
          ? lab.t("points.count", { n: dots.length })
          : lab.t(task === "classes" ? "points.few" : "points.fewValues", { n: LEAST })}
      </Note>
    </>
  );
}

interface Drawn {
  dots: Dot[];
  task: Task;
  past: Dot[][];
}

/** What is drawn, and what may be done to it; a finished stroke is learned from. */
function useDrawing(lab: Lab, data: DataSettings, brush: Brush) {
  const [drawn, put] = useState<Drawn>(() => drawnFrom(data));
  // A stroke's events come faster than the page is drawn anew.
  const now = useRef(drawn);
  const set = (some: Partial<Drawn>) => {
    now.current = { ...now.current, ...some };
    put(now.current);
  };
  const seen = useRef(data);
  if (seen.current !== data) {
    // What is learned from has changed: by our own stroke, an undo, a link.
    seen.current = data;
    if (data.kind === "points") {
      now.current = { ...drawnFrom(data), past: now.current.past };
      put(now.current);
    }
  }
  const learn = () => {
    const { dots, task } = now.current;
    if (enough(dots, task)) {
      lab.change({ data: asData(dots, task) });
    }
  };
  const begin = () => set({ past: [...now.current.past, now.current.dots] });
  return {
    dots: drawn.dots,
    task: drawn.task,
    past: drawn.past.length,
    begin,
    paint: (x: number, y: number) => set({ dots: brushed(now.current.dots, x, y, brush) }),
    end: learn,
    undo: () => {
      const { past } = now.current;
      set({ dots: past[past.length - 1], past: past.slice(0, -1) });
      learn();
    },
    clear: () => {
      begin();
      set({ dots: [] });
    },
    retask: (task: Task) => set({ task, dots: [], past: [] }),
  };
}

const drawnFrom = (data: DataSettings): Drawn => ({
  dots: dotsOf(data),
  task: data.kind === "points" ? data.task : "classes",
  past: [],
});

interface BrushesProps {
  lab: Lab;
  task: Task;
  brush: Brush;
  onTake: (brush: Brush) => void;
}

function Brushes({ lab, task, brush, onTake }: BrushesProps) {
  const count = task === "classes" ? MOST_CLASSES : 1;
  const labels = Array.from({ length: count }, (_, label) => label);
  const value = brush.kind === "erase" ? -1 : brush.label;
  const name = (label: number) => (task === "classes" ? `${label}` : lab.t("points.point"));
  return (
    <Segments
      label={lab.t("points.brush")}
      value={value}
      options={[
        ...labels.map((label) => ({ value: label, label: name(label) })),
        { value: -1, label: lab.t("points.erase") },
      ]}
      onPick={(label) => onTake(label < 0 ? { kind: "erase" } : { kind: "class", label })}
    />
  );
}
