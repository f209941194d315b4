/** The branches of the run, to compare and to go to. */

import { type Colour, css, type Palette } from "../drawing/palette";
import type { Lab } from "../lab";
import type { Branch } from "../timeline";
import type { Key } from "../words";

/** The first is the accent; the others differ from it and from the classes' first two. */
export function branchColour({ accent, classes }: Palette, index: number): Colour {
  const others = [accent, classes[4], classes[3], classes[6], classes[5], classes[7]];
  return others[Math.max(0, index) % others.length];
}

export function Branches({ lab }: { lab: Lab }) {
  const branches = lab.branches.value;
  if (branches.length < 2) {
    return null;
  }
  return (
    <ul class="branches" aria-label={lab.t("branch.label")}>
      {branches.map((branch, index) => (
        <li key={branch.id}>
          <BranchButton lab={lab} branch={branch} index={index} />
        </li>
      ))}
    </ul>
  );
}

interface Properties {
  lab: Lab;
  branch: Branch;
  index: number;
}

function BranchButton({ lab, branch, index }: Properties) {
  const { t } = lab;
  const colour = css(branchColour(lab.palette.value, index));
  const loss = branch.history.trainLoss.at(-1);
  const from = branch.from && t("branch.from", { step: lab.counted(branch.from.step) });
  return (
    <button
      type="button"
      aria-pressed={lab.moment.value.branch === branch.id}
      title={t("branch.pick")}
      onClick={() => lab.seek({ branch: branch.id, step: branch.head })}
    >
      <i style={{ background: colour }} />
      <b>{changeText(lab, branch) || t("branch.name", { n: index + 1 })}</b>
      <small>
        {[from, loss === undefined ? "" : lab.number(loss)].filter(Boolean).join(" · ")}
      </small>
    </button>
  );
}

/** What was changed where the branch began: names of settings, or a parameter. */
function changeText(lab: Lab, { change }: Branch): string {
  const names = change.split(" ").filter(Boolean);
  return names
    .map((name) => lab.t(CHANGES[name] ?? "network.edited", { name }))
    .join(", ");
}

const CHANGES: Record<string, Key> = {
  hidden: "control.network",
  output: "control.output",
  loss: "control.loss",
  optimizer: "control.optimizer",
  options: "control.optimizer",
  learningRate: "control.learningRate",
  schedule: "control.schedule",
  weightDecay: "control.weightDecay",
  l1: "control.l1",
  batches: "control.batches",
  batchSize: "control.batchSize",
};
