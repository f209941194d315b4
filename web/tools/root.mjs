import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

/** The folder web/. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Return what a module of the page exports, for the build to use. */
export async function imported(path) {
  const options = { bundle: true, format: "esm", write: false, charset: "utf8" };
  const built = await esbuild.build({ ...options, entryPoints: [`${root}/${path}`] });
  const code = Buffer.from(built.outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}
