/** The texts: complete, used, with the same placeholders in every language. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { WORDS } from "../src/figures/texts";
import { TEXTS } from "../src/texts/texts";

const LANGUAGES = ["ja", "zh"] as const;
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

/** All the sources that may ask for a text, as one. */
function sources(): string {
  const names = readdirSync("src", { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("texts/"))
    .map((name) => readFileSync(`src/${name}`, "utf8"))
    .join("\n");
}

for (const [what, records] of [
  ["page", TEXTS],
  ["figures", WORDS],
] as const) {
  for (const language of LANGUAGES) {
    const [english, other] = [records.en, records[language]] as Record<string, string>[];

    test(`${what}: ${language} has every text, and no other`, () => {
      assert.deepEqual(Object.keys(other).sort(), Object.keys(english).sort());
    });

    test(`${what}: ${language} has the placeholders of the English texts`, () => {
      for (const key of Object.keys(english)) {
        assert.deepEqual(holes(other[key]), holes(english[key]), key);
      }
    });

    test(`${what}: ${language} has its own words where English has some`, () => {
      const same = Object.keys(english).filter(
        (key) => other[key] === english[key] && / .* .* /.test(english[key]),
      );
      assert.deepEqual(same, []);
    });
  }
}

test("no text is empty", () => {
  for (const texts of Object.values(TEXTS)) {
    assert.deepEqual(
      Object.entries(texts).filter(([, text]) => text.trim() === ""),
      [],
    );
  }
});

test("every text of the page is asked for", () => {
  const source = sources();
  const prefixes = [...source.matchAll(/`(\w+\.)\$\{/g)].map(([, prefix]) => prefix);
  const unused = Object.keys(TEXTS.en).filter(
    (key) => !source.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
  );
  assert.deepEqual(unused, []);
});

test("every text of the figures is asked for", () => {
  const source = sources();
  const unused = Object.keys(WORDS.en).filter(
    (key) => !source.includes(`say("${key}"`) && !source.includes(`"${key}"`),
  );
  assert.deepEqual(unused, []);
});
