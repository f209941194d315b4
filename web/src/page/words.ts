/** Texts in the language that is on: `t("play")`, `t("step_of", { step: "1,200" })`. */

import type { ReadonlySignal } from "@preact/signals";
import { type Key, type Language, TEXTS } from "../texts/texts";

export type { Key, Language };
export type Values = Record<string, string | number>;
export type Translate = (key: Key, values?: Values) => string;

const HOLE = /\{(\w+)\}/g;

export function translator(language: ReadonlySignal<Language>): Translate {
  return (key, values = {}) => {
    // A name that somebody added in Python alone has no text yet: it stands for itself.
    const text = TEXTS[language.value][key] ?? key;
    return text.replace(HOLE, (hole, name) => {
      const value = values[name] ?? hole;
      const isCount = Number.isInteger(value);
      return isCount ? counted(value as number, language.value) : `${value}`;
    });
  };
}

/** The language of the reader, of those that there are. */
export function readersLanguage(): Language {
  const wanted = navigator.languages ?? [navigator.language];
  for (const tag of wanted) {
    const found = tag.slice(0, 2).toLowerCase();
    if (found in TEXTS) {
      return found as Language;
    }
  }
  return "en";
}

const DIGITS: Record<Language, string> = { en: "en", ja: "ja", zh: "zh-Hans" };

/** A number as the language writes it, with so many significant digits. */
export function written(value: number, language: Language, digits = 3): string {
  if (!Number.isFinite(value)) {
    return String(value);
  }
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) {
    return value.toExponential(digits - 1).replaceAll("-", "−");
  }
  return formatOf(language, digits).format(value || 0).replace("-", "−");
}

/** A whole number: 1,200. */
export function counted(value: number, language: Language): string {
  return formatOf(language).format(value);
}

const FORMATS = new Map<string, Intl.NumberFormat>();

/** Made once: to make one takes longer than to write a thousand numbers with it. */
function formatOf(language: Language, maximumSignificantDigits?: number) {
  const key = `${language} ${maximumSignificantDigits}`;
  let format = FORMATS.get(key);
  if (!format) {
    format = new Intl.NumberFormat(DIGITS[language], { maximumSignificantDigits });
    FORMATS.set(key, format);
  }
  return format;
}
