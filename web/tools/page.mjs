import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { root } from "./root.mjs";

/** Return the page with its script inside, and the place for the data that it is given. */
export async function pageWith(script) {
  if (/<\/script|<!--/i.test(script)) {
    throw new Error("the script would end, or be commented out, inside the page");
  }
  const template = await readFile(`${root}/tools/page.html`, "utf8");
  const version = createHash("sha256").update(script).digest("hex").slice(0, 12);
  // Functions, since a $ in a replacing text has a meaning.
  return template.replace("VERSION", () => version).replace("SCRIPT", () => script);
}
