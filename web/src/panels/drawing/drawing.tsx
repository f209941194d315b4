/** Draw a digit: what the network sees of it, and what it says. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { Answer } from "../../protocol";
import { Note } from "../parts/fields";
import { Picture } from "../parts/picture";
import { refusal } from "../parts/refusal";
import { Bars } from "./bars";
import { Pad } from "./pad";
import { SIDE, type Stroke } from "./strokes";

type Said = Extract<Answer, { is: "probabilities" }>;

export function DrawingPanel({ lab }: { lab: Lab }) {
  return lab.shape.value?.picture ? (
    <Drawing lab={lab} />
  ) : (
    <div>
      <Note>{lab.t("draw.needsPictures")}</Note>
      <button
        type="button"
        class="primary"
        onClick={() => lab.change({ data: { kind: "digits" } })}
      >
        {lab.t("draw.useDigits")}
      </button>
    </div>
  );
}

function Drawing({ lab }: { lab: Lab }) {
  const [strokes, put] = useState<Stroke[]>([]);
  const { said, refused, busy, show } = useAnswer(lab);
  return (
    <div class="columns drawing">
      <section>
        <Note>{lab.t("draw.hint")}</Note>
        <Pad label={lab.t("draw.pad")} strokes={strokes} onDraw={put} onInk={show} />
        <div class="row">
          <button
            type="button"
            disabled={strokes.length === 0}
            onClick={() => put(strokes.slice(0, -1))}
          >
            {lab.t("draw.undo")}
          </button>
          <button type="button" disabled={strokes.length === 0} onClick={() => put([])}>
            {lab.t("draw.clear")}
          </button>
        </div>
      </section>
      <section aria-busy={busy}>
        <Seen lab={lab} said={said} refused={refused} />
      </section>
    </div>
  );
}

/** The engine's answer to the ink of the pad, asked anew when the network has changed. */
function useAnswer(lab: Lab) {
  const [said, put] = useState<Said | null>(null);
  const [refused, refuse] = useState("");
  const ink = useRef<Uint8Array | null>(null);
  const asking = useRef(false);
  const [busy, wait] = useState(false);
  const ask = async () => {
    if (!ink.current || asking.current) {
      return;
    }
    asking.current = true;
    wait(true);
    const asked = ink.current;
    // A copy, since what is sent to the engine is given away.
    const answer = await lab.ask({
      ask: "drawing",
      pixels: asked.slice(),
      width: SIDE,
      height: SIDE,
    });
    asking.current = false;
    put(answer.is === "probabilities" ? answer : null);
    refuse(answer.is === "refused" ? refusal(lab, answer) : "");
    if (ink.current === asked) {
      wait(false);
    } else {
      ask();
    }
  };
  const { branch, step } = lab.moment.value;
  useEffect(() => {
    ask();
  }, [branch, step, lab.run.value]);
  const show = (fresh: Uint8Array) => {
    ink.current = fresh;
    ask();
  };
  return { said, refused, busy, show };
}

interface SeenProps {
  lab: Lab;
  said: Said | null;
  refused: string;
}

function Seen({ lab, said, refused }: SeenProps) {
  const picture = lab.shape.value?.picture;
  if (refused || !said || said.empty || !said.seen || !picture) {
    return (
      <>
        <h3>{lab.t("draw.seen")}</h3>
        <p role="status">{refused || lab.t("draw.empty")}</p>
      </>
    );
  }
  const best = said.y.indexOf(Math.max(...said.y));
  const names = lab.shape.value?.classes ?? [];
  const sentence = lab.t("draw.says", {
    digit: names[best],
    probability: `${Math.round(100 * said.y[best])} %`,
  });
  return (
    <>
      <h3>{lab.t("draw.seen")}</h3>
      <div class="row">
        <Picture ink={said.seen} {...picture} high={255} label={lab.t("draw.seen")} />
        <div>
          <p class="answer" role="status">
            {sentence}
          </p>
          {lab.moment.value.step === 0 && <Note>{lab.t("draw.untrained")}</Note>}
        </div>
      </div>
      <Bars lab={lab} names={names} values={said.y} best={best} />
      <Note>{lab.t("draw.seenText", picture)}</Note>
    </>
  );
}
