/** Draw the data: a brush for each class, or the points of a curve. */

import { useRef, useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { Task } from "../../protocol";
import { Note, Segments } from "../parts/fields";
import { asData, type Brush, brushed, type Dot, dotsOf, enough, LEAST, MOST_CLASSES } from "./dots";
import { Field } from "./field";

export function PointsPart({ lab }: { lab: Lab }) {
  const { data } = lab.settings.value;
  const [task, putTask] = useState<Task>(data.kind === "points" ? data.task : "classes");
  const [dots, put] = useState<Dot[]>(dotsOf(data));
  const [brush, take] = useState<Brush>({ kind: "class", label: 0 });
  const past = useRef<Dot[][]>([]);
  const seen = useRef(data);
  if (seen.current !== data) {
    // What is learned from has changed: by our own stroke, an undo, a link.
    seen.current = data;
    if (data.kind === "points") {
      put(dotsOf(data));
      putTask(data.task);
    }
  }
  const learn = (from: Dot[], what: Task) => {
    if (enough(from, what)) {
      lab.change({ data: asData(from, what) });
    }
  };
  const replace = (fresh: Dot[]) => {
    past.current.push(dots);
    put(fresh);
    learn(fresh, task);
  };
  const undo = () => {
    const before = past.current.pop() ?? [];
    put(before);
    learn(before, task);
  };
  const retask = (chosen: Task) => {
    past.current = [];
    putTask(chosen);
    put([]);
    take({ kind: "class", label: 0 });
  };
  return (
    <>
      <Segments
        label={lab.t("points.task")}
        value={task}
        options={(["classes", "regression"] as const).map((value) => ({
          value,
          label: lab.t(`goal.${value}`),
        }))}
        onPick={retask}
      />
      <Brushes lab={lab} task={task} brush={brush} onTake={take} />
      <Field
        label={lab.t("points.pad")}
        dots={dots}
        task={task}
        begin={() => past.current.push(dots)}
        paint={(x, y) => put((now) => brushed(now, x, y, brush))}
        end={() => put((now) => (learn(now, task), now))}
      />
      <div class="row">
        <button type="button" disabled={past.current.length === 0} onClick={undo}>
          {lab.t("points.undo")}
        </button>
        <button type="button" disabled={dots.length === 0} onClick={() => replace([])}>
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
