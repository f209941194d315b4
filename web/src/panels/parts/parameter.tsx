/** Choose one parameter: its array, then the row and the column. */

import type { Lab } from "../../page/lab";
import { Pick } from "./fields";
import { arrays, type Parameter, parameterAt, placeOf } from "./parameters";

interface Props {
  lab: Lab;
  label: string;
  place: number;
  onPick: (place: number) => void;
}

export function ParameterPick({ lab, label, place, onPick }: Props) {
  const shape = lab.shape.value;
  if (!shape) {
    return null;
  }
  const now = parameterAt(shape, place);
  const put = (some: Partial<Parameter>) => onPick(placeOf({ ...now, ...some }));
  const names = arrays(shape).map((array) => ({ value: array.name, label: array.name }));
  const pickArray = (name: string) =>
    put({ array: arrays(shape).find((array) => array.name === name), row: 0, column: 0 });
  return (
    <fieldset class="parameter">
      <legend>{label}</legend>
      <Pick
        label={lab.t("explain.array")}
        value={now.array.name}
        options={names}
        onPick={pickArray}
      />
      {now.array.rows > 1 && (
        <Pick
          label={lab.t("explain.row")}
          value={now.row}
          options={upTo(now.array.rows)}
          onPick={(row) => put({ row })}
        />
      )}
      {now.array.columns > 1 && (
        <Pick
          label={lab.t("explain.columnOf")}
          value={now.column}
          options={upTo(now.array.columns)}
          onPick={(column) => put({ column })}
        />
      )}
    </fieldset>
  );
}

const upTo = (count: number) =>
  Array.from({ length: count }, (_, value) => ({ value, label: `${value}` }));
