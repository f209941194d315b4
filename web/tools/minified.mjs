import { minify } from "terser";

/** Return a script in fewer bytes than the bundler itself leaves. */
export async function minified(script) {
  const { code } = await minify(script, {
    ecma: 2022,
    compress: { passes: 2 },
    mangle: { toplevel: true },
    toplevel: true,
  });
  return code;
}
