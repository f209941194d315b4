/** Probabilities as bars, with the numbers beside them. */

import type { Lab } from "../../page/lab";

interface Props {
  lab: Lab;
  names: string[];
  values: number[];
  best: number;
}

export function Bars({ lab, names, values, best }: Props) {
  return (
    <table class="bars" aria-label={lab.t("draw.probabilities")}>
      <tbody>
        {names.map((name, i) => (
          <tr key={name} class={i === best ? "best" : undefined}>
            <th scope="row">{name}</th>
            <td>
              <i style={{ width: `${(100 * values[i]).toFixed(1)}%` }} />
            </td>
            <td>{(100 * values[i]).toFixed(1)} %</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
