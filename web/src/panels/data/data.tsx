/** Where the samples come from, and how many are held out. */

import { useEffect, useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { DataSettings, Settings } from "../../protocol";
import { Note, Pick, Slide } from "../parts/fields";
import { AxesPick } from "./axes";
import { PointsPart } from "./points";
import { Rows } from "./rows";
import { TablePart } from "./table";
import { ToyPart } from "./toys";

type Kind = DataSettings["kind"];

export function DataPanel({ lab }: { lab: Lab }) {
  const { data } = lab.settings.value;
  // A table is chosen, and points are drawn, before there is anything to train on.
  const [kind, put] = useState<Kind>(data.kind);
  const [seen, see] = useState(data.kind);
  if (seen !== data.kind) {
    // An undo or a link has put other data.
    see(data.kind);
    put(data.kind);
  }
  const file = useDropped(lab, () => put("table"));
  return (
    <div class="data-panel">
      <Pick
        label={lab.t("data.kind")}
        value={kind}
        options={kinds(lab)}
        control="data"
        onPick={(chosen) => {
          put(chosen);
          const first = firstOf(chosen);
          if (first) {
            lab.change({ data: first });
          }
        }}
      />
      {kind === "table" ? <TablePart lab={lab} file={file} /> : <Part lab={lab} kind={kind} />}
      {kind === data.kind && (
        <>
          <TestShare lab={lab} settings={lab.settings.value} />
          <AxesPick lab={lab} />
          <Rows lab={lab} />
        </>
      )}
    </div>
  );
}

/** The file that was dropped last: anywhere, since a browser would else leave the page. */
function useDropped(lab: Lab, then: () => void): File | null {
  const [file, put] = useState<File | null>(null);
  useEffect(() => {
    const over = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      const dropped = event.dataTransfer?.files[0];
      if (dropped) {
        event.preventDefault();
        put(dropped);
        then();
      }
    };
    lab.root.addEventListener("dragover", over);
    lab.root.addEventListener("drop", drop);
    return () => {
      lab.root.removeEventListener("dragover", over);
      lab.root.removeEventListener("drop", drop);
    };
  }, [lab]);
  return file;
}

function kinds(lab: Lab) {
  const { data } = lab.settings.value;
  const usual: Kind[] = ["toy", "points", "digits", "mnist", "table"];
  const all: Kind[] = data.kind === "run" ? ["run", ...usual] : usual;
  return all.map((value) => ({
    value,
    label: lab.t(`kind.${value}`, { name: data.kind === "run" ? data.name : "" }),
  }));
}

/** What a kind begins with; null where something must be chosen or drawn before. */
function firstOf(kind: Kind): DataSettings | null {
  switch (kind) {
    case "toy":
      return { kind, name: "spiral", rows: 300, noise: 0.1 };
    case "digits":
    case "mnist":
      return { kind };
    default:
      return null;
  }
}

function Part({ lab, kind }: { lab: Lab; kind: Kind }) {
  switch (kind) {
    case "toy":
      return <ToyPart lab={lab} />;
    case "points":
      return <PointsPart lab={lab} />;
    case "digits":
      return <Note>{lab.t("data.digitsText")}</Note>;
    case "mnist":
      return <MnistPart lab={lab} />;
    default:
      return null;
  }
}

/** Where the page was made without them, the engine refuses, and says so. */
function MnistPart({ lab }: { lab: Lab }) {
  return lab.settings.value.data.kind === "mnist" ? (
    <Note>{lab.t("data.mnistText")}</Note>
  ) : (
    <p class="note">
      {lab.t("data.noMnist")} <code>kobai lab mnist</code>
    </p>
  );
}

function TestShare({ lab, settings }: { lab: Lab; settings: Settings }) {
  const [share, put] = useState(settings.testSize);
  const [seen, see] = useState(settings.testSize);
  if (seen !== settings.testSize) {
    see(settings.testSize);
    put(settings.testSize);
  }
  const rows = lab.shape.value?.rows;
  const { data } = settings;
  // Test points of the sine lie between the others; what Python gave is divided already.
  const given =
    ["run", "mnist"].includes(data.kind) ||
    (data.kind === "toy" && data.name === "sine") ||
    (data.kind === "table" && !lab.isRead(data.name));
  return (
    <>
      {!given && (
        <Slide
          label={lab.t("data.testShare")}
          text={`${Math.round(100 * share)} %`}
          min={0.05}
          max={0.5}
          step={0.05}
          value={share}
          control="test-share"
          onSlide={put}
          onDone={(testSize) => lab.change({ testSize })}
        />
      )}
      {rows && (
        <Note>
          {lab.t("data.parts", { train: lab.counted(rows.train), test: lab.counted(rows.test) })}
        </Note>
      )}
    </>
  );
}
