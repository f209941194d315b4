/** A run as a Kobai script that gives the same points, weights, batches and curve. */

import { ACTIVATIONS, OPTIMIZERS, SCHEDULES } from "../../engine/formulas";
import type { Settings, Shape } from "../../protocol";
import { dataLines } from "./python-data";
import { call, number, pascal, text } from "./spelling";

export function asKobai(settings: Settings, shape: Shape, steps: number): string {
  const data = dataLines(settings);
  const layers = layerNames(settings);
  const schedule = scheduleName(settings);
  const optimizers = [OPTIMIZER_CLASSES[settings.optimizer], ...(schedule ? [schedule] : [])];
  return [
    '"""Train the network of the Kobai lab: the same points, weights and batches."""',
    "",
    ...(data.imports.includes("import numpy as np") || settings.l1
      ? ["import numpy as np", ""]
      : []),
    "import kobai",
    ...data.imports.filter((line) => line !== "import numpy as np"),
    `from kobai.networks import ${[...new Set(["Dense", "Network", ...layers])].sort().join(", ")}`,
    `from kobai.optimizers import ${optimizers.sort().join(", ")}`,
    "",
    ...data.lines,
    "",
    ...networkLines(settings, shape),
    "",
    ...optimizerLines(settings),
    "",
    "history = kobai.train(",
    "    network,",
    "    data,",
    "    optimizer=optimizer,",
    ...batchLines(settings),
    `    steps=${steps},`,
    `    seed=${settings.seed},`,
    ")",
    "print(history)",
    'history.plot().savefig("curves.png")',
    `kobai.save_model("model.safetensors", network${data.isDataset ? ", data=data" : ""})`,
    "",
  ].join("\n");
}

const OPTIMIZER_CLASSES: Record<string, string> = {
  sgd: "SGD",
  momentum: "Momentum",
  nesterov: "Nesterov",
  adagrad: "AdaGrad",
  rmsprop: "RMSProp",
  adam: "Adam",
  adamw: "AdamW",
};

function layerNames({ hidden, output }: Settings): string[] {
  const names = [...hidden.map(({ activation }) => activation), output].map(
    (name) => ACTIVATIONS[name].layer,
  );
  return hidden.some(({ dropout }) => dropout > 0) ? [...names, "Dropout"] : names;
}

function networkLines(settings: Settings, shape: Shape): string[] {
  const { hidden, output, loss, seed, precision } = settings;
  const init = initOf(settings);
  const dense = (units: number) => call("Dense", [`${units}`, init && `init=${init}`]);
  const layers = hidden.flatMap(({ units, activation, dropout }) => [
    dense(units),
    `${ACTIVATIONS[activation].layer}()`,
    ...(dropout ? [`Dropout(${number(dropout)})`] : []),
  ]);
  const outputs = shape.layers[shape.layers.length - 1].units;
  return [
    "layers = [",
    ...[...layers, dense(outputs), `${ACTIVATIONS[output].layer}()`].map(
      (layer) => `    ${layer},`,
    ),
    "]",
    "network = Network(",
    `    ${shape.inputs.length},`,
    "    layers,",
    `    loss=${text(loss)},`,
    `    seed=${seed},`,
    `    dtype=${text(precision)},`,
    ")",
  ];
}

function initOf({ initializer, std }: Settings): string {
  switch (initializer) {
    case "auto":
      return "";
    case "normal":
      return number(std);
    default:
      return text(initializer);
  }
}

function batchLines({ batches, batchSize }: Settings): string[] {
  const ownSize = batches === "online" || batches === "full";
  return [`    batches=${text(batches)},`, ...(ownSize ? [] : [`    batch_size=${batchSize},`])];
}

function scheduleName({ schedule }: Settings): string {
  return schedule === "constant" ? "" : pascal(schedule);
}

/** The learning rate: a number, or what it is at each step. */
function rateOf(settings: Settings): string {
  const { schedule, learningRate, scheduleOptions } = settings;
  if (schedule === "constant") {
    return number(learningRate);
  }
  const given = Object.entries(SCHEDULES[schedule].options).map(([name, usual]) => {
    const value = scheduleOptions?.[name] ?? usual;
    const whole = name === "steps" || name === "every";
    return `${name}=${whole ? Math.round(value) : number(value)}`;
  });
  return call(scheduleName(settings), [number(learningRate), ...given]);
}

function optimizerLines(settings: Settings): string[] {
  const { optimizer, options, weightDecay, l1 } = settings;
  const given = Object.keys(OPTIMIZERS[optimizer].options)
    .filter((name) => name !== "weight_decay" && options[name] !== undefined)
    .map((name) => `${name}=${number(options[name])}`);
  const name = OPTIMIZER_CLASSES[optimizer];
  const values = [rateOf(settings), ...given, `weight_decay=${number(weightDecay)}`];
  if (!l1) {
    return [`optimizer = ${call(name, values)}`];
  }
  return [
    "",
    `class WithL1(${name}):`,
    '    """Adds the derivative of l1 Σ |w| to every gradient."""',
    "",
    "    def rule(self, w, g, rate, step, *memory):",
    `        g = g + ${number(l1)} * np.sign(w)`,
    "        return super().rule(w, g, rate, step, *memory)",
    "",
    "",
    `optimizer = ${call("WithL1", values)}`,
  ];
}
