import { readdir, readFile } from "node:fs/promises";
import { root } from "./root.mjs";

/** Return the names, versions and licences of what a bundle of these files holds. */
export async function licencesOf(inputs) {
  const names = new Set([...inputs].flatMap(named));
  const found = await Promise.all([...names].sort().map(licence));
  const kobai = await readFile(`${root}/../LICENSE`, "utf8");
  const digits = await readFile(`${root}/../src/kobai/data/digits.txt`, "utf8");
  const parts = [`Kobai\n\n${kobai}`, ...found, ...(inputs.has("kobai:digits") ? [digits] : [])];
  return parts
    .map((text, i) => (i ? withoutTerms(text, kobai) : text))
    .map((text) => `${text.replaceAll("*/", "* /").trim()}\n`)
    .join(`\n${"-".repeat(72)}\n\n`);
}

/** Terms that are the same, word for word, stand in the list once. */
function withoutTerms(text, kobai) {
  const words = (part) => part.replace(/\s+/g, " ").trim();
  const terms = kobai.slice(kobai.indexOf("Permission"));
  const at = text.indexOf("Permission");
  const isSame = at >= 0 && words(text.slice(at)) === words(terms);
  return isSame ? `${text.slice(0, at)}The terms are those of Kobai, above.` : text;
}

function named(path) {
  return path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.slice(1, 2) ?? [];
}

async function licence(name) {
  const folder = `${root}/node_modules/${name}`;
  const about = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? await readFile(`${folder}/${file}`, "utf8") : await notice(folder, about);
  return `${name} ${about.version} (${about.license})\n\n${text.trim()}`;
}

/** A package without a file of its licence tells it at the top of its code. */
async function notice(folder, about) {
  const code = await readFile(`${folder}/${about.module ?? about.main}`, "utf8");
  const comment = code.match(/\/\*[\s\S]*?\*\//)?.[0];
  if (!comment) throw new Error(`${about.name}: no licence is found to be listed`);
  const mit = await readFile(`${root}/../LICENSE`, "utf8");
  const terms = about.license === "MIT" ? `\n\n${mit.slice(mit.indexOf("Permission"))}` : "";
  return comment.replace(/^[/\s]*\**|\**\/$/gm, "").trim() + terms;
}
