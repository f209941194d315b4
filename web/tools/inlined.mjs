/**
 * What is imported as text, so that the lab is one file:
 *
 *   import source from "kobai:worker"     the engine's Worker, a classic script
 *   import base64 from "kobai:wasm"       assembly/index.ts, compiled ("" without it)
 *   import base64 from "kobai:digits"     as src/data/digits.ts unpacks it
 *   import text from "kobai:licences"     of everything that is bundled
 *   import css from "./any.css"           minified
 *   import formulas from "./any.tex"      lines `name: LaTeX`, as an object of MathML
 *
 * In what is minified the digits are only named: `withDigits` puts them at the very
 * front. They cannot be compressed any further and are longer than the 32 kB that gzip
 * looks back, so in the midst of the code they would part it from what came before.
 */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";
import esbuild from "esbuild";
import temml from "temml";
import { minified } from "./minified.mjs";
import { imported, root } from "./root.mjs";
import { shortTexts } from "./texts.mjs";

const DIGITS = "kobaiDigits";

/** What stands for a text in a minified bundle: the Worker, too, is given the digits. */
const NAMED = {
  digits: () => DIGITS,
  worker: (text) => `'var ${DIGITS}="' + ${DIGITS} + '";' + ${JSON.stringify(text)}`,
};

const SOURCES = {
  worker,
  wasm,
  digits,
};

/**
 * Return the plugin that resolves these names.
 *
 * The files that went into the Worker, a bundle inside the bundle, are added to `inputs`.
 * What takes long is made once for all bundles that share `made`.
 */
export function inlined(common, { licences = "", inputs = new Set(), made = new Map() } = {}) {
  const source = async (name) => {
    if (name === "licences") return licences;
    const key = `${name} ${common.minify}`;
    if (!made.has(key)) made.set(key, SOURCES[name](common, made));
    const { text, files = [] } = await made.get(key);
    for (const path of files) inputs.add(path);
    return text;
  };
  return {
    name: "kobai",
    setup(build) {
      build.onResolve({ filter: /^kobai:/ }, ({ path }) => ({
        path: path.slice("kobai:".length),
        namespace: "kobai",
      }));
      build.onLoad({ filter: /./, namespace: "kobai" }, async ({ path }) => {
        const text = await source(path);
        const code = common.minify && NAMED[path]?.(text);
        return code ? { contents: `export default ${code}`, loader: "js" } : { contents: text, loader: "text" };
      });
      build.onLoad({ filter: /\.css$/ }, async ({ path }) => ({
        contents: await stylesheet(path),
        loader: "text",
      }));
      if (common.minify) shorten(build);
      if (isOfPage(build)) describeFormulas(build);
      build.onLoad({ filter: /\.tex$/ }, async ({ path }) => ({
        contents: JSON.stringify(formulas(await readFile(path, "utf8"))),
        loader: "json",
      }));
    },
  };
}

/** A script with the digits in front, if it names them. */
export async function withDigits(script, common, made) {
  if (!script.includes(DIGITS)) return script;
  const { text } = await made.get(`digits ${common.minify}`);
  return `var ${DIGITS}="${text}";${script}`;
}

/** Whether a bundle leaves the training to the Worker, or to another page's engine. */
function isOfPage(build) {
  const entries = build.initialOptions.entryPoints;
  return entries.includes("src/main.tsx") || entries.includes("src/embed.ts");
}

/** Leave out the functions of losses and optimizers: the page itself does not train. */
function describeFormulas(build) {
  build.onResolve({ filter: /engine\/formulas$/ }, ({ namespace }) =>
    namespace === "formulas" ? undefined : { path: "described", namespace: "formulas" },
  );
  build.onLoad({ filter: /./, namespace: "formulas" }, async () => {
    const { LOSSES, OPTIMIZERS, SCHEDULES } = await imported("src/engine/formulas.ts");
    const described = Object.entries({ LOSSES, OPTIMIZERS, SCHEDULES }).map(
      ([name, table]) => `export const ${name} = ${JSON.stringify(table)};`,
    );
    const rest = 'export { ACTIVATIONS, INITIALIZERS } from "./src/engine/formulas";';
    return { contents: [rest, ...described].join("\n"), loader: "js", resolveDir: root };
  });
}

/** Have the texts' keys short, in the texts and wherever they are asked for. */
function shorten(build) {
  const texts = shortTexts();
  build.onLoad({ filter: /src\/texts\/texts\.ts$/ }, async () => ({
    contents: (await texts).module,
    loader: "js",
  }));
  build.onLoad({ filter: /src\/.*\.tsx?$/ }, async ({ path }) => ({
    contents: (await texts).shortened(await readFile(path, "utf8")),
    loader: path.endsWith("x") ? "tsx" : "ts",
  }));
}

async function worker(common, made) {
  const built = await esbuild.build({
    ...common,
    entryPoints: ["src/engine/worker.ts"],
    // A module cannot be a Worker where the page was opened as a file.
    format: "iife",
    plugins: [inlined(common, { made })],
  });
  const [{ text }] = built.outputFiles;
  const files = Object.keys(built.metafile.inputs);
  return { text: common.minify ? await minified(text) : text, files };
}

async function wasm() {
  if (!existsSync(`${root}/assembly/index.ts`)) return { text: "" };
  const { default: asc } = await import("assemblyscript/asc");
  const written = {};
  const { error, stderr } = await asc.main(
    [
      ...["assembly/index.ts", "--outFile", "kernels.wasm", "--baseDir", root],
      ...["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"],
    ],
    {
      readFile: (name, base) => readFile(`${base}/${name}`, "utf8").catch(() => null),
      writeFile: (name, contents) => {
        written[name] = contents;
      },
    },
  );
  if (error) throw new Error(`assembly/index.ts: ${stderr.toString()}`);
  return { text: Buffer.from(written["kernels.wasm"]).toString("base64") };
}

/** Pack the digits that the Python package has, by what the page unpacks them with. */
async function digits() {
  const archive = await readFile(`${root}/../src/kobai/data/digits.npz`);
  const bytes = Buffer.concat([member(archive, "labels.npy"), member(archive, "images.npy")]);
  const { packedDigits } = await imported("src/data/digits.ts");
  return { text: Buffer.from(packedDigits(bytes)).toString("base64") };
}

/** Return the numbers of an array in an npz file: bytes, in the order of C. */
function member(archive, name) {
  let at = archive.readUInt32LE(archive.lastIndexOf(Buffer.from("PK\x05\x06")) + 16);
  while (archive.readUInt32LE(at) === 0x02014b50) {
    const [length, extra, comment] = [28, 30, 32].map((i) => archive.readUInt16LE(at + i));
    if (archive.toString("utf8", at + 46, at + 46 + length) === name) {
      return numbers(content(archive, archive.readUInt32LE(at + 42), at));
    }
    at += 46 + length + extra + comment;
  }
  throw new Error(`digits.npz has no ${name}`);
}

function content(archive, local, central) {
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + archive.readUInt32LE(central + 20));
  return archive.readUInt16LE(central + 10) === 0 ? packed : inflateRawSync(packed);
}

const numbers = (npy) => npy.subarray(10 + npy.readUInt16LE(8));

async function stylesheet(path) {
  const source = await readFile(path, "utf8");
  const { code } = await esbuild.transform(source, { loader: "css", minify: true });
  return code.trim();
}

function formulas(source) {
  const lines = source.split("\n").filter((line) => line.trim() && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      const [name, latex] = [line.slice(0, colon), line.slice(colon + 1)];
      return [name.trim(), temml.renderToString(latex.trim(), { throwOnError: true })];
    }),
  );
}
