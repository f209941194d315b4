/** One's own table: choose a file or drop it, see what each column is taken for. */

import { useEffect, useState } from "preact/hooks";
import type { Key, Values } from "../../page/words";
import type { Lab } from "../../page/lab";
import type { TableRead } from "../../protocol";
import { TEXTS } from "../../texts/texts";
import { Note, Pick } from "../parts/fields";
import { refusal } from "../parts/refusal";

interface Chosen {
  file: File;
  table: TableRead;
  omit: string[];
}

/** With the `file` that was dropped on the page, if one was. */
export function TablePart({ lab, file }: { lab: Lab; file: File | null }) {
  const [chosen, put] = useState<Chosen | null>(null);
  const [reading, read] = useState("");
  const choose = async (file: File, target?: string, omit: string[] = []) => {
    read(file.name);
    const table = await lab.readTable(file, target, omit);
    read("");
    if (!table) {
      return;
    }
    put({ file, table, omit });
    if (!table.refused) {
      lab.change({ data: { kind: "table", name: table.name, target: table.target, omit } });
    }
  };
  useEffect(() => {
    if (file) {
      choose(file);
    }
  }, [file]);
  return (
    <>
      <FilePick lab={lab} onPick={choose} again={chosen !== null} />
      {reading && <p role="status">{lab.t("table.reading", { name: reading })}</p>}
      {chosen?.table.refused && <Refused lab={lab} table={chosen.table} />}
      {chosen && !chosen.table.refused && (
        <Columns
          lab={lab}
          chosen={chosen}
          onChange={(target, omit) => choose(chosen.file, target, omit)}
        />
      )}
    </>
  );
}

interface FileProps {
  lab: Lab;
  again: boolean;
  onPick: (file: File) => void;
}

function FilePick({ lab, again, onPick }: FileProps) {
  const [over, hover] = useState(false);
  return (
    <div
      role="group"
      aria-label={lab.t("kind.table")}
      class={over ? "drop over" : "drop"}
      onDragOver={() => hover(true)}
      onDragLeave={() => hover(false)}
      onDrop={() => hover(false)}
    >
      <label class="file">
        <span>{lab.t(again ? "table.again" : "table.choose")}</span>
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            // So that the same file, mended, can be chosen again.
            event.currentTarget.value = "";
            if (file) {
              onPick(file);
            }
          }}
        />
      </label>
      <Note>
        {lab.t("table.drop")} {lab.t("table.private")}
      </Note>
    </div>
  );
}

function Refused({ lab, table }: { lab: Lab; table: TableRead }) {
  const refused = table.refused as NonNullable<TableRead["refused"]>;
  return (
    <div class="refused" role="alert">
      <b>{lab.t("table.refused", { name: table.name })}</b>
      <p>{refusal(lab, refused)}</p>
    </div>
  );
}

interface ColumnsProps {
  lab: Lab;
  chosen: Chosen;
  onChange: (target: string, omit: string[]) => void;
}

function Columns({ lab, chosen, onChange }: ColumnsProps) {
  const { table, omit } = chosen;
  const names = table.columns.map(({ name }) => name);
  const use = (name: string, used: boolean) =>
    onChange(table.target, used ? omit.filter((other) => other !== name) : [...omit, name]);
  return (
    <>
      <Pick
        label={lab.t("table.target")}
        value={table.target}
        options={names.map((value) => ({ value, label: value }))}
        onPick={(target) =>
          onChange(
            target,
            omit.filter((name) => name !== target),
          )
        }
      />
      <Note>{lab.t("table.task", { task: lab.t(`task.${table.task}`) })}</Note>
      {table.notes.map((note) => (
        <Note key={note.code}>{refusal(lab, note)}</Note>
      ))}
      <details open={names.length <= 12}>
        <summary>
          {lab.t("table.columns", { name: table.name, rows: lab.counted(table.rows) })}
        </summary>
        <ul class="table-columns">
          {table.columns.map((column) => (
            <Column
              key={column.name}
              lab={lab}
              column={column}
              isTarget={column.name === table.target}
              used={!omit.includes(column.name)}
              onUse={(used) => use(column.name, used)}
            />
          ))}
        </ul>
        <Note>{lab.t("table.same")}</Note>
      </details>
    </>
  );
}

interface ColumnProps {
  lab: Lab;
  column: TableRead["columns"][number];
  isTarget: boolean;
  used: boolean;
  onUse: (used: boolean) => void;
}

function Column({ lab, column, isTarget, used, onUse }: ColumnProps) {
  const taken = isTarget ? "target" : column.taken === "left out" ? "leftOut" : column.taken;
  return (
    <li>
      <label>
        <input
          type="checkbox"
          checked={used}
          disabled={isTarget}
          aria-label={`${lab.t("table.use")}: ${column.name}`}
          onChange={(event) => onUse(event.currentTarget.checked)}
        />
        <b>
          <bdi>{column.name}</bdi>
        </b>
      </label>
      <span class="tag">{lab.t(`taken.${taken}`)}</span>
      <span class="note">
        {why(lab, column.why)}
        {column.example && (
          <>
            {" "}
            · <bdi>{column.example}</bdi>
          </>
        )}
        {column.missing > 0 && ` · ${lab.t("table.missing")}: ${lab.counted(column.missing)}`}
      </span>
    </li>
  );
}

/** The engine's reason has a code and values, so that it can be said in every language. */
function why(lab: Lab, reason: { code: string; values?: Values }): string {
  const key = `said.${reason.code}`;
  return key in TEXTS.en ? lab.t(key as Key, reason.values) : reason.code;
}
