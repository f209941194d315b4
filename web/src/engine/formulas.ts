// Written by `python -m kobai.page.generated` from Kobai's own definitions: change them
// there. Each function is the simplified graph of one of theirs, or of its derivative.

import { logaddexp, tanh } from "./elementary";
import type { Activation, Loss, Optimizer, Schedule } from "./kinds";

export type { Activation, Loss, Numbers, Optimizer, Options, Schedule } from "./kinds";

export type ActivationName = 
  | "identity"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "softplus"
  | "exponential"
  | "gelu"
  | "softmax";
export type LossName = 
  | "cross_entropy"
  | "cross_entropy_error"
  | "binary_cross_entropy"
  | "squared_error"
  | "mean_squared_error"
  | "huber"
  | "poisson";
export type OptimizerName = 
  | "sgd"
  | "momentum"
  | "nesterov"
  | "adagrad"
  | "rmsprop"
  | "adam"
  | "adamw";
export type ScheduleName = 
  | "constant"
  | "step_decay"
  | "exponential_decay"
  | "cosine_decay"
  | "warm_up";
export type InitializerName = 
  | "auto"
  | "he"
  | "xavier"
  | "normal";

export const ACTIVATIONS: Record<ActivationName, Activation> = {
  identity: {
    layer: "Identity",
    hidden: true,
    rectified: false,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = x[i];
      }
    },
    backward() {
    },
  },
  sigmoid: {
    layer: "Sigmoid",
    hidden: true,
    rectified: false,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = 1 / (1 + Math.exp(Math.min(-x[i], 709)));
      }
    },
    backward(_x, y, g, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        g[i] = g[i] * (y[i] * (1 - y[i]));
      }
    },
  },
  tanh: {
    layer: "Tanh",
    hidden: true,
    rectified: false,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = tanh(x[i]);
      }
    },
    backward(_x, y, g, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        g[i] = g[i] * (1 - y[i] * y[i]);
      }
    },
  },
  relu: {
    layer: "ReLU",
    hidden: true,
    rectified: true,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = Math.max(x[i], 0);
      }
    },
    backward(x, _y, g, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        g[i] = x[i] > 0 ? g[i] : 0;
      }
    },
  },
  leaky_relu: {
    layer: "LeakyReLU",
    hidden: true,
    rectified: true,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = x[i] > 0 ? x[i] : 0.01 * x[i];
      }
    },
    backward(x, _y, g, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        const v1 = x[i] > 0;
        g[i] = (v1 ? g[i] : 0) + (v1 ? 0 : (v1 ? 0 : g[i]) * 0.01);
      }
    },
  },
  softplus: {
    layer: "Softplus",
    hidden: true,
    rectified: true,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = logaddexp(0, x[i]);
      }
    },
    backward(x, y, g, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        g[i] = g[i] * Math.exp(x[i] - y[i]);
      }
    },
  },
  exponential: {
    layer: "Exponential",
    hidden: false,
    rectified: false,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = Math.exp(x[i]);
      }
    },
    backward(_x, y, g, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        g[i] = g[i] * y[i];
      }
    },
  },
  gelu: {
    layer: "GELU",
    hidden: true,
    rectified: true,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = 0.5 * x[i] * (1 + tanh(0.7978845608028654 * (x[i] + 0.044715 * x[i] * x[i] * x[i])));
      }
    },
    backward(x, _y, g, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        const v1 = 0.044715 * x[i];
        const v2 = v1 * x[i];
        const v3 = tanh(0.7978845608028654 * (x[i] + v2 * x[i]));
        const v4 = g[i] * (0.5 * x[i]) * (1 - v3 * v3) * 0.7978845608028654;
        const v5 = v4 * x[i];
        g[i] = g[i] * (1 + v3) * 0.5 + v4 + v4 * v2 + v5 * v1 + v5 * x[i] * 0.044715;
      }
    },
  },
  softmax: {
    layer: "Softmax",
    hidden: false,
    rectified: false,
    rows: true,
    forward(x, y, rows, width) {
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = -Infinity;
        for (let i = start; i < end; i++) {
          if (x[i] > v1) v1 = x[i];
        }
        let v2 = 0;
        for (let i = start; i < end; i++) {
          v2 += Math.exp(x[i] - v1);
        }
        for (let i = start; i < end; i++) {
          y[i] = Math.exp(x[i] - v1) / v2;
        }
      }
    },
    backward(x, y, g, rows, width) {
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = -Infinity;
        for (let i = start; i < end; i++) {
          if (x[i] > v1) v1 = x[i];
        }
        let v2 = 0;
        let v3 = 0;
        for (let i = start; i < end; i++) {
          v2 += Math.exp(x[i] - v1);
          v3 += (x[i] === v1 ? 1 : 0);
        }
        let v4 = 0;
        for (let i = start; i < end; i++) {
          v4 += -(g[i] * y[i] / v2);
        }
        let v5 = 0;
        for (let i = start; i < end; i++) {
          v5 += -((g[i] / v2 + v4) * Math.exp(x[i] - v1));
        }
        const v6 = v5 / v3;
        for (let i = start; i < end; i++) {
          g[i] = (g[i] / v2 + v4) * Math.exp(x[i] - v1) + (x[i] === v1 ? v6 : 0);
        }
      }
    },
  },
};

export const LOSSES: Record<LossName, Loss> = {
  cross_entropy: {
    ofLogits: true,
    classifies: true,
    fits: ["softmax"],
  },
  cross_entropy_error: {
    ofLogits: false,
    classifies: true,
    fits: ["softmax"],
  },
  binary_cross_entropy: {
    ofLogits: true,
    classifies: true,
    fits: ["sigmoid"],
  },
  squared_error: {
    ofLogits: false,
    classifies: false,
    fits: ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "exponential", "gelu", "softmax"],
  },
  mean_squared_error: {
    ofLogits: false,
    classifies: false,
    fits: ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "exponential", "gelu", "softmax"],
  },
  huber: {
    ofLogits: false,
    classifies: false,
    fits: ["identity", "tanh", "relu", "leaky_relu", "softplus", "exponential", "gelu"],
  },
  poisson: {
    ofLogits: true,
    classifies: false,
    fits: ["exponential"],
  },
};

export const OPTIMIZERS: Record<OptimizerName, Optimizer> = {
  sgd: {
    learningRate: 0.01,
    options: {"weight_decay": 0.0},
    slots: [],
    decoupled: false,
  },
  momentum: {
    learningRate: 0.01,
    options: {"momentum": 0.9, "weight_decay": 0.0},
    slots: ["velocity"],
    decoupled: false,
  },
  nesterov: {
    learningRate: 0.01,
    options: {"momentum": 0.9, "weight_decay": 0.0},
    slots: ["velocity"],
    decoupled: false,
  },
  adagrad: {
    learningRate: 0.01,
    options: {"epsilon": 1e-07, "weight_decay": 0.0},
    slots: ["squares"],
    decoupled: false,
  },
  rmsprop: {
    learningRate: 0.001,
    options: {"decay": 0.9, "epsilon": 1e-08, "weight_decay": 0.0},
    slots: ["squares"],
    decoupled: false,
  },
  adam: {
    learningRate: 0.001,
    options: {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-08, "weight_decay": 0.0},
    slots: ["mean", "squares"],
    decoupled: false,
  },
  adamw: {
    learningRate: 0.001,
    options: {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-08, "weight_decay": 0.01},
    slots: ["mean", "squares"],
    decoupled: true,
  },
};

export const SCHEDULES: Record<ScheduleName, Schedule> = {
  constant: {
    options: {},
  },
  step_decay: {
    options: {"every": 100.0, "factor": 0.1},
  },
  exponential_decay: {
    options: {"steps": 1000.0, "factor": 0.1},
  },
  cosine_decay: {
    options: {"steps": 1000.0, "floor": 0.0},
  },
  warm_up: {
    options: {"steps": 1000.0},
  },
};

/** Those of a Dense layer; "auto" is the one that suits the activation. */
export const INITIALIZERS: InitializerName[] = ["auto", "he", "xavier", "normal"];
