/** The plane that points are drawn on, from −1 to 1 both ways. */

import { useState } from "preact/hooks";
import type { Task } from "../../protocol";
import type { Dot } from "./dots";
import { markOf } from "./marks";

interface Props {
  label: string;
  dots: Dot[];
  task: Task;
  begin: () => void;
  paint: (x: number, y: number) => void;
  end: () => void;
}

const STEP = 0.05;
const MOVES: Record<string, readonly [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

export function Field({ label, dots, task, begin, paint, end }: Props) {
  const [cross, moveCross] = useState<readonly [number, number] | null>(null);
  const press = (event: PointerEvent) => {
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    begin();
    paint(...placeOf(event));
  };
  const drag = (event: PointerEvent) => {
    if ((event.currentTarget as Element).hasPointerCapture(event.pointerId)) {
      paint(...placeOf(event));
    }
  };
  const type = (event: KeyboardEvent) => {
    const [x, y] = cross ?? [0, 0];
    const move = MOVES[event.key];
    if (move) {
      moveCross([clamped(x + move[0]), clamped(y + move[1])]);
    } else if (event.key === "Enter" || event.key === " ") {
      moveCross([x, y]);
      begin();
      paint(x, y);
      end();
    } else {
      return;
    }
    event.preventDefault();
    // The page has other uses for some of these keys.
    event.stopPropagation();
  };
  return (
    <svg
      class="field-of-points"
      viewBox="-1.05 -1.05 2.1 2.1"
      role="application"
      aria-label={label}
      tabIndex={0}
      onPointerDown={press}
      onPointerMove={drag}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={type}
      onBlur={() => moveCross(null)}
    >
      <path class="axis" d={task === "classes" ? "M-1 0H1M0 -1V1" : "M-1 0H1"} />
      {dots.map((dot, i) => (
        <path
          key={i}
          d={markOf(dot.label, dot.x, -dot.y, 0.035)}
          style={`fill: var(--class-${dot.label})`}
        />
      ))}
      {cross && <path class="cross" d={`M${cross[0] - 0.07} ${-cross[1]}h.14m-.07-.07v.14`} />}
    </svg>
  );
}

const clamped = (place: number) => Math.max(-1, Math.min(1, Math.round(place * 100) / 100));

function placeOf(event: PointerEvent): [x: number, y: number] {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  const across = (event.clientX - box.left) / box.width;
  const down = (event.clientY - box.top) / box.height;
  return [2.1 * across - 1.05, 1.05 - 2.1 * down];
}
