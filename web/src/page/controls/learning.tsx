/** How it is trained: all that can be changed while it runs, and what starts it anew. */

import {
  INITIALIZERS,
  type LossName,
  OPTIMIZERS,
  type OptimizerName,
  SCHEDULES,
  type ScheduleName,
} from "../../engine/formulas";
import type { Settings } from "../../protocol";
import type { Lab } from "../lab";
import { lossesFor } from "../settings";
import { Choices, Field, NumberBox, Slider } from "./fields";
import { IconButton } from "./icon-button";

const RATES = [...[0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03], ...[0.1, 0.3, 1, 3, 10]];
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200];
const PENALTIES = [0, 0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1];

const BATCHES: Settings["batches"][] = ["shuffle", "random", "online", "full"];

export function Learning({ lab }: { lab: Lab }) {
  return (
    <div class="learning">
      <Rate lab={lab} />
      <OptimizerFields lab={lab} />
      <Batches lab={lab} />
      <Objective lab={lab} />
    </div>
  );
}

function Rate({ lab }: { lab: Lab }) {
  return (
    <Slider
      lab={lab}
      label={lab.t("control.learningRate")}
      control="learning-rate"
      value={lab.settings.value.learningRate}
      low={0}
      high={1000}
      stops={RATES}
      onPut={(learningRate) => lab.change({ learningRate })}
    />
  );
}

function OptimizerFields({ lab }: { lab: Lab }) {
  const { t, settings, change } = lab;
  const { optimizer, schedule, options, scheduleOptions = {} } = settings.value;
  const own = Object.entries(OPTIMIZERS[optimizer].options).filter(
    ([name]) => name !== "weight_decay" && name !== "epsilon",
  );
  const scheduled = Object.entries(SCHEDULES[schedule].options);
  return (
    <>
      <Choices
        label={t("control.optimizer")}
        control="optimizer"
        value={optimizer}
        names={Object.keys(OPTIMIZERS) as OptimizerName[]}
        text={(name) => t(`optimizer.${name}`)}
        onPut={(name) => change({ optimizer: name, options: {} })}
      />
      <Choices
        label={t("control.schedule")}
        control="learning-rate"
        value={schedule}
        names={Object.keys(SCHEDULES) as ScheduleName[]}
        text={(name) => t(`schedule.${name}`)}
        onPut={(name) => change({ schedule: name })}
      />
      {own.map(([name, usual]) => (
        <Option
          {...{ lab, name, usual, given: options }}
          key={name}
          onPut={(given) => change({ options: given })}
        />
      ))}
      {scheduled.map(([name, usual]) => (
        <Option
          {...{ lab, name, usual, given: scheduleOptions }}
          key={name}
          onPut={(given) => change({ scheduleOptions: given })}
        />
      ))}
    </>
  );
}

interface OptionProperties {
  lab: Lab;
  name: string;
  usual: number;
  given: Record<string, number>;
  onPut: (given: Record<string, number>) => void;
}

/** A number that an optimizer or a schedule takes besides. */
function Option({ lab, name, usual, given, onPut }: OptionProperties) {
  const label = lab.t(`option.${name}` as "option.beta1");
  return (
    <Field label={label} control="optimizer">
      <NumberBox
        lab={lab}
        label={label}
        value={given[name] ?? usual}
        low={0}
        onPut={(value) => onPut({ ...given, [name]: value })}
      />
    </Field>
  );
}

function Batches({ lab }: { lab: Lab }) {
  const { t, settings, change } = lab;
  const { batches, batchSize } = settings.value;
  const sized = batches === "shuffle" || batches === "random";
  return (
    <>
      <Choices
        label={t("control.batchKind")}
        control="batches"
        value={batches}
        names={BATCHES}
        text={(name) => t(`batches.${name}`)}
        onPut={(name) => change({ batches: name })}
      />
      {sized && (
        <Slider
          lab={lab}
          label={t("control.batchSize")}
          control="batches"
          value={batchSize}
          low={1}
          high={1e6}
          whole
          stops={SIZES}
          onPut={(size) => change({ batchSize: size })}
        />
      )}
    </>
  );
}

function Objective({ lab }: { lab: Lab }) {
  const { t, settings, change } = lab;
  const { output, loss, weightDecay, l1 } = settings.value;
  const task = lab.shape.value?.task ?? "classes";
  const penalties = { lab, low: 0, high: 10, stops: PENALTIES };
  return (
    <>
      <Choices
        label={t("control.loss")}
        control="loss"
        value={loss}
        names={lossesFor(output, task)}
        text={(name: LossName) => t(`loss.${name}`)}
        onPut={(name) => change({ loss: name })}
      />
      <Slider
        {...penalties}
        label={t("control.weightDecay")}
        control="regularisation"
        value={weightDecay}
        onPut={(value) => change({ weightDecay: value })}
      />
      <Slider
        {...penalties}
        label={t("control.l1")}
        control="regularisation"
        value={l1}
        onPut={(value) => change({ l1: value })}
      />
    </>
  );
}

/** What the first weights depend on: another choice starts anew. */
export function Beginning({ lab }: { lab: Lab }) {
  const { t, settings, change } = lab;
  const { initializer, std, seed } = settings.value;
  return (
    <div class="learning">
      <Choices
        label={t("control.initializer")}
        control="initializer"
        value={initializer}
        names={INITIALIZERS}
        text={(name) => t(`initializer.${name}`)}
        onPut={(name) => change({ initializer: name })}
      />
      {initializer === "normal" && (
        <Field label={t("control.std")} control="initializer">
          <NumberBox
            lab={lab}
            label={t("control.std")}
            value={std}
            low={0}
            high={100}
            onPut={(value) => change({ std: value })}
          />
        </Field>
      )}
      <div
        class="field"
        data-control="seed"
        role="group"
        aria-label={t("control.seed")}
      >
        <span>{t("control.seed")}</span>
        <span class="together">
          <NumberBox
            lab={lab}
            label={t("control.seed")}
            value={seed}
            low={0}
            high={2 ** 32 - 1}
            whole
            onPut={(value) => change({ seed: value })}
          />
          <IconButton
            label={t("transport.restart")}
            icon="dice"
            onClick={lab.newSeed}
            keys="S"
          />
        </span>
      </div>
      <Until lab={lab} />
    </div>
  );
}

function Until({ lab }: { lab: Lab }) {
  const label = lab.t("transport.untilLoss");
  return (
    <Field label={label} control="speed">
      <input
        class="number"
        type="text"
        inputMode="decimal"
        placeholder="–"
        value={lab.untilLoss.value ?? ""}
        onChange={({ currentTarget }) => {
          const loss = Number(currentTarget.value);
          const given = currentTarget.value.trim() !== "" && loss > 0;
          lab.untilLoss.value = given ? loss : null;
        }}
      />
    </Field>
  );
}
