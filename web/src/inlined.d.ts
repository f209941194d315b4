/** What the build puts in as text: see tools/inlined.mjs. */

declare module "kobai:worker" {
  const source: string;
  export default source;
}

declare module "kobai:wasm" {
  const base64: string;
  export default base64;
}

declare module "kobai:digits" {
  const base64: string;
  export default base64;
}

declare module "kobai:licences" {
  const text: string;
  export default text;
}

declare module "*.css" {
  const css: string;
  export default css;
}

declare module "*.tex" {
  const mathml: Record<string, string>;
  export default mathml;
}
