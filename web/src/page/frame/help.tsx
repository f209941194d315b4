/** What there is to do, and every key. */

import type { Lab } from "../lab";
import type { Key } from "../words";

const KEYS: [string, Key][] = [
  ["Space", "help.play"],
  [".", "help.step"],
  [",", "transport.sample"],
  ["E", "help.epoch"],
  ["R", "help.rewind"],
  ["S", "transport.restart"],
  ["Ctrl+Z · Ctrl+Y", "help.undo"],
  ["← → ↑ ↓ · Enter", "help.network"],
  ["PgUp · PgDn", "help.weights"],
  ["+ · −", "help.units"],
  ["← → · PgUp PgDn", "help.timeline"],
  ["?", "help.help"],
];

export function Help({ lab }: { lab: Lab }) {
  const { t } = lab;
  return (
    <div class="help">
      <p>{t("help.intro")}</p>
      <p>{t("help.colours")}</p>
      <h3>{t("help.keys")}</h3>
      <dl>
        {KEYS.map(([keys, text]) => (
          <div key={text}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
