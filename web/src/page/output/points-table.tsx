/** The samples as numbers, with what the network says of each. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Shape } from "../../protocol";
import type { Lab } from "../lab";

const MOST = 40;

export function PointsTable({ lab, shape }: { lab: Lab; shape: Shape }) {
  const answers = useSignal<number[]>([]);
  const { x, t, isTest, columns } = shape.points;
  const rows = Array.from({ length: Math.min(MOST, isTest.length) }, (_, row) => row);
  const outputs = shape.layers[shape.layers.length - 1].units;
  const axes = shape.inputs.length === 1 ? [0] : lab.axes.value;
  useEffect(() => {
    const inputs = Float64Array.from(x.subarray(0, rows.length * columns));
    lab.predict(inputs).then((found) => {
      answers.value = found ?? [];
    });
  }, [shape, lab.moment.value.step]);
  return (
    <div
      class="table-scroll"
      tabIndex={0}
      role="region"
      aria-label={lab.t("view.asTable")}
    >
      <table class="numbers">
        <thead>
          <tr>
            {axes.map((axis) => (
              <th key={axis} scope="col">
                {shape.inputs[axis]}
              </th>
            ))}
            <th scope="col">{lab.t("view.truth")}</th>
            <th scope="col">{lab.t("view.answer")}</th>
            <th scope="col">{lab.t("view.part")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              {axes.map((axis) => (
                <td key={axis}>{lab.number(x[row * columns + axis])}</td>
              ))}
              <td>{shape.classes?.[t[row]] ?? lab.number(t[row])}</td>
              <td>
                {answer(
                  lab,
                  shape,
                  answers.value.slice(row * outputs, (row + 1) * outputs),
                )}
              </td>
              <td>{lab.t(isTest[row] ? "curve.test" : "curve.train")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function answer(lab: Lab, shape: Shape, y: number[]): string {
  if (y.length === 0) {
    return "–";
  }
  if (!shape.classes) {
    return y.map((value) => lab.number(value)).join(", ");
  }
  const all = y.length === 1 ? [1 - y[0], y[0]] : y;
  const best = all.indexOf(Math.max(...all));
  return `${shape.classes[best]} (${Math.round(all[best] * 100)} %)`;
}
