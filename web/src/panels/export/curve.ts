/** The curve as a CSV with the names that Kobai's own history.csv has. */

import type { HistoryPoints } from "../../protocol";

export function curveCsv(history: HistoryPoints): string {
  const names = ["step", "train_loss", "test_loss", "train_score", "test_score"];
  const { step, trainLoss, testLoss, trainScore, testScore } = history;
  const rows = step.map((number, i) =>
    [number, trainLoss[i], testLoss[i], trainScore[i], testScore[i]].map(cell).join(","),
  );
  return `${[names.join(","), ...rows].join("\n")}\n`;
}

/** What was not measured is an empty cell. */
const cell = (value: number | undefined) =>
  value === undefined || Number.isNaN(value) ? "" : `${value}`;
