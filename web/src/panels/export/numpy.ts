/** What a network computes, in NumPy alone, with the weights of this moment. */

import type { Exported, Settings, Shape } from "../../protocol";

/** With more parameters than this the weights stand in a file of their own. */
const MOST_INSIDE = 2000;

export const weightsAreInside = (shape: Shape) => shape.size <= MOST_INSIDE;

/** Expressions of the sums z, and the functions that they need. */
const EXPRESSIONS: Record<string, string> = {
  identity: "z",
  sigmoid: "1 / (1 + np.exp(-z))",
  tanh: "np.tanh(z)",
  relu: "np.maximum(z, 0)",
  leaky_relu: "np.where(z > 0, z, 0.01 * z)",
  softplus: "np.logaddexp(0, z)",
  exponential: "np.exp(z)",
  gelu: "z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))",
  softmax: "softmax(z)",
};

const SOFTMAX = [
  "",
  "",
  "def softmax(z):",
  "    e = np.exp(z - z.max(axis=-1, keepdims=True))",
  "    return e / e.sum(axis=-1, keepdims=True)",
];

export function asNumpy(
  settings: Settings,
  shape: Shape,
  { params }: Exported,
  step: number,
): string {
  const inside = weightsAreInside(shape);
  const steps = shape.layers.flatMap(({ activation }, i) => [
    `    z = ${i ? "y" : "x"} @ W${i + 1} + b${i + 1}`,
    `    y = ${EXPRESSIONS[activation]}`,
  ]);
  return [
    `"""What the network of the Kobai lab computes after ${step} steps."""`,
    "",
    ...(inside ? [] : ["import json", "from pathlib import Path", ""]),
    "import numpy as np",
    "",
    ...(inside ? literals(params) : fromFile(shape)),
    ...(settings.output === "softmax" ? SOFTMAX : []),
    "",
    "",
    "def predict(x):",
    `    """Return the outputs for rows x (n, ${shape.inputs.length})."""`,
    ...steps,
    "    return y",
    "",
    "",
    `print(predict(np.zeros((1, ${shape.inputs.length}))))`,
    "",
  ].join("\n");
}

function literals(params: Exported["params"]): string[] {
  return Object.entries(params).flatMap(([name, values]) => [
    `${name} = np.array(`,
    `    ${JSON.stringify(values).replaceAll("],[", "],\n     [").replaceAll(",", ", ").replaceAll(", \n", ",\n")}`,
    ")",
  ]);
}

function fromFile({ layers }: Shape): string[] {
  const names = layers.flatMap((_, i) => [`W${i + 1}`, `b${i + 1}`]);
  return [
    'weights = json.loads(Path("weights.json").read_text())',
    ...names.map((name) => `${name} = np.array(weights["${name}"])`),
  ];
}
