/** The nearest that scikit-learn has: one activation, SGD or Adam, and its own loss. */

import type { Settings, Shape } from "../../protocol";
import { dataLines } from "./python-data";
import { number, text } from "./spelling";

const ACTIVATIONS: Record<string, string> = {
  identity: "identity",
  sigmoid: "logistic",
  tanh: "tanh",
  relu: "relu",
};

/** What is in the settings and not in scikit-learn; the panel says it. */
export function missing({ hidden, optimizer, l1, loss, initializer }: Settings): boolean {
  const names = new Set(hidden.map(({ activation }) => activation));
  return (
    names.size > 1 ||
    [...names].some((name) => !(name in ACTIVATIONS)) ||
    hidden.some(({ dropout }) => dropout > 0) ||
    !["sgd", "momentum", "nesterov", "adam"].includes(optimizer) ||
    !["cross_entropy", "binary_cross_entropy", "squared_error"].includes(loss) ||
    initializer === "normal" ||
    l1 > 0
  );
}

export function asSklearn(settings: Settings, shape: Shape, steps: number): string {
  const data = dataLines(settings);
  const kind = shape.task === "classes" ? "MLPClassifier" : "MLPRegressor";
  const parts = data.isDataset
    ? "data.x_train, data.t_train, data.x_test, data.t_test"
    : "*data[0], *data[1]";
  const epochs = Math.max(1, Math.ceil(steps / shape.batchesPerEpoch));
  return [
    '"""Train the network of the Kobai lab in scikit-learn, as near as it has it."""',
    "",
    "import kobai",
    ...data.imports.filter((line) => line !== "import kobai"),
    `from sklearn.neural_network import ${kind}`,
    "",
    ...data.lines,
    `x_train, t_train, x_test, t_test = ${parts}`,
    "",
    `model = ${kind}(`,
    ...values(settings, shape).map((value) => `    ${value},`),
    `    max_iter=${epochs},`,
    "    n_iter_no_change=10**6,",
    `    random_state=${settings.seed},`,
    ")",
    ...(shape.task === "classes"
      ? ["model.fit(x_train, t_train)", "print(model.score(x_test, t_test))"]
      : ["model.fit(x_train, t_train.ravel())", "print(model.score(x_test, t_test.ravel()))"]),
    "",
  ].join("\n");
}

function values(settings: Settings, shape: Shape): string[] {
  const { hidden, optimizer, learningRate, weightDecay, batches, batchSize } = settings;
  const units = hidden.map((layer) => layer.units);
  const size = { shuffle: batchSize, random: batchSize, online: 1, full: shape.rows.train };
  const adam = optimizer.startsWith("adam");
  return [
    `hidden_layer_sizes=(${units.join(", ")}${units.length === 1 ? "," : ""})`,
    `activation=${text(ACTIVATIONS[hidden[0]?.activation] ?? "relu")}`,
    `solver=${text(adam ? "adam" : "sgd")}`,
    ...(adam
      ? []
      : [
          `momentum=${optimizer === "sgd" ? "0.0" : number(settings.options.momentum ?? 0.9)}`,
          `nesterovs_momentum=${optimizer === "nesterov" ? "True" : "False"}`,
        ]),
    `learning_rate_init=${number(learningRate)}`,
    // Its penalty is divided by the size of the batch.
    `alpha=${number(weightDecay * size[batches])}`,
    `batch_size=${Math.min(size[batches], shape.rows.train)}`,
  ];
}
