import { minifySync } from "oxc-minify";

/** Return a script in fewer bytes than the bundler itself leaves. */
export function minified(script) {
  const { code, errors } = minifySync("script.js", script, {
    compress: { target: "es2022" },
    mangle: { toplevel: true },
  });
  if (errors.length) throw new Error(errors[0].message);
  return code;
}
