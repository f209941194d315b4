/** What the page says: a bar that is seen, and words for a screen reader. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../controls/icons";
import { measureName } from "../curves/timeline";
import type { Lab } from "../lab";
import { lineage } from "../timeline";

export function NoticeBar({ lab }: { lab: Lab }) {
  const notice = lab.notice.value;
  return (
    <div class="notices" role="alert">
      {notice && (
        <div class={`notice ${notice.kind}`}>
          <p>{notice.text}</p>
          <button
            type="button"
            class="icon"
            aria-label={lab.t("app.close")}
            onClick={() => lab.say(null)}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

/** Seldom enough to be listened to. */
const PAUSE = 3000;

export function Announcer({ lab }: { lab: Lab }) {
  const text = useSignal("");
  useEffect(() => {
    const timer = setInterval(() => {
      text.value = lab.shape.peek() ? sentence(lab) : "";
    }, PAUSE);
    return () => clearInterval(timer);
  }, [lab]);
  return (
    <div class="hidden-text" aria-live="polite">
      {text}
    </div>
  );
}

function sentence(lab: Lab): string {
  const { branch, step } = lab.moment.peek();
  const history = lineage(lab.branches.peek(), branch);
  const at = history.step.length - 1;
  const loss = history.trainLoss[at];
  const score = history.testScore[at];
  const values = { step: lab.counted(step), trainLoss: lab.number(loss ?? Number.NaN) };
  if (score === undefined || Number.isNaN(score)) {
    return lab.t("status.saidNoTest", values);
  }
  const more = { score: measureName(lab, "Score"), testScore: lab.number(score) };
  return lab.t("status.said", { ...values, ...more });
}
