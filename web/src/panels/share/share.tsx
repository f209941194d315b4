/** The link to what is seen, to be copied. */

import { useEffect, useState } from "preact/hooks";
import type { Lab } from "../../page/lab";
import { Note } from "../parts/fields";
import { copied } from "../parts/files";

/** Longer ones are cut off by some mail and chat programs. */
const LONG = 2000;

export function ShareDialog({ lab }: { lab: Lab }) {
  const { link, whole } = useLink(lab);
  const { data } = lab.settings.value;
  return (
    <div class="share">
      <LinkField lab={lab} link={link} />
      <Note>{lab.t(whole ? "share.all" : "share.branch")}</Note>
      {data.kind === "table" && <Note>{lab.t("share.table")}</Note>}
      {data.kind === "points" && <Note>{lab.t("share.points")}</Note>}
    </div>
  );
}

/** Where the page is; inside a notebook it has no address of its own. */
const address = () => (location.protocol === "about:" ? "" : location.href.split("#")[0]);

/** The link of this moment, with what a teacher adds. */
export function useLink(lab: Lab, hidden?: Iterable<string>, task?: string) {
  const [made, put] = useState({ link: "", whole: true });
  const key = [...(hidden ?? [])].join();
  useEffect(() => {
    let current = true;
    lab.link({ hidden, task }).then(({ hash, whole }) => {
      if (current) {
        put({ link: `${address()}#${hash}`, whole });
      }
    });
    return () => {
      current = false;
    };
  }, [lab.settings.value, lab.moment.value, key, task]);
  return made;
}

export function LinkField({ lab, link }: { lab: Lab; link: string }) {
  const [state, put] = useState<"" | "copied" | "notCopied">("");
  return (
    <>
      <label class="field">
        <span>{lab.t("share.link")}</span>
        <textarea
          class="link"
          readOnly
          rows={4}
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <div class="row">
        <button
          type="button"
          class="primary"
          onClick={async () => put((await copied(link)) ? "copied" : "notCopied")}
        >
          {lab.t("share.copy")}
        </button>
        <span role="status">{state && lab.t(`copy.${state}`)}</span>
      </div>
      {link.length > LONG && (
        <Note>{lab.t("share.long", { n: lab.counted(link.length), most: lab.counted(LONG) })}</Note>
      )}
    </>
  );
}
