// Written by `python -m kobai.page.formulas` from Kobai's own definitions: change them
// there. Each function is the simplified graph of one of theirs, or of its derivative.

/** An array of numbers of either precision. */
export type Numbers = Float32Array | Float64Array;

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

export interface Activation {
  /** The class of the layer in Python. */
  layer: string;
  /** Whether it also stands between layers. */
  hidden: boolean;
  /** Whether it passes about half of its inputs, for He's initial weights. */
  rectified: boolean;
  /** Whether an output depends on the whole row. */
  rows: boolean;
  /** y = f(x), for `rows` rows of `width` numbers. */
  forward(x: Numbers, y: Numbers, rows: number, width: number): void;
  /** g, the loss's derivative by y, becomes that by x. */
  backward(x: Numbers, y: Numbers, g: Numbers, rows: number, width: number): void;
}

export interface Loss {
  /** Whether it is a function of the sums before the output's activation. */
  ofLogits: boolean;
  classifies: boolean;
  /** The output activations that it goes with. */
  fits: ActivationName[];
  /** Returns the mean loss of the rows; g becomes its derivative by y. */
  backward(y: Numbers, t: Numbers, g: Numbers, rows: number, width: number): number;
  /** Returns the mean loss alone. */
  value(y: Numbers, t: Numbers, rows: number, width: number): number;
}

/** The name, in Kobai and in a link, of each number that can be chosen. */
export type Options = Record<string, number>;

export interface Optimizer {
  learningRate: number;
  options: Options;
  /** The names of what it remembers of each parameter. */
  slots: string[];
  /** Whether weight decay acts on the weights themselves, not through the gradient. */
  decoupled: boolean;
  /** Changes parameters w by their gradient g, in step 0, 1, …. */
  update(
    w: Numbers,
    g: Numbers,
    memory: Numbers[],
    size: number,
    rate: number,
    step: number,
    options: Options,
  ): void;
}

export interface Schedule {
  options: Options;
  /** The learning rate of step 0, 1, …. */
  rate(rate: number, step: number, options: Options): number;
}

function square(x: number): number {
  return x * x;
}

/** Near 0 its series, where 1 − 2/(exp 2x + 1) would lose digits. */
function tanh(x: number): number {
  if (Math.abs(x) > 0.02) return 1 - 2 / (Math.exp(2 * x) + 1);
  const s = x * x;
  return x * (1 - s * (1 / 3 - s * (2 / 15 - (17 / 315) * s)));
}

function logaddexp(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

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
    backward(y, t, g, rows, width) {
      let total = 0;
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = -Infinity;
        let v2 = 0;
        for (let i = start; i < end; i++) {
          if (y[i] > v1) v1 = y[i];
          v2 += t[i];
        }
        let v3 = 0;
        let v4 = 0;
        for (let i = start; i < end; i++) {
          v3 += Math.exp(y[i] - v1);
          v4 += (y[i] === v1 ? 1 : 0);
        }
        const v5 = Math.log(v3);
        const v6 = v2 / v3;
        let v8 = 0;
        let v9 = 0;
        for (let i = start; i < end; i++) {
          const v7 = y[i] - v1;
          v8 += t[i] * (v5 - v7);
          v9 += t[i] - v6 * Math.exp(v7);
        }
        const v10 = v9 / v4;
        total += v8;
        for (let i = start; i < end; i++) {
          g[i] = v6 * Math.exp(y[i] - v1) - t[i] + (y[i] === v1 ? v10 : 0);
        }
      }
      for (let i = 0; i < rows * width; i++) g[i] /= rows;
      return total / rows;
    },
    value(y, t, rows, width) {
      let total = 0;
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = -Infinity;
        for (let i = start; i < end; i++) {
          if (y[i] > v1) v1 = y[i];
        }
        let v2 = 0;
        for (let i = start; i < end; i++) {
          v2 += Math.exp(y[i] - v1);
        }
        const v3 = Math.log(v2);
        let v4 = 0;
        for (let i = start; i < end; i++) {
          v4 += t[i] * (v3 - (y[i] - v1));
        }
        total += v4;
      }
      return total / rows;
    },
  },
  cross_entropy_error: {
    ofLogits: false,
    classifies: true,
    fits: ["softmax"],
    backward(y, t, g, rows, width) {
      let total = 0;
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = 0;
        for (let i = start; i < end; i++) {
          v1 += t[i] * Math.log(y[i] + 1e-07);
        }
        total += -v1;
        for (let i = start; i < end; i++) {
          g[i] = -1 * t[i] / (y[i] + 1e-07);
        }
      }
      for (let i = 0; i < rows * width; i++) g[i] /= rows;
      return total / rows;
    },
    value(y, t, rows, width) {
      let total = 0;
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = 0;
        for (let i = start; i < end; i++) {
          v1 += t[i] * Math.log(y[i] + 1e-07);
        }
        total += -v1;
      }
      return total / rows;
    },
  },
  binary_cross_entropy: {
    ofLogits: true,
    classifies: true,
    fits: ["sigmoid"],
    backward(y, t, g, rows, width) {
      const size = rows * width;
      let total = 0;
      for (let i = 0; i < size; i++) {
        const v1 = logaddexp(0, y[i]);
        total += v1 - t[i] * y[i];
        g[i] = -1 * t[i] + Math.exp(y[i] - v1);
      }
      for (let i = 0; i < rows * width; i++) g[i] /= (rows * width);
      return total / (rows * width);
    },
    value(y, t, rows, width) {
      const size = rows * width;
      let total = 0;
      for (let i = 0; i < size; i++) {
        total += logaddexp(0, y[i]) - t[i] * y[i];
      }
      return total / (rows * width);
    },
  },
  squared_error: {
    ofLogits: false,
    classifies: false,
    fits: ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "exponential", "gelu", "softmax"],
    backward(y, t, g, rows, width) {
      let total = 0;
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = 0;
        for (let i = start; i < end; i++) {
          v1 += square(y[i] - t[i]);
        }
        total += 0.5 * v1;
        for (let i = start; i < end; i++) {
          const v2 = 0.5 * (y[i] - t[i]);
          g[i] = v2 + v2;
        }
      }
      for (let i = 0; i < rows * width; i++) g[i] /= rows;
      return total / rows;
    },
    value(y, t, rows, width) {
      let total = 0;
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = 0;
        for (let i = start; i < end; i++) {
          v1 += square(y[i] - t[i]);
        }
        total += 0.5 * v1;
      }
      return total / rows;
    },
  },
  mean_squared_error: {
    ofLogits: false,
    classifies: false,
    fits: ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "exponential", "gelu", "softmax"],
    backward(y, t, g, rows, width) {
      const size = rows * width;
      let total = 0;
      for (let i = 0; i < size; i++) {
        const v1 = y[i] - t[i];
        total += v1 * v1;
        g[i] = v1 + v1;
      }
      for (let i = 0; i < rows * width; i++) g[i] /= (rows * width);
      return total / (rows * width);
    },
    value(y, t, rows, width) {
      const size = rows * width;
      let total = 0;
      for (let i = 0; i < size; i++) {
        total += square(y[i] - t[i]);
      }
      return total / (rows * width);
    },
  },
  huber: {
    ofLogits: false,
    classifies: false,
    fits: ["identity", "tanh", "relu", "leaky_relu", "softplus", "exponential", "gelu"],
    backward(y, t, g, rows, width) {
      const size = rows * width;
      let total = 0;
      for (let i = 0; i < size; i++) {
        const v1 = y[i] - t[i];
        const v2 = Math.abs(v1);
        const v3 = v2 <= 1;
        const v4 = 0.5 * v1;
        const v5 = !v3;
        const v6 = v3 ? 1 : 0;
        total += v3 ? v4 * v1 : v2 - 0.5;
        g[i] = (v5 ? 0 : v6 * v4) + (v5 ? 0 : (v5 ? 0 : v6 * v1) * 0.5) + (v3 ? 0 : (v3 ? 0 : (v3 ? 0 : 1)) * Math.sign(v1));
      }
      for (let i = 0; i < rows * width; i++) g[i] /= (rows * width);
      return total / (rows * width);
    },
    value(y, t, rows, width) {
      const size = rows * width;
      let total = 0;
      for (let i = 0; i < size; i++) {
        const v1 = y[i] - t[i];
        const v2 = Math.abs(v1);
        total += v2 <= 1 ? 0.5 * v1 * v1 : v2 - 0.5;
      }
      return total / (rows * width);
    },
  },
  poisson: {
    ofLogits: true,
    classifies: false,
    fits: ["exponential"],
    backward(y, t, g, rows, width) {
      let total = 0;
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = 0;
        for (let i = start; i < end; i++) {
          v1 += t[i] * (Math.log(t[i] > 0 ? t[i] : 1) - y[i]) + (Math.exp(y[i]) - t[i]);
        }
        total += v1;
        for (let i = start; i < end; i++) {
          g[i] = Math.exp(y[i]) - t[i];
        }
      }
      for (let i = 0; i < rows * width; i++) g[i] /= rows;
      return total / rows;
    },
    value(y, t, rows, width) {
      let total = 0;
      for (let start = 0; start < rows * width; start += width) {
        const end = start + width;
        let v1 = 0;
        for (let i = start; i < end; i++) {
          v1 += t[i] * (Math.log(t[i] > 0 ? t[i] : 1) - y[i]) + (Math.exp(y[i]) - t[i]);
        }
        total += v1;
      }
      return total / rows;
    },
  },
};

export const OPTIMIZERS: Record<OptimizerName, Optimizer> = {
  sgd: {
    learningRate: 0.01,
    options: {"weight_decay": 0.0},
    slots: [],
    decoupled: false,
    update(w, g, _memory, size, rate, _step, options) {
      const weight_decay = options.weight_decay;
      for (let i = 0; i < size; i++) {
        w[i] = w[i] - rate * (g[i] + weight_decay * w[i]);
      }
    },
  },
  momentum: {
    learningRate: 0.01,
    options: {"momentum": 0.9, "weight_decay": 0.0},
    slots: ["velocity"],
    decoupled: false,
    update(w, g, memory, size, rate, _step, options) {
      const weight_decay = options.weight_decay;
      const momentum = options.momentum;
      const velocity = memory[0];
      for (let i = 0; i < size; i++) {
        const v1 = momentum * velocity[i] - rate * (g[i] + weight_decay * w[i]);
        const new_w = w[i] + v1;
        velocity[i] = v1;
        w[i] = new_w;
      }
    },
  },
  nesterov: {
    learningRate: 0.01,
    options: {"momentum": 0.9, "weight_decay": 0.0},
    slots: ["velocity"],
    decoupled: false,
    update(w, g, memory, size, rate, _step, options) {
      const weight_decay = options.weight_decay;
      const momentum = options.momentum;
      const velocity = memory[0];
      for (let i = 0; i < size; i++) {
        const v1 = rate * (g[i] + weight_decay * w[i]);
        const v2 = momentum * velocity[i] - v1;
        const new_w = w[i] + momentum * v2 - v1;
        velocity[i] = v2;
        w[i] = new_w;
      }
    },
  },
  adagrad: {
    learningRate: 0.01,
    options: {"epsilon": 1e-07, "weight_decay": 0.0},
    slots: ["squares"],
    decoupled: false,
    update(w, g, memory, size, rate, _step, options) {
      const weight_decay = options.weight_decay;
      const epsilon = options.epsilon;
      const squares = memory[0];
      for (let i = 0; i < size; i++) {
        const v1 = g[i] + weight_decay * w[i];
        const v2 = squares[i] + v1 * v1;
        const new_w = w[i] - rate * v1 / (Math.sqrt(v2) + epsilon);
        squares[i] = v2;
        w[i] = new_w;
      }
    },
  },
  rmsprop: {
    learningRate: 0.001,
    options: {"decay": 0.9, "epsilon": 1e-08, "weight_decay": 0.0},
    slots: ["squares"],
    decoupled: false,
    update(w, g, memory, size, rate, _step, options) {
      const weight_decay = options.weight_decay;
      const decay = options.decay;
      const epsilon = options.epsilon;
      const squares = memory[0];
      const v1 = 1 - decay;
      for (let i = 0; i < size; i++) {
        const v2 = g[i] + weight_decay * w[i];
        const v3 = decay * squares[i] + v1 * (v2 * v2);
        const new_w = w[i] - rate * v2 / (Math.sqrt(v3) + epsilon);
        squares[i] = v3;
        w[i] = new_w;
      }
    },
  },
  adam: {
    learningRate: 0.001,
    options: {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-08, "weight_decay": 0.0},
    slots: ["mean", "squares"],
    decoupled: false,
    update(w, g, memory, size, rate, step, options) {
      const weight_decay = options.weight_decay;
      const beta1 = options.beta1;
      const beta2 = options.beta2;
      const epsilon = options.epsilon;
      const mean = memory[0];
      const squares = memory[1];
      const v1 = step + 1;
      const v2 = rate / (1 - Math.pow(beta1, v1));
      const v3 = 1 - beta1;
      const v4 = 1 - beta2;
      const v5 = 1 - Math.pow(beta2, v1);
      for (let i = 0; i < size; i++) {
        const v6 = g[i] + weight_decay * w[i];
        const v7 = beta1 * mean[i] + v3 * v6;
        const v8 = beta2 * squares[i] + v4 * (v6 * v6);
        const new_w = w[i] - v2 * v7 / (Math.sqrt(v8 / v5) + epsilon);
        squares[i] = v8;
        mean[i] = v7;
        w[i] = new_w;
      }
    },
  },
  adamw: {
    learningRate: 0.001,
    options: {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-08, "weight_decay": 0.01},
    slots: ["mean", "squares"],
    decoupled: true,
    update(w, g, memory, size, rate, step, options) {
      const weight_decay = options.weight_decay;
      const beta1 = options.beta1;
      const beta2 = options.beta2;
      const epsilon = options.epsilon;
      const mean = memory[0];
      const squares = memory[1];
      const v1 = rate * weight_decay;
      const v2 = step + 1;
      const v3 = rate / (1 - Math.pow(beta1, v2));
      const v4 = 1 - beta1;
      const v5 = 1 - beta2;
      const v6 = 1 - Math.pow(beta2, v2);
      for (let i = 0; i < size; i++) {
        const v7 = beta1 * mean[i] + v4 * g[i];
        const v8 = beta2 * squares[i] + v5 * (g[i] * g[i]);
        const new_w = w[i] - v1 * w[i] - v3 * v7 / (Math.sqrt(v8 / v6) + epsilon);
        squares[i] = v8;
        mean[i] = v7;
        w[i] = new_w;
      }
    },
  },
};

export const SCHEDULES: Record<ScheduleName, Schedule> = {
  constant: {
    options: {},
    rate(rate) {
      return rate;
    },
  },
  step_decay: {
    options: {"every": 100.0, "factor": 0.1},
    rate(rate, step, options) {
      const every = options.every;
      const factor = options.factor;
      return rate * Math.pow(factor, Math.floor(step / every));
    },
  },
  exponential_decay: {
    options: {"steps": 1000.0, "factor": 0.1},
    rate(rate, step, options) {
      const steps = options.steps;
      const factor = options.factor;
      return rate * Math.pow(factor, step / steps);
    },
  },
  cosine_decay: {
    options: {"steps": 1000.0, "floor": 0.0},
    rate(rate, step, options) {
      const steps = options.steps;
      const floor = options.floor;
      return floor + 0.5 * (rate - floor) * (1 + Math.cos(Math.PI * (Math.min(step, steps) / steps)));
    },
  },
  warm_up: {
    options: {"steps": 1000.0},
    rate(rate, step, options) {
      const steps = options.steps;
      return rate * Math.min(1, (step + 1) / steps);
    },
  },
};

/** Those of a Dense layer; "auto" is the one that suits the activation. */
export const INITIALIZERS: InitializerName[] = ["auto", "he", "xavier", "normal"];
