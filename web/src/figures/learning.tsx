/** Figures in which a network learns: neuron, overfitting, vanishing, network, digits. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Curve, Plot, pointsOf } from "../charts/plot";
import { spaced } from "../charts/scale";
import { markOf } from "../panels/data/marks";
import { meanSize } from "../panels/learning/signs";
import { Picture } from "../panels/parts/picture";
import type { Settings, Shape } from "../protocol";
import { lastOf, NOTHING, PLAIN, useLearner } from "./learner";
import { type FigureProps, Frame, Slide, useMotion } from "./moving";

const CELLS = 60;

/** A curve over one input: the surface has a number for the middle of each cell. */
function curveOf(surface: Float32Array | undefined, [low, high]: readonly [number, number]) {
  const cell = (high - low) / CELLS;
  const values = [...(surface ?? [])].slice(0, CELLS);
  return values.map((y, i): [number, number] => [low + (i + 0.5) * cell, y]);
}

const rangeOf = (shape: Shape | null) =>
  [shape?.range.low[0] ?? -1, shape?.range.high[0] ?? 1] as const;

export function Neuron({ say }: FigureProps) {
  const [rate, put] = useState(1);
  const learner = useLearner({ ...PLAIN, learningRate: rate }, { ...NOTHING, surface: CELLS });
  const motion = useMotion(() => learner.train(2));
  const { shape, frame } = learner;
  const loss = useLast(frame?.history.trainLoss);
  return (
    <Frame say={say} motion={motion} caption={say("neuron")} again={learner.again}>
      <Plot x={[-1.7, 1.7]} y={[-0.05, 1.1]} width={420} height={230} label={say("neuron")}>
        {(x, y) => (
          <>
            <Curve
              x={x}
              y={y}
              class="curve dashed"
              points={pointsOf((a) => (Math.sin(a) + 1) / 2, spaced([-1.57, 1.57], 60))}
            />
            <Curve x={x} y={y} points={curveOf(frame?.surface, rangeOf(shape))} />
          </>
        )}
      </Plot>
      <p class="legend">
        <i class="line" /> y <i class="line dashed" /> {say("target")}
      </p>
      <p class="legend">
        {say("step", { step: frame?.moment.step ?? 0, loss: loss?.toFixed(5) ?? "–" })}
      </p>
      <Slide label={say("rate")} min={0.1} max={10} step={0.1} value={rate} onSlide={put} />
    </Frame>
  );
}

/** The last number that was heard; a frame without a new one keeps it. */
function useLast(values: number[] | undefined): number | undefined {
  const kept = useRef<number | undefined>(undefined);
  kept.current = lastOf(values) ?? kept.current;
  return kept.current;
}

/** Points about a sine with noise of a fixed sequence. */
const NOISY = Array.from({ length: 24 }, (_, i): [number, number] => {
  const x = -1 + (2 * i) / 23;
  return [x, 0.7 * Math.sin(3.5 * x) + 0.28 * Math.sin(91.7 * (i + 1) * (i + 1))];
});

export function Overfitting({ say }: FigureProps) {
  const [units, put] = useState(24);
  const settings: Settings = {
    ...PLAIN,
    data: {
      kind: "points",
      task: "regression",
      x: NOISY.map(([x]) => [x]),
      t: NOISY.map(([, t]) => t),
    },
    testSize: 0.33,
    seed: 2,
    hidden: [
      { units, activation: "tanh", dropout: 0 },
      { units, activation: "tanh", dropout: 0 },
    ],
    output: "identity",
    loss: "mean_squared_error",
    optimizer: "adam",
    learningRate: 0.01,
    batchSize: 24,
  };
  const learner = useLearner(settings, { ...NOTHING, surface: CELLS });
  const { shape, frame } = learner;
  const history = useRef<{ step: number; train: number; test: number }[]>([]);
  if (frame?.moment.step === 0) {
    history.current = [];
  }
  const newest = frame?.history;
  newest?.step.forEach((step, i) => {
    const last = history.current.at(-1)?.step ?? -1;
    if (step > last) {
      history.current.push({ step, train: newest.trainLoss[i], test: newest.testLoss[i] });
    }
  });
  const done = (frame?.moment.step ?? 0) >= 3000;
  const motion = useMotion(() => (done ? undefined : learner.train(12)));
  return (
    <Frame say={say} motion={motion} caption={say("overfitting")} again={learner.again}>
      <div class="pair">
        <Plot x={[-1.1, 1.1]} y={[-1.4, 1.4]} width={300} height={210} label={say("neurons")}>
          {(x, y) => (
            <>
              <Curve x={x} y={y} points={curveOf(frame?.surface, rangeOf(shape))} />
              {shape && <Dots x={x} y={y} shape={shape} />}
            </>
          )}
        </Plot>
        <Losses history={history.current} label={say("overfitting")} />
      </div>
      <p class="legend">
        <i class="line" /> <i class="dot-mark" /> {say("train")} <i class="line dashed" />{" "}
        <i class="dot-mark hollow" /> {say("test")}
      </p>
      <Slide label={say("neurons")} min={1} max={40} step={1} value={units} onSlide={put} />
    </Frame>
  );
}

interface DotsProps {
  x: (value: number) => number;
  y: (value: number) => number;
  shape: Shape;
}

function Dots({ x, y, shape: { points } }: DotsProps) {
  return (
    <>
      {[...points.t].map((t, i) => (
        <circle
          key={i}
          class={points.isTest[i] ? "dot hollow" : "dot"}
          cx={x(points.x[i * points.columns])}
          cy={y(t)}
          r={3.2}
        />
      ))}
    </>
  );
}

interface LossesProps {
  history: { step: number; train: number; test: number }[];
  label: string;
}

/** Logarithms of both losses, since the one falls by powers of ten. */
function Losses({ history, label }: LossesProps) {
  const logs = (of: "train" | "test") =>
    history.map((point): [number, number] => [point.step, Math.log10(point[of] || 1e-6)]);
  return (
    <Plot
      x={[0, Math.max(100, history.at(-1)?.step ?? 0)]}
      y={[-3.5, 0.5]}
      width={300}
      height={210}
      yLabel="log₁₀ E"
      label={label}
    >
      {(x, y) => (
        <>
          <Curve x={x} y={y} points={logs("train")} />
          <Curve x={x} y={y} points={logs("test")} class="curve dashed" />
        </>
      )}
    </Plot>
  );
}

export function Vanishing({ say }: FigureProps) {
  const [depth, put] = useState(2);
  const [activation, pick] = useState<"sigmoid" | "tanh" | "relu">("sigmoid");
  const settings: Settings = {
    ...PLAIN,
    data: { kind: "toy", name: "spiral", rows: 120, noise: 0.1 },
    hidden: Array.from({ length: depth }, () => ({ units: 16, activation, dropout: 0 })),
    output: "softmax",
    loss: "cross_entropy",
  };
  const { frame } = useLearner(settings, { ...NOTHING, distributions: true });
  const last = useRef(0);
  const motion = useMotion((seconds) => {
    if (seconds - last.current > 1.2) {
      last.current = seconds;
      put((depth % 8) + 1);
    }
  });
  const sizes = (frame?.distributions ?? [])
    .filter(({ of }) => of === "gradient")
    .map((one) => Math.log10(meanSize(one) || 1e-12));
  return (
    <Frame say={say} motion={motion} caption={say("vanishing")}>
      <div class="segments">
        {(["sigmoid", "tanh", "relu"] as const).map((one) => (
          <button
            type="button"
            key={one}
            aria-pressed={one === activation}
            onClick={() => pick(one)}
          >
            {one}
          </button>
        ))}
      </div>
      <Plot
        x={[0, 9.6]}
        y={[-7, 0]}
        width={420}
        height={220}
        xLabel={say("layer")}
        yLabel="log₁₀ |∂L/∂W|"
        label={say("vanishing")}
      >
        {(x, y) =>
          sizes.map((size, i) => (
            <rect
              key={i}
              class="column"
              x={x(i + 0.65)}
              width={x(0.7) - x(0)}
              y={y(Math.max(-7, size))}
              height={Math.max(0, y(-7) - y(Math.max(-7, size)))}
            />
          ))
        }
      </Plot>
      <Slide
        label={say("layers")}
        min={1}
        max={8}
        step={1}
        value={depth}
        onSlide={(value) => {
          motion.put(false);
          put(value);
        }}
      />
    </Frame>
  );
}

export function SmallNetwork({ say }: FigureProps) {
  const [units, put] = useState(4);
  const settings: Settings = {
    ...PLAIN,
    data: { kind: "toy", name: "moons", rows: 160, noise: 0.12 },
    hidden: [{ units, activation: "tanh", dropout: 0 }],
    output: "softmax",
    loss: "cross_entropy",
    optimizer: "adam",
    learningRate: 0.03,
    batches: "shuffle",
    batchSize: 20,
  };
  const learner = useLearner(settings, { ...NOTHING, surface: CELLS });
  const { shape, frame } = learner;
  const loss = useLast(frame?.history.trainLoss);
  const done = (frame?.moment.step ?? 0) >= 2500;
  const motion = useMotion(() => (done ? undefined : learner.train(6)));
  return (
    <Frame say={say} motion={motion} caption={say("network")} again={learner.again}>
      {shape && frame?.surface && (
        <Regions shape={shape} surface={frame.surface} label={say("network")} />
      )}
      <p class="legend">
        {say("step", { step: frame?.moment.step ?? 0, loss: loss?.toFixed(4) ?? "–" })}
      </p>
      <Slide label={say("neurons")} min={1} max={12} step={1} value={units} onSlide={put} />
    </Frame>
  );
}

interface RegionsProps {
  shape: Shape;
  surface: Float32Array;
  label: string;
}

/** The probabilities of two classes as colours, with the samples upon them. */
function Regions({ shape, surface, label }: RegionsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) {
      return;
    }
    const picture = context.createImageData(CELLS, CELLS);
    for (let i = 0; i < CELLS * CELLS; i++) {
      const p = surface[2 * i + 1];
      const mix = (blue: number, orange: number) => Math.round(blue + (orange - blue) * p);
      picture.data.set([mix(120, 245), mix(170, 175), mix(225, 110), 150], 4 * i);
    }
    context.putImageData(picture, 0, 0);
  }, [surface]);
  const { low, high } = shape.range;
  const { x, t, columns } = shape.points;
  const place = (value: number, i: number) => (100 * (value - low[i])) / (high[i] - low[i]);
  return (
    <div class="regions">
      <canvas ref={canvas} width={CELLS} height={CELLS} aria-hidden="true" />
      <svg viewBox="0 0 100 100" role="img" aria-label={label}>
        {[...t].map((label, i) => (
          <path
            key={i}
            d={markOf(label, place(x[i * columns], 0), 100 - place(x[i * columns + 1], 1), 1.2)}
            style={`fill:var(--class-${label})`}
          />
        ))}
      </svg>
    </div>
  );
}

export function Digits({ say }: FigureProps) {
  const [power, put] = useState(-2);
  const settings: Settings = {
    ...PLAIN,
    data: { kind: "digits" },
    hidden: [{ units: 30, activation: "relu", dropout: 0 }],
    output: "softmax",
    loss: "cross_entropy",
    optimizer: "adam",
    learningRate: 10 ** power,
    batches: "shuffle",
    batchSize: 50,
    precision: "float32",
  };
  const learner = useLearner(settings, { ...NOTHING, mistakes: 8 });
  const { shape, frame } = learner;
  const share = useLast(frame?.history.testScore);
  const done = (frame?.moment.step ?? 0) >= 1000;
  const motion = useMotion(() => (done ? undefined : learner.train(2)));
  return (
    <Frame say={say} motion={motion} caption={say("digits")} again={learner.again}>
      <p class="legend" role="status">
        {say("accuracy", {
          step: frame?.moment.step ?? 0,
          accuracy: share === undefined ? "–" : (100 * share).toFixed(1),
        })}
      </p>
      <div class="mistakes">
        {frame?.mistakes?.map(({ row, truth, predicted, x }) => (
          <span key={row}>
            {shape?.picture && (
              <Picture ink={x} {...shape.picture} high={1} label={`${truth} → ${predicted}`} />
            )}
            {truth} → <b>{predicted}</b>
          </span>
        ))}
      </div>
      <Slide
        label={say("rate")}
        text={(10 ** power).toPrecision(1)}
        min={-4}
        max={0}
        step={0.5}
        value={power}
        onSlide={put}
      />
    </Frame>
  );
}
