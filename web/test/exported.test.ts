import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import base64 from "kobai:digits";
import { unpackedDigits } from "../src/data/digits";
import * as tables from "../src/data/table/table";
import { createEngine } from "../src/engine/engine";
import type { Settings, Views } from "../src/protocol";
import { fixtureTest } from "./fixtures";

interface Case {
  settings: Settings;
  /** A file to be read first: its text. */
  csv?: string;
  x: number[];
  to: string;
}

const VIEWS: Views = {
  ...{ surface: 0, thumbnails: 0, axes: [0, 1], sample: 0, weights: false },
  ...{ distributions: false, confusion: false, mistakes: 0, landscape: null },
};

const digits = async () => unpackedDigits(base64);

fixtureTest<Case>("a model file is written", async ({ settings, csv, x, to }) => {
  const ask = createEngine({ digits, tables });
  if (csv) {
    const answer = await ask({ id: 0, ask: "read", file: new File([csv], "table.csv"), target: "goal" });
    assert.ok(answer.is === "table" && !answer.table.refused);
  }
  const started = await ask({ id: 1, ask: "start", settings });
  assert.equal(started.is, "shape");
  await ask({ id: 2, ask: "train", steps: 30, milliseconds: 60_000, views: VIEWS });
  const answer = await ask({ id: 3, ask: "export" });
  assert.ok(answer.is === "exported");
  writeFileSync(to, answer.exported.safetensors);
  const predicted = await ask({ id: 4, ask: "predict", x: Float64Array.from(x) });
  assert.ok(predicted.is === "probabilities");
  writeFileSync(join(dirname(to), "outputs.json"), JSON.stringify(predicted.y));
});
