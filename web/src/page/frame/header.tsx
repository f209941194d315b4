/** The name, the language, the colours, and the doors to the dialogs. */

import { PANELS } from "../../panels/panels";
import { IconButton } from "../controls/icon-button";
import { History } from "../controls/transport";
import type { Lab, Theme } from "../lab";
import type { Language } from "../words";

const LANGUAGES: Record<Language, string> = { en: "English", ja: "日本語", zh: "中文" };
const NEXT: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
const ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;

export function Header({ lab }: { lab: Lab }) {
  const { t, theme, dialog } = lab;
  const doors = PANELS.filter((panel) => panel.slot === "dialog");
  return (
    <header>
      <h1>
        <Mark />
        <span>{t("app.title")}</span>
        <small>{t("app.tagline")}</small>
      </h1>
      <History lab={lab} />
      <nav aria-label={t("app.more")}>
        {doors.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            class="quiet"
            data-control={name}
            onClick={() => {
              dialog.value = name;
            }}
          >
            {t(title)}
          </button>
        ))}
        <select
          aria-label={t("app.language")}
          value={lab.language.value}
          onChange={({ currentTarget }) => {
            lab.language.value = currentTarget.value as Language;
          }}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
        <IconButton
          label={`${t("app.theme")}: ${t(`theme.${theme.value}`)}`}
          icon={ICONS[theme.value]}
          onClick={() => {
            theme.value = NEXT[theme.value];
          }}
        />
        <button
          type="button"
          class="icon swatch"
          aria-label={t("palette.other")}
          aria-pressed={lab.contrast.value}
          title={t("palette.other")}
          onClick={() => {
            lab.contrast.value = !lab.contrast.value;
          }}
        >
          <i />
        </button>
        <button
          type="button"
          class="icon"
          aria-label={t("app.help")}
          title={`${t("app.help")} (?)`}
          onClick={() => {
            dialog.value = "help";
          }}
        >
          ?
        </button>
      </nav>
    </header>
  );
}

/** A ball that rolls down a slope: what the name means. */
function Mark() {
  return (
    <svg
      viewBox="0 0 32 32"
      width="30"
      height="30"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d="M2 5c5 27 23 27 28 0"
        fill="none"
        stroke="currentColor"
        stroke-width="3.4"
        stroke-linecap="round"
      />
      <circle cx="16" cy="20.4" r="4.4" class="ball" />
    </svg>
  );
}
