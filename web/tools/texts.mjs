import { readdir, readFile } from "node:fs/promises";
import { imported, root } from "./root.mjs";

const END = "\n";
const SOURCE = /\.tsx?$/;

/**
 * The texts as they are in the page: every key once, and short.
 *
 * English has the keys, the other languages are lists in the same order. A key that the
 * sources only spell out becomes a number; one that they put together, as in
 * `toy.${name}`, stays.
 */
export async function shortTexts() {
  const { TEXTS: texts } = await imported("src/texts/texts.ts");
  const keys = Object.keys(texts.en);
  const beginnings = await beginningsInUse();
  const isKept = (key) => beginnings.has(key.slice(0, key.indexOf(".") + 1));
  const short = new Map(
    keys.map((key, i) => [key, isKept(key) ? key : `#${i.toString(36)}`]),
  );
  return {
    module: moduleOf(texts, keys, short),
    shortened: (source) =>
      source.replace(/"([a-z]\w*\.\w+)"/gi, (text, key) =>
        short.has(key) ? `"${short.get(key)}"` : text,
      ),
  };
}

async function beginningsInUse() {
  const names = await readdir(`${root}/src`, { recursive: true });
  const found = new Set();
  for (const name of names.filter((each) => SOURCE.test(each))) {
    const source = await readFile(`${root}/src/${name}`, "utf8");
    for (const [, beginning] of source.matchAll(/`(\w+\.)\$\{/g)) found.add(beginning);
  }
  return found;
}

function moduleOf(texts, keys, short) {
  const listed = (values) => {
    if (values.some((value) => value.includes(END))) throw new Error("a text has two lines");
    return `${JSON.stringify(values.join(END))}.split(${JSON.stringify(END)})`;
  };
  const lists = Object.entries(texts).map(
    ([language, each]) => `${language}: of(${listed(keys.map((key) => each[key]))})`,
  );
  return `
    const keys = ${listed(keys.map((key) => short.get(key).replace(/^#.*/, "")))};
    const of = (values) => Object.fromEntries(
      values.map((value, i) => [keys[i] || "#" + i.toString(36), value])
    );
    export const TEXTS = {${lists.join(",")}};`;
}
