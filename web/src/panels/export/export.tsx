/** What the page gives away: the run as Python, weights, curve, pictures. */

import { useEffect, useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import type { Exported, Shape } from "../../protocol";
import { Note, Segments } from "../parts/fields";
import { copied, download } from "../parts/files";
import { curveCsv } from "./curve";
import { asNumpy, weightsAreInside } from "./numpy";
import { networkSvg } from "./network-svg";
import { PICTURES, savePicture } from "./pictures";
import { asKobai } from "./python";
import { asPyTorch } from "./pytorch";
import { asSklearn, missing } from "./sklearn";

const LANGUAGES = ["kobai", "numpy", "pytorch", "sklearn"] as const;
type Target = (typeof LANGUAGES)[number];

export function ExportDialog({ lab }: { lab: Lab }) {
  const shape = lab.shape.value;
  const exported = useExported(lab);
  return shape && exported ? (
    <div class="export">
      <Code lab={lab} shape={shape} exported={exported} />
      <Files lab={lab} shape={shape} exported={exported} />
    </div>
  ) : (
    <p role="status">{lab.t("app.starting")}</p>
  );
}

/** What the engine has at this moment; training goes on behind the dialog. */
function useExported(lab: Lab): Exported | null {
  const [found, put] = useState<Exported | null>(null);
  useEffect(() => {
    lab.export().then(put);
  }, [lab]);
  return found;
}

interface Props {
  lab: Lab;
  shape: Shape;
  exported: Exported;
}

function written(target: Target, { lab, shape, exported }: Props): string {
  const settings = lab.settings.value;
  const { step } = lab.moment.value;
  switch (target) {
    case "kobai":
      return asKobai(settings, shape, Math.max(1, step));
    case "numpy":
      return asNumpy(settings, shape, exported, step);
    case "pytorch":
      return asPyTorch(settings, shape, step);
    case "sklearn":
      return asSklearn(settings, shape, step);
  }
}

function Code(props: Props) {
  const { lab, shape } = props;
  const [target, pick] = useState<Target>("kobai");
  const [state, put] = useState<"" | "copied" | "notCopied">("");
  const code = written(target, props);
  return (
    <section>
      <h3>{lab.t("export.code")}</h3>
      <Segments
        label={lab.t("export.code")}
        value={target}
        options={LANGUAGES.map((value) => ({ value, label: lab.t(`target.${value}`) }))}
        onPick={(value) => {
          pick(value);
          put("");
        }}
      />
      <pre class="code" tabIndex={0}>
        <code>{code}</code>
      </pre>
      <Remarks lab={lab} shape={shape} target={target} />
      <div class="row">
        <button
          type="button"
          class="primary"
          onClick={async () => put((await copied(code)) ? "copied" : "notCopied")}
        >
          {lab.t("export.copyCode")}
        </button>
        <button
          type="button"
          onClick={() => download(lab, `lab_${target}.py`, code, "text/x-python")}
        >
          {lab.t("export.saveCode")}
        </button>
        <span role="status">{state && lab.t(`copy.${state}`)}</span>
      </div>
    </section>
  );
}

function Remarks({ lab, shape, target }: { lab: Lab; shape: Shape; target: Target }) {
  const settings = lab.settings.value;
  const { data } = settings;
  const branch = lab.branches.value.find(({ id }) => id === lab.moment.value.branch);
  return (
    <>
      <Note>{lab.t(`exportNote.${target}`)}</Note>
      {data.kind === "table" && target !== "numpy" && (
        <Note>{lab.t("export.noteFile", { name: data.name })}</Note>
      )}
      {target === "numpy" && !weightsAreInside(shape) && (
        <Note>{lab.t("export.noteFile", { name: "weights.json" })}</Note>
      )}
      {target === "kobai" && branch?.from && (
        <Note>{lab.t("export.notChanged", { step: branch.from.step })}</Note>
      )}
      {target === "sklearn" && missing(settings) && <Note>{lab.t("export.noteMissing")}</Note>}
    </>
  );
}

function Files({ lab, shape, exported }: Props) {
  const { safetensors, params } = exported;
  const save = (name: string, content: BlobPart, type: string) => () =>
    download(lab, name, content, type);
  return (
    <section>
      <h3>{lab.t("export.weights")}</h3>
      <div class="row">
        <button
          type="button"
          onClick={save("model.safetensors", safetensors as BlobPart, "application/octet-stream")}
        >
          {lab.t("export.safetensors")}
        </button>
        <button
          type="button"
          onClick={save("weights.json", JSON.stringify(params), "application/json")}
        >
          {lab.t("export.json")}
        </button>
        <button type="button" onClick={save("history.csv", curveCsv(exported.history), "text/csv")}>
          {lab.t("export.curve")}
        </button>
      </div>
      <h3>{lab.t("export.pictures")}</h3>
      <div class="row">
        <button
          type="button"
          onClick={() => save("network.svg", networkSvg(shape, params), "image/svg+xml")()}
        >
          {lab.t("picture.network")}
        </button>
        {PICTURES.map((name) => (
          <button key={name} type="button" onClick={() => savePicture(lab, name)}>
            {lab.t(`picture.${name}`)}
          </button>
        ))}
      </div>
    </section>
  );
}
