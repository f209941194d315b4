/** The page: data at the left, the network in the middle, what it answers at the right. */

import { PANELS } from "../panels/panels";
import { Beginning, Learning } from "./controls/learning";
import { Transport } from "./controls/transport";
import { Curves } from "./curves/curves";
import { Dialogs } from "./frame/dialogs";
import { Header } from "./frame/header";
import { Announcer, NoticeBar } from "./frame/notices";
import { Tabs } from "./frame/tabs";
import type { Lab, Panel } from "./lab";
import { Inspector } from "./network/inspector";
import { NetworkPicture } from "./network/picture";
import { Output } from "./output/output";

export function App({ lab }: { lab: Lab }) {
  const { t } = lab;
  return (
    <>
      <button type="button" class="skip" onClick={() => skip(lab)}>
        {t("app.skip")}
      </button>
      <Header lab={lab} />
      <Transport lab={lab} />
      <NoticeBar lab={lab} />
      {mounted(lab, "banner")}
      <main>
        <div class="column">
          <section class="card data" aria-label={t("data.label")} data-control="data">
            <h2>{t("data.label")}</h2>
            {mounted(lab, "data")}
          </section>
          <section class="card begin" aria-label={t("control.beginning")}>
            <h2>{t("control.beginning")}</h2>
            <Beginning lab={lab} />
          </section>
        </div>
        <div class="column">
          <section class="card network" aria-label={t("network.label")} tabIndex={-1}>
            <div class="card-head">
              <h2>{t("network.label")}</h2>
              <Summary lab={lab} />
            </div>
            <NetworkPicture lab={lab} />
            <Inspector lab={lab} />
          </section>
          <section class="card learn" aria-label={t("control.learning")}>
            <h2>{t("control.learning")}</h2>
            <Learning lab={lab} />
          </section>
        </div>
        <div class="column">
          <section class="card output" aria-label={t("view.label")}>
            <Output lab={lab} />
          </section>
          <section
            class="card curves"
            aria-label={t("curve.title")}
            data-control="curves"
          >
            <Curves lab={lab} />
          </section>
        </div>
        <section class="card tabs" aria-label={t("app.panels")} data-control="panels">
          <Tabs lab={lab} />
        </section>
      </main>
      <footer>
        <p>{t("app.offline")}</p>
      </footer>
      <Dialogs lab={lab} />
      <Announcer lab={lab} />
    </>
  );
}

/** The panels of a place that have something to show. */
export function mounted(lab: Lab, slot: Panel["slot"]) {
  return PANELS.filter(
    (panel) => panel.slot === slot && (panel.fits?.(lab) ?? true),
  ).map(({ name, view: View }) => <View key={name} lab={lab} />);
}

function Summary({ lab }: { lab: Lab }) {
  const shape = lab.shape.value;
  if (!shape) {
    return null;
  }
  const units = [shape.inputs.length, ...shape.layers.map((layer) => layer.units)];
  return (
    <span class="note">
      {lab.t("network.summary", {
        sizes: units.join("–"),
        size: lab.counted(shape.size),
      })}
    </span>
  );
}

/** No link: one within the page would be taken for the state in the hash. */
function skip(lab: Lab): void {
  lab.root.querySelector<HTMLElement>(".card.network")?.focus();
}
