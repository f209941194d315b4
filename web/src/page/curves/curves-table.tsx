/** The curves as numbers: some steps of the branch that is shown. */

import type { Lab } from "../lab";
import { lineage, SERIES } from "../timeline";
import { measureName } from "./timeline";

const MOST = 40;

export function CurvesTable({ lab }: { lab: Lab }) {
  const { t } = lab;
  const history = lineage(lab.branches.value, lab.moment.value.branch);
  const every = Math.max(1, Math.ceil(history.step.length / MOST));
  const rows = history.step.map((_, i) => i).filter((i) => i % every === 0);
  const [loss, score] = [measureName(lab, "Loss"), measureName(lab, "Score")];
  const [train, test] = [t("curve.train"), t("curve.test")];
  const heads = [
    `${loss}, ${train}`,
    `${loss}, ${test}`,
    `${score}, ${train}`,
    `${score}, ${test}`,
  ];
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={t("curve.title")}>
      <table class="numbers">
        <thead>
          <tr>
            {[t("status.step"), ...heads].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((i) => (
            <tr key={i}>
              {SERIES.map((series) => (
                <td key={series}>{cell(lab, history[series][i], series === "step")}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cell(lab: Lab, value: number | undefined, count: boolean): string {
  if (value === undefined || Number.isNaN(value)) {
    return "–";
  }
  return count ? lab.counted(value) : lab.number(value, 4);
}
