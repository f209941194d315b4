/** Every text of the page in every language; a missing one does not compile. */

import { page as pageEn } from "./page-en";
import { page as pageJa } from "./page-ja";
import { page as pageZh } from "./page-zh";

const en = { ...pageEn };

export type Key = keyof typeof en;
export type Language = "en" | "ja" | "zh";
export type Texts = Record<Key, string>;

export const TEXTS: Record<Language, Texts> = {
  en,
  ja: { ...pageJa },
  zh: { ...pageZh },
};
