/** Which classes are confused, and the samples that are misclassified. */

import { useEffect } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { Frame, Shape } from "../../protocol";
import { Note } from "../parts/fields";
import { Picture } from "../parts/picture";
import { confused } from "./confused";

const MOST = 24;

export function MistakesPanel({ lab }: { lab: Lab }) {
  useEffect(() => lab.want({ confusion: true, mistakes: MOST }), [lab]);
  const shape = lab.shape.value;
  const frame = lab.frame.value;
  if (!shape?.classes || shape.rows.test === 0) {
    return <Note>{lab.t(shape?.classes ? "judge.noTest" : "judge.regression")}</Note>;
  }
  if (frame?.confusion?.length !== shape.classes.length ** 2) {
    return null;
  }
  return (
    <div class="columns mistakes">
      <Confusion lab={lab} classes={shape.classes} counts={frame.confusion} />
      <Mistakes lab={lab} shape={shape} mistakes={frame.mistakes ?? []} counts={frame.confusion} />
    </div>
  );
}

interface ConfusionProps {
  lab: Lab;
  classes: string[];
  counts: Uint32Array;
}

function Confusion({ lab, classes, counts }: ConfusionProps) {
  const { right, total, worst, rowOf } = confused(counts, classes.length);
  const share = `${lab.number((100 * right) / total)} %`;
  return (
    <section>
      <h3>{lab.t("judge.confusion")}</h3>
      <p role="status">
        <b>{lab.t("judge.accuracy", { share })}</b>{" "}
        {worst
          ? lab.t("judge.worst", {
              truth: classes[worst.truth],
              predicted: classes[worst.predicted],
              n: worst.n,
            })
          : lab.t("judge.none")}
      </p>
      <div class="scrolled" tabIndex={0} role="region" aria-label={lab.t("judge.confusion")}>
        <table class="confusion">
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={classes.length}>
                {lab.t("judge.predicted")}
              </th>
            </tr>
            <tr>
              <th scope="col">{lab.t("judge.true")}</th>
              {classes.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((name, truth) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {classes.map((other, predicted) => {
                  const n = counts[truth * classes.length + predicted];
                  const part = n / Math.max(1, rowOf(truth));
                  const kind = truth === predicted ? "right" : "wrong";
                  return (
                    <td key={other} class={kind} style={`--share:${part.toFixed(3)}`}>
                      {n || ""}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface MistakesProps {
  lab: Lab;
  shape: Shape;
  mistakes: NonNullable<Frame["mistakes"]>;
  counts: Uint32Array;
}

function Mistakes({ lab, shape, mistakes, counts }: MistakesProps) {
  const { right, total } = confused(counts, shape.classes?.length ?? 0);
  const wrong = total - right;
  return (
    <section>
      <h3>{lab.t("judge.mistakes")}</h3>
      <p>{wrong ? lab.t("judge.wrong", { wrong, total }) : lab.t("judge.none")}</p>
      <ul class={shape.picture ? "samples pictures" : "samples"}>
        {mistakes.map((mistake) => (
          <Mistake key={mistake.row} lab={lab} shape={shape} mistake={mistake} />
        ))}
      </ul>
    </section>
  );
}

function Mistake({ lab, shape, mistake }: Omit<MistakesProps, "counts" | "mistakes"> & MistakeOf) {
  const name = (label: number) => shape.classes?.[label] ?? `${label}`;
  const said = lab.t("judge.item", {
    truth: name(mistake.truth),
    predicted: name(mistake.predicted),
    probability: `${Math.round(100 * mistake.probability)} %`,
  });
  const explain = () => {
    lab.sample.value = { part: "test", row: mistake.row };
    lab.tab.value = "explain";
  };
  return (
    <li>
      <button type="button" class="quiet" title={lab.t("judge.explain")} onClick={explain}>
        <span class="hidden-text">{said}: </span>
        {shape.picture && <Picture ink={mistake.x} {...shape.picture} high={1} />}
        <span>
          {name(mistake.truth)} → <b>{name(mistake.predicted)}</b>
        </span>
        <span class="note">{Math.round(100 * mistake.probability)} %</span>
      </button>
    </li>
  );
}

interface MistakeOf {
  mistake: NonNullable<Frame["mistakes"]>[number];
}
