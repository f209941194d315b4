/** The same network and settings in PyTorch, trained from initial weights of its own. */

import { ACTIVATIONS } from "../../engine/formulas";
import type { Settings, Shape } from "../../protocol";
import { dataLines } from "./python-data";
import { call, number } from "./spelling";

const MODULES: Record<string, string> = {
  identity: "nn.Identity()",
  sigmoid: "nn.Sigmoid()",
  tanh: "nn.Tanh()",
  relu: "nn.ReLU()",
  leaky_relu: "nn.LeakyReLU(0.01)",
  softplus: "nn.Softplus()",
  gelu: 'nn.GELU(approximate="tanh")',
  softmax: "nn.Softmax(dim=1)",
  exponential: "Exponential()",
};

/** Losses that have the output's activation in them, and what they are called. */
const OF_LOGITS: Record<string, string> = {
  cross_entropy: "nn.CrossEntropyLoss()",
  binary_cross_entropy: "nn.BCEWithLogitsLoss()",
  poisson: "nn.PoissonNLLLoss()",
};

const LOSSES: Record<string, string> = {
  cross_entropy_error: "lambda y, t: -torch.log(y[range(len(t)), t] + 1e-7).mean()",
  mean_squared_error: "nn.MSELoss()",
  squared_error: "lambda y, t: 0.5 * (y - t).square().sum(dim=1).mean()",
  huber: "nn.HuberLoss()",
};

export function asPyTorch(settings: Settings, shape: Shape, steps: number): string {
  const data = dataLines(settings);
  const { loss, seed, batches, batchSize } = settings;
  const size = { shuffle: batchSize, random: batchSize, online: 1, full: shape.rows.train };
  const parts = data.isDataset ? "(data.x_train, data.t_train)" : "data[0]";
  const needsLabels = loss === "cross_entropy" || loss === "cross_entropy_error";
  return [
    '"""Train the network of the Kobai lab in PyTorch."""',
    "",
    "import kobai",
    ...data.imports.filter((line) => line !== "import kobai"),
    "import torch",
    "from torch import nn",
    "from torch.utils.data import DataLoader, TensorDataset",
    "",
    ...data.lines,
    `x, t = map(torch.as_tensor, ${parts})`,
    ...(needsLabels ? [] : ["t = t.reshape(len(t), -1).float()"]),
    "",
    `torch.manual_seed(${seed})`,
    "model = nn.Sequential(",
    ...modules(settings, shape).map((module) => `    ${module},`),
    ")",
    ...initialLines(settings),
    `loss = ${OF_LOGITS[loss] ?? LOSSES[loss]}`,
    `optimizer = ${optimizerOf(settings)}`,
    `batches = DataLoader(TensorDataset(x, t), batch_size=${size[batches]}, shuffle=True)`,
    "",
    `for epoch in range(${Math.max(1, Math.ceil(steps / shape.batchesPerEpoch))}):`,
    "    for x_batch, t_batch in batches:",
    "        value = loss(model(x_batch), t_batch)",
    "        optimizer.zero_grad()",
    "        value.backward()",
    "        optimizer.step()",
    "    print(epoch + 1, value.item())",
    "",
  ].join("\n");
}

function modules({ hidden, output, loss }: Settings, shape: Shape): string[] {
  let inputs = shape.inputs.length;
  const all: string[] = [];
  const dense = (units: number) => {
    all.push(`nn.Linear(${inputs}, ${units})`);
    inputs = units;
  };
  for (const { units, activation, dropout } of hidden) {
    dense(units);
    all.push(MODULES[activation]);
    if (dropout) {
      all.push(`nn.Dropout(${number(dropout)})`);
    }
  }
  dense(shape.layers[shape.layers.length - 1].units);
  return loss in OF_LOGITS || output === "identity" ? all : [...all, MODULES[output]];
}

function initialLines({ initializer, std, hidden }: Settings): string[] {
  const rectified = hidden.every(({ activation }) => ACTIVATIONS[activation].rectified);
  const he = initializer === "he" || (initializer === "auto" && rectified);
  const draw =
    initializer === "normal"
      ? `nn.init.normal_(layer.weight, std=${number(std)})`
      : he
        ? 'nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")'
        : "nn.init.xavier_normal_(layer.weight)";
  return [
    "for layer in model:",
    "    if isinstance(layer, nn.Linear):",
    `        ${draw}`,
    "        nn.init.zeros_(layer.bias)",
  ];
}

function optimizerOf(settings: Settings): string {
  const { optimizer, learningRate, options, weightDecay } = settings;
  const momentum = number(options.momentum ?? 0.9);
  const betas = `betas=(${number(options.beta1 ?? 0.9)}, ${number(options.beta2 ?? 0.999)})`;
  const own: Record<string, string[]> = {
    sgd: ["SGD"],
    momentum: ["SGD", `momentum=${momentum}`],
    nesterov: ["SGD", `momentum=${momentum}`, "nesterov=True"],
    adagrad: ["Adagrad", `eps=${number(options.epsilon ?? 1e-7)}`],
    rmsprop: ["RMSprop", `alpha=${number(options.decay ?? 0.9)}`],
    adam: ["Adam", betas],
    adamw: ["AdamW", betas],
  };
  const [name, ...rest] = own[optimizer];
  const rate = `lr=${number(learningRate)}`;
  const decay = `weight_decay=${number(weightDecay)}`;
  return call(`torch.optim.${name}`, ["model.parameters()", rate, ...rest, decay]);
}
