/** The loss over two chosen parameters, and the path of the training on it. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Plot, path } from "../../charts/plot";
import type { Lab } from "../../page/lab";
import type { Frame, Shape } from "../../protocol";
import { AsTable, Note } from "../parts/fields";
import { ParameterPick } from "../parts/parameter";
import { liveliest, nameOf, parameterAt } from "../parts/parameters";
import { shaded } from "./shades";

/** Cells along a side; a large network is looked at more coarsely, but with more samples. */
const cellsFor = (shape: Shape) => (shape.size > 1000 ? 24 : 48);

/** Milliseconds between two while training goes on: one costs as much as many steps. */
const EVERY = 1500;

type Landscape = NonNullable<Frame["landscape"]>;

export function LandscapePanel({ lab }: { lab: Lab }) {
  const shape = lab.shape.value;
  return shape ? <OfTwo lab={lab} shape={shape} /> : null;
}

function OfTwo({ lab, shape }: { lab: Lab; shape: Shape }) {
  const [picked, pick] = useState<{ first: number; second: number } | null>(null);
  const fits = picked && Math.max(picked.first, picked.second) < shape.size;
  const pair = fits ? picked : liveliest(shape);
  const { first, second } = pair;
  const landscape = useLandscape(lab, first, second, cellsFor(shape));
  const [across, up] = [first, second].map((place) => nameOf(parameterAt(shape, place)));
  return (
    <div class="landscape columns">
      <section>
        <Note>{lab.t("landscape.text")}</Note>
        <ParameterPick
          lab={lab}
          label={lab.t("landscape.first")}
          place={first}
          onPick={(place) => pick({ ...pair, first: place })}
        />
        <ParameterPick
          lab={lab}
          label={lab.t("landscape.second")}
          place={second}
          onPick={(place) => pick({ ...pair, second: place })}
        />
        <Note>
          {shape.size === 2
            ? lab.t("landscape.exact")
            : lab.t("landscape.slice", { size: shape.size })}
        </Note>
      </section>
      {landscape && (
        <Surface lab={lab} landscape={landscape} names={[across, up]} all={shape.rows.train} />
      )}
    </div>
  );
}

/** Asks for one landscape at a time: at each moment while paused, now and then while not. */
function useLandscape(lab: Lab, first: number, second: number, cells: number) {
  const { branch, step } = lab.moment.value;
  const playing = lab.playing.value;
  const moment = playing ? "" : `${branch}/${step}`;
  useEffect(() => {
    const landscape = { first, second, cells };
    let stop = lab.want({ landscape });
    let seen = lab.frame.value?.landscape;
    const forget = lab.frame.subscribe((frame) => {
      if (frame?.landscape !== seen) {
        seen = frame?.landscape;
        stop();
      }
    });
    const again = () => {
      stop();
      stop = lab.want({ landscape });
    };
    const timer = playing ? setInterval(again, EVERY) : 0;
    return () => {
      clearInterval(timer);
      forget();
      stop();
    };
  }, [lab, first, second, cells, playing, moment, lab.run.value]);
  return lab.frame.value?.landscape;
}

interface SurfaceProps {
  lab: Lab;
  landscape: Landscape;
  names: string[];
  all: number;
}

function Surface({ lab, landscape, names, all }: SurfaceProps) {
  const { first, second, loss, path: walked } = landscape;
  const [low, high] = [Math.min(...loss), Math.max(...loss)];
  const ends = (values: number[]) => [values[0], values[values.length - 1]] as [number, number];
  const [x, y] = [ends(first), ends(second)];
  const values = {
    first: names[0],
    firstLow: lab.number(x[0]),
    firstHigh: lab.number(x[1]),
    second: names[1],
    secondLow: lab.number(y[0]),
    secondHigh: lab.number(y[1]),
    low: lab.number(low),
    high: lab.number(high),
  };
  const here = walked[walked.length - 1];
  return (
    <section>
      <div class="over">
        <Shades loss={loss} across={first.length} low={low} high={high} />
        <Plot x={x} y={y} width={360} height={320} label={lab.t("landscape.chart", values)}>
          {(across, up) => (
            <>
              <path class="walked" d={path(across, up, walked as [number, number][])} />
              {walked.length > 1 && (
                <circle class="start" cx={across(walked[0][0])} cy={up(walked[0][1])} r={4} />
              )}
              {here && <circle class="here" cx={across(here[0])} cy={up(here[1])} r={5} />}
            </>
          )}
        </Plot>
      </div>
      <p class="legend">
        <i class="mark start" /> {lab.t("landscape.start")} <i class="mark here" />{" "}
        {lab.t("landscape.here")} <i class="ramp" /> {lab.number(low, 4)} – {lab.number(high, 4)}
      </p>
      {landscape.rows < all && (
        <Note>
          {lab.t("landscape.rows", { rows: lab.counted(landscape.rows), all: lab.counted(all) })}
        </Note>
      )}
      <AsTable
        label={lab.t("view.asTable")}
        head={[`${names[1]} \\ ${names[0]}`, ...thinned(first).map((value) => lab.number(value))]}
        rows={thinned(second).map((up) => [
          lab.number(up),
          ...thinned(first).map((across) =>
            lab.number(loss[second.indexOf(up) * first.length + first.indexOf(across)]),
          ),
        ])}
      />
    </section>
  );
}

/** A table of 48 columns helps nobody: every eighth. */
const thinned = (values: number[]) => values.filter((_, i) => i % 8 === 0);

interface ShadesProps {
  loss: Float32Array;
  across: number;
  low: number;
  high: number;
}

function Shades({ loss, across, low, high }: ShadesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (canvas.current && context) {
      const up = loss.length / across;
      canvas.current.width = across;
      canvas.current.height = up;
      const picture = context.createImageData(across, up);
      shaded(loss, across, low, high, picture.data);
      context.putImageData(picture, 0, 0);
    }
  }, [loss, across, low, high]);
  return <canvas ref={canvas} class="shades" aria-hidden="true" />;
}
