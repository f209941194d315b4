/** Play, pause, one step: the buttons that are always at hand, and where the run is. */

import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Lab, Speed } from "../lab";
import { Segments } from "../../panels/parts/fields";
import { IconButton } from "./icon-button";
import { Icon } from "./icons";

const SPEEDS: Speed[] = [1, 10, 100, 1000, "max"];

export function Transport({ lab }: { lab: Lab }) {
  const { t } = lab;
  const playing = lab.playing.value;
  const play = t(playing ? "transport.pause" : "transport.play");
  return (
    <section class="transport" aria-label={t("transport.label")}>
      <div class="buttons">
        <IconButton
          label={t("transport.rewind")}
          icon="rewind"
          onClick={lab.rewind}
          keys="R"
        />
        <button
          type="button"
          class="play"
          aria-label={play}
          title={`${play} (Space)`}
          onClick={lab.toggle}
        >
          <Icon name={playing ? "pause" : "play"} />
        </button>
        <IconButton
          label={t("transport.sample")}
          icon="sample"
          onClick={lab.stepSample}
        />
        <IconButton
          label={t("transport.step")}
          icon="step"
          onClick={lab.stepBatch}
          keys="."
        />
        <IconButton
          label={t("transport.epoch")}
          icon="epoch"
          onClick={lab.stepEpoch}
          keys="E"
        />
      </div>
      <Segments
        label={t("transport.speed")}
        control="speed"
        value={lab.speed.value}
        options={SPEEDS.map((value) => ({ value, label: speedText(lab, value) }))}
        onPick={(speed) => {
          lab.speed.value = speed;
        }}
      />
      <Status lab={lab} />
      <History lab={lab} />
    </section>
  );
}

/** Undo and redo; on a phone they stand in the header. */
export function History({ lab }: { lab: Lab }) {
  const { t } = lab;
  return (
    <span class="buttons history">
      <IconButton
        label={t("app.undo")}
        icon="undo"
        onClick={lab.undo}
        disabled={!lab.canUndo.value}
        keys="Ctrl+Z"
      />
      <IconButton
        label={t("app.redo")}
        icon="redo"
        onClick={lab.redo}
        disabled={!lab.canRedo.value}
        keys="Ctrl+Y"
      />
    </span>
  );
}

function speedText(lab: Lab, speed: Speed): string {
  return speed === "max" ? lab.t("speed.max") : lab.t("speed.some", { n: speed });
}

/** The numbers of this moment: text nodes alone change, sixty times a second. */
function Status({ lab }: { lab: Lab }) {
  const { t } = lab;
  const step = useComputed(() => lab.counted(lab.moment.value.step));
  const epoch = useComputed(() => lab.counted(Math.floor(lab.frame.value?.epoch ?? 0)));
  const rate = useRate(lab);
  return (
    <dl class="status">
      <div>
        <dt>{t("status.step")}</dt>
        <dd class="step">{step}</dd>
      </div>
      <div>
        <dt>{t("status.epoch")}</dt>
        <dd>{epoch}</dd>
      </div>
      <div class="rate">{rate}</div>
    </dl>
  );
}

/** How many steps a second there are by the clock, twice a second. */
function useRate(lab: Lab): ReadonlySignal<string> {
  const rate = useSignal("");
  useEffect(() => {
    let [step, then] = [lab.moment.peek().step, performance.now()];
    const timer = setInterval(() => {
      const [next, now] = [lab.moment.peek().step, performance.now()];
      const n = Math.round(((next - step) / (now - then)) * 1000);
      const shown = lab.playing.peek() && n > 0;
      rate.value = shown ? lab.t("status.perSecond", { n: lab.counted(n) }) : "";
      [step, then] = [next, now];
    }, 500);
    return () => clearInterval(timer);
  }, [lab]);
  return rate;
}
