"""How fast the lab's engine is, in Node.

    python benchmarks/lab_engine.py

A step of 2-8-8-1 at batch 10 and every unit's surface of 100 × 100 cells, beside a
network of objects, as pages for teaching commonly have; and an epoch of 784-50-10.
"""

import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

BUNDLE = """
import esbuild from "esbuild";
import { inlined } from "./tools/inlined.mjs";
const common = { bundle: true, absWorkingDir: process.cwd(), logLevel: "warning" };
await esbuild.build({
  ...common,
  entryPoints: ["../benchmarks/lab_engine.ts"],
  outfile: process.argv[1],
  format: "esm",
  platform: "node",
  plugins: [inlined(common)],
});
"""


def main() -> None:
    """Bundle the measurement, run it, and print what it found."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = str(Path(folder, "lab_engine.mjs"))
        build = ["node", "--input-type=module", "--eval", BUNDLE, bundle]
        subprocess.run(build, cwd=ROOT / "web", check=True)
        subprocess.run(["node", bundle], check=True)


if __name__ == "__main__":
    main()
