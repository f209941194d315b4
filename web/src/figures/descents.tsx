/** Figures of walking downhill: descent, learning rate, mini-batches. */

import { useMemo, useRef, useState } from "preact/hooks";
import { Curve, Plot, path, pointsOf } from "../charts/plot";
import { linear, spaced } from "../charts/scale";
import { type FigureProps, Frame, Slide, useMotion } from "./moving";

type Place = [number, number];

const ELLIPSES = [0.15, 0.6, 1.4, 2.5, 4, 6];
const WIDE = [-5, 5] as const;
const HIGH = [-3, 3] as const;

/** One place after another from a start, by a rule, as many as are asked for. */
function useWalk(start: Place, next: (place: Place, step: number) => Place, most: number) {
  const [walked, put] = useState<Place[]>([start]);
  const begin = (place: Place) => put([place]);
  const go = () =>
    put((places) =>
      places.length > most ? places : [...places, next(places[places.length - 1], places.length)],
    );
  return { walked, begin, go };
}

export function Descent({ say }: FigureProps) {
  const [rate, put] = useState(0.9);
  const start = useRef<Place>([-4.2, 2.2]);
  const { walked, begin, go } = useWalk(
    start.current,
    ([a, b]) => [a - (rate * a) / 4, b - rate * 2 * b],
    60,
  );
  const last = useRef(0);
  const motion = useMotion((seconds) => {
    if (seconds - last.current > 0.25) {
      last.current = seconds;
      go();
    }
  });
  const place = (event: PointerEvent) => {
    const svg = (event.currentTarget as Element).querySelector("svg") as SVGElement;
    const box = svg.getBoundingClientRect();
    const x = linear(WIDE, [38, 410]).at(((event.clientX - box.left) / box.width) * 420);
    const y = linear(HIGH, [216, 10]).at(((event.clientY - box.top) / box.height) * 240);
    start.current = [x, y];
    begin([x, y]);
    motion.put(true);
  };
  return (
    <Frame say={say} motion={motion} caption={say("descent")} again={() => begin(start.current)}>
      <div class="clickable" onPointerDown={place}>
        <Plot x={WIDE} y={HIGH} width={420} height={240} label={say("descent")}>
          {(x, y) => (
            <>
              {ELLIPSES.map((level) => (
                <ellipse
                  key={level}
                  class="contour"
                  cx={x(0)}
                  cy={y(0)}
                  rx={x(Math.sqrt(8 * level)) - x(0)}
                  ry={y(0) - y(Math.sqrt(level))}
                />
              ))}
              <Walked x={x} y={y} walked={walked} />
            </>
          )}
        </Plot>
      </div>
      <Slide
        label={say("rate")}
        text={rate.toFixed(2)}
        min={0.02}
        max={1.1}
        step={0.02}
        value={rate}
        onSlide={(value) => {
          put(value);
          begin(start.current);
        }}
      />
    </Frame>
  );
}

interface WalkedProps {
  x: ReturnType<typeof linear>;
  y: ReturnType<typeof linear>;
  walked: Place[];
}

function Walked({ x, y, walked }: WalkedProps) {
  const inside = walked.filter(([a, b]) => Math.abs(a) < 50 && Math.abs(b) < 50);
  const here = inside[inside.length - 1];
  return (
    <>
      <path class="walked" d={path(x, y, inside)} />
      {inside.map(([a, b], i) => (
        <circle key={i} class="step" cx={x(a)} cy={y(b)} r={2.5} />
      ))}
      <circle class="here" cx={x(here[0])} cy={y(here[1])} r={5} />
    </>
  );
}

export function LearningRate({ say }: FigureProps) {
  const [rate, put] = useState(0.1);
  const start: Place = [-3, 9];
  const { walked, begin, go } = useWalk(
    start,
    ([x]) => {
      const to = x - rate * 2 * x;
      return [to, to * to];
    },
    24,
  );
  const last = useRef(0);
  const motion = useMotion((seconds) => {
    if (seconds - last.current > 0.3) {
      last.current = seconds;
      if (walked.length > 24) {
        begin(start);
      } else {
        go();
      }
    }
  });
  const verdict =
    rate > 1 ? "diverges" : rate > 0.6 ? "oscillates" : rate < 0.06 ? "slow" : "arrives";
  return (
    <Frame say={say} motion={motion} caption={say("learningRate")} again={() => begin(start)}>
      <Plot x={[-4, 4]} y={[-0.5, 12]} width={420} height={230} label={say("learningRate")}>
        {(x, y) => (
          <>
            <Curve x={x} y={y} points={pointsOf((a) => a * a, spaced([-3.5, 3.5], 80))} />
            <Walked x={x} y={y} walked={walked.filter(([a]) => Math.abs(a) < 3.6)} />
          </>
        )}
      </Plot>
      <Slide
        label={say("rate")}
        text={`${rate.toFixed(2)} · ${say(verdict)}`}
        min={0.01}
        max={1.1}
        step={0.01}
        value={rate}
        onSlide={(value) => {
          put(value);
          begin(start);
        }}
      />
    </Frame>
  );
}

/** Points about t = 0.5 + 1.2 x; numbers of a fixed sequence, so that all see the same. */
const SAMPLES = Array.from({ length: 60 }, (_, i): Place => {
  const x = -1 + (2 * i) / 59;
  const noise = Math.sin(12.9898 * (i + 1)) + Math.sin(78.233 * (i + 1));
  return [x, 0.5 + 1.2 * x + 0.5 * noise];
});
const SIZES = [1, 2, 5, 10, 20, 60];

/** The gradient of the mean squared error by w and b over some samples. */
function gradient([w, b]: Place, samples: Place[]): Place {
  let [gw, gb] = [0, 0];
  for (const [x, t] of samples) {
    const error = w * x + b - t;
    gw += (2 * error * x) / samples.length;
    gb += (2 * error) / samples.length;
  }
  return [gw, gb];
}

export function Minibatch({ say }: FigureProps) {
  const [size, put] = useState(0);
  const start: Place = [-1.6, -1.4];
  const order = useMemo(() => SAMPLES.map((_, i) => (i * 37) % 60), []);
  const { walked, begin, go } = useWalk(
    start,
    (place, step) => {
      const count = SIZES[size];
      const batch = Array.from(
        { length: count },
        (_, i) => SAMPLES[order[(step * count + i) % 60]],
      );
      const [gw, gb] = gradient(place, batch);
      return [place[0] - 0.1 * gw, place[1] - 0.1 * gb];
    },
    120,
  );
  const last = useRef(0);
  const motion = useMotion((seconds) => {
    if (seconds - last.current > 0.1) {
      last.current = seconds;
      if (walked.length > 120) {
        put((size + 1) % SIZES.length);
        begin(start);
      } else {
        go();
      }
    }
  });
  return (
    <Frame say={say} motion={motion} caption={say("minibatch")} again={() => begin(start)}>
      <Plot
        x={[-2.2, 3]}
        y={[-1.8, 1.6]}
        width={420}
        height={250}
        xLabel="w"
        yLabel="b"
        label={say("minibatch")}
      >
        {(x, y) => (
          <>
            {ELLIPSES.map((level) => (
              <ellipse
                key={level}
                class="contour"
                cx={x(1.2)}
                cy={y(0.5)}
                rx={x(Math.sqrt(level * 3)) - x(0)}
                ry={y(0) - y(Math.sqrt(level))}
              />
            ))}
            <path class="walked" d={path(x, y, walked)} />
            <circle
              class="here"
              cx={x(walked[walked.length - 1][0])}
              cy={y(walked[walked.length - 1][1])}
              r={5}
            />
          </>
        )}
      </Plot>
      <Slide
        label={say("batch")}
        text={`${SIZES[size]}`}
        min={0}
        max={SIZES.length - 1}
        step={1}
        value={size}
        onSlide={(value) => {
          put(value);
          begin(start);
        }}
      />
    </Frame>
  );
}
