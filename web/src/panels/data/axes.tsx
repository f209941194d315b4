/** Which two inputs the decision region spans, where there are more. */

import type { Lab } from "../../page/lab";
import { Note, Pick } from "../parts/fields";

export function AxesPick({ lab }: { lab: Lab }) {
  const shape = lab.shape.value;
  if (!shape || shape.inputs.length < 3 || shape.picture) {
    return null;
  }
  const [across, up] = lab.axes.value;
  const options = shape.inputs.map((label, value) => ({ value, label }));
  const pick = (pair: [number, number]) => {
    lab.axes.value = pair;
  };
  return (
    <fieldset class="row axes">
      <legend>{lab.t("data.axes")}</legend>
      <Pick
        label={lab.t("data.across")}
        value={across}
        options={options}
        onPick={(value) => pick([value, value === up ? across : up])}
      />
      <Pick
        label={lab.t("data.up")}
        value={up}
        options={options}
        onPick={(value) => pick([value === across ? up : across, value])}
      />
      <Note>{lab.t("data.others")}</Note>
    </fieldset>
  );
}
