/**
 * Build the lab: one page, one module and the small figures, each in one file.
 *
 *   node build.mjs            dist/lab.html, dist/lab.js, dist/figures.js
 *   node build.mjs --tests    dist/test/*.mjs, for node --test, or into a FOLDER
 *   node build.mjs --watch    the first, again whenever a source has changed
 *
 * The same sources give the same bytes, wherever and whenever they are built.
 */

import { existsSync, watch } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { inlined, withDigits } from "./tools/inlined.mjs";
import { licencesOf } from "./tools/licences.mjs";
import { minified } from "./tools/minified.mjs";
import { pageWith } from "./tools/page.mjs";
import { root } from "./tools/root.mjs";

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

const PLAIN = { ...COMMON, minify: false };

const OUTPUTS = [
  { entry: "src/main.tsx", format: "iife", file: "lab.html" },
  { entry: "src/embed.ts", format: "esm", file: "lab.js" },
  // A classic script: a module is not loaded into a page that was opened as a file.
  { entry: "src/figures/main.tsx", format: "iife", file: "figures.js" },
];

/** Return an entry as one script, with the licences of what is in it. */
async function script(entry, format, made) {
  const inputs = new Set();
  const bundle = (common, licences) =>
    esbuild.build({
      ...common,
      entryPoints: [entry],
      format,
      plugins: [inlined(common, { licences, inputs, made })],
    });
  // What is bundled is known after a first build; the licences are in the second.
  const first = await bundle(PLAIN, "");
  for (const path of Object.keys(first.metafile.inputs)) inputs.add(path);
  const licences = await licencesOf(inputs);
  const code = await minified((await bundle(COMMON, licences)).outputFiles[0].text);
  const text = await withDigits(code, COMMON, made);
  return inputs.has("kobai:licences") ? text : `/*\n${licences}*/\n${text}`;
}

async function build() {
  await mkdir(`${root}/dist`, { recursive: true });
  const made = new Map();
  for (const { entry, format, file } of OUTPUTS) {
    if (!existsSync(`${root}/${entry}`)) {
      console.log(`${file}: left out, there is no ${entry}`);
      continue;
    }
    const text = await script(entry, format, made);
    const whole = Buffer.from(file === "lab.html" ? await pageWith(text) : text);
    // In one piece, for whoever reads it meanwhile.
    await writeFile(`${root}/dist/${file}.new`, whole);
    await rename(`${root}/dist/${file}.new`, `${root}/dist/${file}`);
    const packed = gzipSync(whole, { level: 9 });
    console.log(`${file}: ${kilobytes(whole)}, compressed ${kilobytes(packed)}`);
  }
}

const kilobytes = (bytes) => `${(bytes.length / 1000).toFixed(1)} kB`;

async function buildTests(folder) {
  await rm(folder, { recursive: true, force: true });
  const names = await readdir(`${root}/test`);
  await esbuild.build({
    ...PLAIN,
    sourcemap: "inline",
    write: true,
    entryPoints: names.filter((name) => /\.test\.tsx?$/.test(name)).map((name) => `test/${name}`),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    platform: "node",
    plugins: [inlined(PLAIN)],
  });
}

const asked = process.argv.indexOf("--tests");
if (asked > 0) {
  await buildTests(resolve(root, process.argv[asked + 1] ?? "dist/test"));
} else {
  await build();
}

if (process.argv.includes("--watch")) {
  let waiting;
  watch(`${root}/src`, { recursive: true }, () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => build().catch((error) => console.error(error.message)), 100);
  });
}
