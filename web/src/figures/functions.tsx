/** Figures of functions alone: activation, derivative, loss, softmax. */

import { useState } from "preact/hooks";
import { curveOf, slopeOf } from "../charts/activation";
import { Curve, Plot, pointsOf } from "../charts/plot";
import { spaced } from "../charts/scale";
import { ACTIVATIONS, type ActivationName } from "../engine/formulas";
import { type FigureProps, Frame, Slide, swing, useMotion } from "./moving";

const NAMES: ActivationName[] = ["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gelu"];
const PLACES = spaced([-6, 6], 121);

export function Activation({ say, given }: FigureProps) {
  const asked = (given.function ?? "sigmoid") as ActivationName;
  const [name, pick] = useState(NAMES.includes(asked) ? asked : "sigmoid");
  const [z, put] = useState(-3);
  const motion = useMotion((seconds) => put(Number(swing(seconds, -5, 5).toFixed(1))));
  const [f, slope] = [curveOf(name), slopeOf(name)];
  const squashes = name === "sigmoid" || name === "tanh";
  const y = squashes ? ([-1.2, 1.4] as const) : ([-1, 5] as const);
  const cut = (points: [number, number][]) =>
    points.map(([x, up]): [number, number] => [x, up <= y[1] ? up : Number.NaN]);
  return (
    <Frame say={say} motion={motion} caption={say("activation")}>
      <div class="segments">
        {NAMES.map((one) => (
          <button type="button" key={one} aria-pressed={one === name} onClick={() => pick(one)}>
            {one.replace("_", " ")}
          </button>
        ))}
      </div>
      <Plot x={[-6, 6]} y={y} width={420} height={220} label={name}>
        {(across, up) => (
          <>
            <Curve x={across} y={up} points={cut(pointsOf(slope, PLACES))} class="curve dashed" />
            <Curve x={across} y={up} points={cut(pointsOf(f, PLACES))} />
            {f(z) <= y[1] && (
              <Curve
                x={across}
                y={up}
                class="tangent"
                points={[-0.9, 0.9].map((d) => [z + d, f(z) + d * slope(z)])}
              />
            )}
            {f(z) <= y[1] && <circle class="dot" cx={across(z)} cy={up(f(z))} r={4.5} />}
            <circle class="dot hollow" cx={across(z)} cy={up(slope(z))} r={4.5} />
          </>
        )}
      </Plot>
      <p class="legend">
        <i class="line" /> {say("function")} {f(z).toFixed(3)} <i class="line dashed" />{" "}
        {say("derivative")} {slope(z).toFixed(3)}
      </p>
      <Slide
        label="z"
        min={-6}
        max={6}
        step={0.1}
        value={z}
        onSlide={(value) => {
          motion.put(false);
          put(value);
        }}
      />
    </Frame>
  );
}

const bump = (x: number) => Math.sin(1.5 * x) + 0.25 * x * x;
const AT = 0.4;
const EXACT = 1.5 * Math.cos(1.5 * AT) + 0.5 * AT;

export function Derivative({ say }: FigureProps) {
  const [power, put] = useState(0.3);
  const motion = useMotion((seconds) => put(swing(seconds, 0.3, -2)));
  const h = 10 ** power;
  const slope = (bump(AT + h) - bump(AT - h)) / (2 * h);
  const line = (x: number) => bump(AT - h) + slope * (x - AT + h);
  return (
    <Frame say={say} motion={motion} caption={say("derivativeOf")}>
      <Plot x={[-3, 3]} y={[-1.5, 3.5]} width={420} height={240} label={say("derivativeOf")}>
        {(x, y) => (
          <>
            <Curve x={x} y={y} points={pointsOf(bump, spaced([-3, 3], 121))} />
            <Curve x={x} y={y} points={pointsOf(line, [-3, 3])} class="tangent" />
            {[AT - h, AT + h].map((place) => (
              <circle key={place} class="dot hollow" cx={x(place)} cy={y(bump(place))} r={4} />
            ))}
            <circle class="dot" cx={x(AT)} cy={y(bump(AT))} r={4.5} />
          </>
        )}
      </Plot>
      <p class="legend">{say("slope", { slope: slope.toFixed(4), exact: EXACT.toFixed(4) })}</p>
      <Slide
        label="h"
        text={h.toPrecision(2)}
        min={-2}
        max={0.3}
        step={0.05}
        value={power}
        onSlide={(value) => {
          motion.put(false);
          put(value);
        }}
      />
    </Frame>
  );
}

export function Loss({ say }: FigureProps) {
  const [p, put] = useState(0.5);
  const motion = useMotion((seconds) => put(Number(swing(seconds, 0.98, 0.02).toFixed(2))));
  const places = spaced([0.01, 1], 120);
  const entropy = (at: number) => -Math.log(at);
  const squared = (at: number) => (1 - at) ** 2;
  return (
    <Frame say={say} motion={motion} caption={say("lossOf")}>
      <Plot
        x={[0, 1]}
        y={[0, 4.7]}
        width={420}
        height={230}
        xLabel={say("probability")}
        label={say("lossOf")}
      >
        {(x, y) => (
          <>
            <Curve x={x} y={y} points={pointsOf(entropy, places)} />
            <Curve x={x} y={y} points={pointsOf(squared, places)} class="curve dashed" />
            <circle class="dot" cx={x(p)} cy={y(entropy(p))} r={4.5} />
            <circle class="dot hollow" cx={x(p)} cy={y(squared(p))} r={4.5} />
          </>
        )}
      </Plot>
      <p class="legend">
        <i class="line" /> {say("crossEntropy")} = {entropy(p).toFixed(2)} <i class="line dashed" />{" "}
        {say("squared")} = {squared(p).toFixed(2)}
      </p>
      <Slide
        label={say("probability")}
        min={0.01}
        max={1}
        step={0.01}
        value={p}
        onSlide={(value) => {
          motion.put(false);
          put(value);
        }}
      />
    </Frame>
  );
}

export function Softmax({ say }: FigureProps) {
  const [scores, put] = useState([1, 0, 2]);
  const motion = useMotion((seconds) =>
    put(([, second, third]) => [Number(swing(seconds, -2, 4).toFixed(1)), second, third]),
  );
  const shares = new Float64Array(3);
  ACTIVATIONS.softmax.forward(Float64Array.from(scores), shares, 1, 3);
  return (
    <Frame say={say} motion={motion} caption={say("softmax")}>
      {scores.map((score, i) => (
        <div class="share" key={i}>
          <Slide
            label={say("score", { n: i })}
            text={score.toFixed(1)}
            min={-4}
            max={4}
            step={0.1}
            value={score}
            onSlide={(value) => {
              motion.put(false);
              put(scores.map((old, j) => (j === i ? value : old)));
            }}
          />
          <div class="bar">
            <i style={`width:${100 * shares[i]}%;background:var(--class-${i})`} />
          </div>
          <b>{(100 * shares[i]).toFixed(1)} %</b>
        </div>
      ))}
    </Frame>
  );
}
