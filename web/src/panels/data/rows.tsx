/** The samples as a table: what the scatter shows, in numbers. */

import type { Lab } from "../../page/lab";
import type { Shape } from "../../protocol";
import { AsTable } from "../parts/fields";

const MOST_ROWS = 50;
const MOST_COLUMNS = 8;

export function Rows({ lab }: { lab: Lab }) {
  const shape = lab.shape.value;
  if (!shape || shape.picture) {
    return null;
  }
  const inputs = shape.inputs.slice(0, MOST_COLUMNS);
  return (
    <AsTable
      label={lab.t("data.asTable")}
      head={[...inputs, lab.t(shape.classes ? "data.truth" : "data.value"), lab.t("data.part")]}
      rows={rowsOf(lab, shape)}
    />
  );
}

function rowsOf(lab: Lab, shape: Shape): string[][] {
  const { x, t, isTest, columns } = shape.points;
  const count = Math.min(MOST_ROWS, t.length);
  const shown = Math.min(columns, MOST_COLUMNS);
  return Array.from({ length: count }, (_, row) => [
    ...Array.from({ length: shown }, (_, i) => lab.number(x[row * columns + i])),
    shape.classes ? (shape.classes[t[row]] ?? "") : lab.number(t[row]),
    lab.t(isTest[row] ? "part.test" : "part.train"),
  ]);
}
