/** Every text of the page in every language; a missing one does not compile. */

import { panels as panelsEn } from "./en";
import { panels as panelsJa } from "./ja";
import { page as pageEn } from "./page-en";
import { page as pageJa } from "./page-ja";
import { page as pageZh } from "./page-zh";
import { said as saidEn } from "./said-en";
import { said as saidJa } from "./said-ja";
import { said as saidZh } from "./said-zh";
import { panels as panelsZh } from "./zh";

const en = { ...pageEn, ...panelsEn, ...saidEn };

export type Key = keyof typeof en;
export type Language = "en" | "ja" | "zh";
export type Texts = Record<Key, string>;

export const TEXTS: Record<Language, Texts> = {
  en,
  ja: { ...pageJa, ...panelsJa, ...saidJa },
  zh: { ...pageZh, ...panelsZh, ...saidZh },
};
