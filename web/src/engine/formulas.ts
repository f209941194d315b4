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

export interface Formula {
  /** Lines of plain text, and the same as LaTeX. */
  text: string[];
  latex: string[];
}

export interface Activation {
  formula: Formula;
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
  formula: Formula;
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
  formula: Formula;
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
  formula: Formula;
  options: Options;
  /** The learning rate of step 0, 1, …. */
  rate(rate: number, step: number, options: Options): number;
}

function square(x: number): number {
  return x * x;
}

function logaddexp(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

export const ACTIVATIONS: Record<ActivationName, Activation> = {
  identity: {
    formula: { text: ["y = x,   dy/dx = 1"], latex: ["y = x , \\qquad \\frac{dy}{dx} = 1"] },
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
    formula: { text: ["y = 1 / (1 + exp(-x)),   dy/dx = y (1 - y)"], latex: ["y = \\frac{1}{1 + \\operatorname{exp} \\left(- x\\right)} , \\qquad \\frac{dy}{dx} = y \\left(1 - y\\right)"] },
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
    formula: { text: ["y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)),   dy/dx = 1 - y²"], latex: ["y = \\frac{\\operatorname{exp} \\left(x\\right) - \\operatorname{exp} \\left(- x\\right)}{\\operatorname{exp} \\left(x\\right) + \\operatorname{exp} \\left(- x\\right)} , \\qquad \\frac{dy}{dx} = 1 - y^{2}"] },
    hidden: true,
    rectified: false,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = Math.tanh(x[i]);
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
    formula: { text: ["y = max(0, x),   dy/dx = 1 if x > 0, else 0"], latex: ["y = \\operatorname{max} \\left(0 , x\\right) , \\qquad \\frac{dy}{dx} = 1\\ \\text{if}\\ x > 0 , \\text{else}\\ 0"] },
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
    formula: { text: ["y = x if x > 0, else slope · x"], latex: ["y = x\\ \\text{if}\\ x > 0 , \\text{else}\\ \\text{slope} \\cdot x"] },
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
    formula: { text: ["y = ln(1 + exp(x)),   dy/dx = sigmoid(x)"], latex: ["y = \\operatorname{ln} \\left(1 + \\operatorname{exp} \\left(x\\right)\\right) , \\qquad \\frac{dy}{dx} = \\operatorname{sigmoid} \\left(x\\right)"] },
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
    formula: { text: ["y = exp(x),   dy/dx = y"], latex: ["y = \\operatorname{exp} \\left(x\\right) , \\qquad \\frac{dy}{dx} = y"] },
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
    formula: { text: ["y = x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))"], latex: ["y = \\frac{x}{2} \\cdot \\left(1 + \\operatorname{tanh} \\left(\\sqrt{\\frac{2}{π}} \\left(x + 0.044715 x^{3}\\right)\\right)\\right)"] },
    hidden: true,
    rectified: true,
    rows: false,
    forward(x, y, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        y[i] = 0.5 * x[i] * (1 + Math.tanh(0.7978845608028654 * (x[i] + 0.044715 * x[i] * x[i] * x[i])));
      }
    },
    backward(x, _y, g, rows, width) {
      const size = rows * width;
      for (let i = 0; i < size; i++) {
        const v1 = 0.044715 * x[i];
        const v2 = v1 * x[i];
        const v3 = Math.tanh(0.7978845608028654 * (x[i] + v2 * x[i]));
        const v4 = g[i] * (0.5 * x[i]) * (1 - v3 * v3) * 0.7978845608028654;
        const v5 = v4 * x[i];
        g[i] = g[i] * (1 + v3) * 0.5 + v4 + v4 * v2 + v5 * v1 + v5 * x[i] * 0.044715;
      }
    },
  },
  softmax: {
    formula: { text: ["yₖ = exp(xₖ) / Σⱼ exp(xⱼ)"], latex: ["y_{k} = \\frac{\\operatorname{exp} \\left(x_{k}\\right)}{\\sum_{j} \\operatorname{exp} \\left(x_{j}\\right)}"] },
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
    formula: { text: ["E = 1/N Σₙ (ln Σⱼ exp(xₙⱼ) - Σₖ tₙₖ xₙₖ),   ∂E/∂x = (softmax(x) - t)/N"], latex: ["E = \\frac{1}{N} \\sum_{n} \\left(\\operatorname{ln} \\sum_{j} \\operatorname{exp} \\left(x_{nj}\\right) - \\sum_{k} t_{nk} x_{nk}\\right) , \\qquad \\frac{∂ E}{∂ x} = \\frac{\\text{softmax}\\left(x\\right) - t}{N}"] },
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
    formula: { text: ["E = -1/N Σₙₖ tₙₖ ln(yₙₖ + δ),   δ = 1e-7"], latex: ["E = - \\frac{1}{N} \\sum_{nk} t_{nk} \\operatorname{ln} \\left(y_{nk} + δ\\right) , \\qquad δ = 10^{-7}"] },
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
    formula: { text: ["E = mean(ln(1 + exp(x)) - t x),   ∂E/∂x = (sigmoid(x) - t) / size"], latex: ["E = \\text{mean}\\left(\\operatorname{ln} \\left(1 + \\operatorname{exp} \\left(x\\right)\\right) - t x\\right) , \\qquad \\frac{∂ E}{∂ x} = \\frac{\\operatorname{sigmoid} \\left(x\\right) - t}{\\text{size}}"] },
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
    formula: { text: ["E = 1/N Σₙ ½ Σₖ (yₙₖ - tₙₖ)²,   ∂E/∂y = (y - t)/N"], latex: ["E = \\frac{1}{N} \\sum_{n} \\frac{1}{2} \\sum_{k} \\left(y_{nk} - t_{nk}\\right)^{2} , \\qquad \\frac{∂ E}{∂ y} = \\frac{y - t}{N}"] },
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
    formula: { text: ["E = 1/(N K) Σₙₖ (yₙₖ - tₙₖ)²"], latex: ["E = \\frac{1}{N K} \\sum_{nk} \\left(y_{nk} - t_{nk}\\right)^{2}"] },
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
    formula: { text: ["E = mean of ½ d² if |d| ≤ δ, else δ (|d| - ½ δ),   d = y - t"], latex: ["E = \\text{mean}\\ \\text{of}\\ \\frac{1}{2} d^{2}\\ \\text{if}\\ \\left|d\\right| \\le δ , \\text{else}\\ δ \\left(\\left|d\\right| - \\frac{1}{2} δ\\right) , \\qquad d = y - t"] },
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
    formula: { text: ["E = 1/N Σₙₖ (tₙₖ ln(tₙₖ / yₙₖ) - tₙₖ + yₙₖ),   y = exp(x)", "∂E/∂x = (y - t)/N"], latex: ["E = \\frac{1}{N} \\sum_{nk} \\left(t_{nk} \\operatorname{ln} \\left(\\frac{t_{nk}}{y_{nk}}\\right) - t_{nk} + y_{nk}\\right) , \\qquad y = \\operatorname{exp} \\left(x\\right)", "\\frac{∂ E}{∂ x} = \\frac{y - t}{N}"] },
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
    formula: { text: ["w ← w − η g"], latex: ["w \\leftarrow w - η g"] },
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
    formula: { text: ["v ← μ v − η g", "w ← w + v"], latex: ["v \\leftarrow μ v - η g", "w \\leftarrow w + v"] },
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
    formula: { text: ["v ← μ v − η ∇f(θ + μ v)", "θ ← θ + v", "v ← μ v − η g", "w ← w + μ v − η g"], latex: ["v \\leftarrow μ v - η ∇ f \\left(θ + μ v\\right)", "θ \\leftarrow θ + v", "v \\leftarrow μ v - η g", "w \\leftarrow w + μ v - η g"] },
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
    formula: { text: ["h ← h + g²", "w ← w − η g / (√h + ε)"], latex: ["h \\leftarrow h + g^{2}", "w \\leftarrow w - \\frac{η g}{\\sqrt{h} + ε}"] },
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
    formula: { text: ["h ← ρ h + (1 − ρ) g²", "w ← w − η g / (√h + ε)"], latex: ["h \\leftarrow ρ h + \\left(1 - ρ\\right) g^{2}", "w \\leftarrow w - \\frac{η g}{\\sqrt{h} + ε}"] },
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
    formula: { text: ["m ← β₁ m + (1 − β₁) g          m̂ = m / (1 − β₁ᵗ)", "v ← β₂ v + (1 − β₂) g²         v̂ = v / (1 − β₂ᵗ)", "w ← w − η m̂ / (√v̂ + ε)"], latex: ["m \\leftarrow β_{1} m + \\left(1 - β_{1}\\right) g \\qquad \\hat{m} = \\frac{m}{1 - β_{1}^{t}}", "v \\leftarrow β_{2} v + \\left(1 - β_{2}\\right) g^{2} \\qquad \\hat{v} = \\frac{v}{1 - β_{2}^{t}}", "w \\leftarrow w - \\frac{η \\hat{m}}{\\sqrt{\\hat{v}} + ε}"] },
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
    formula: { text: ["w ← w − η (m̂ / (√v̂ + ε) + λ w)"], latex: ["w \\leftarrow w - η \\left(\\frac{\\hat{m}}{\\sqrt{\\hat{v}} + ε} + λ w\\right)"] },
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
    formula: { text: ["η"], latex: ["η"] },
    options: {},
    rate(rate) {
      return rate;
    },
  },
  step_decay: {
    formula: { text: ["η = η₀ factor^⌊step / every⌋"], latex: ["η = η_{0}\\ \\text{factor}^{\\left⌊\\frac{\\text{step}}{\\text{every}}\\right⌋}"] },
    options: {"every": 100.0, "factor": 0.1},
    rate(rate, step, options) {
      const every = options.every;
      const factor = options.factor;
      return rate * Math.pow(factor, Math.floor(step / every));
    },
  },
  exponential_decay: {
    formula: { text: ["η = η₀ factor^(step / steps)"], latex: ["η = η_{0}\\ \\text{factor}^{\\frac{\\text{step}}{\\text{steps}}}"] },
    options: {"steps": 1000.0, "factor": 0.1},
    rate(rate, step, options) {
      const steps = options.steps;
      const factor = options.factor;
      return rate * Math.pow(factor, step / steps);
    },
  },
  cosine_decay: {
    formula: { text: ["η = floor + ½ (η₀ − floor) (1 + cos(π min(step, steps) / steps))"], latex: ["η = \\text{floor} + \\frac{1}{2} \\left(η_{0} - \\text{floor}\\right) \\left(1 + \\operatorname{cos} \\left(\\frac{π \\operatorname{min} \\left(\\text{step} , \\text{steps}\\right)}{\\text{steps}}\\right)\\right)"] },
    options: {"steps": 1000.0, "floor": 0.0},
    rate(rate, step, options) {
      const steps = options.steps;
      const floor = options.floor;
      return floor + 0.5 * (rate - floor) * (1 + Math.cos(Math.PI * (Math.min(step, steps) / steps)));
    },
  },
  warm_up: {
    formula: { text: ["η = schedule(step) min(1, (step + 1) / steps)"], latex: ["η = \\text{schedule}\\left(\\text{step}\\right) \\operatorname{min} \\left(1 , \\frac{\\text{step} + 1}{\\text{steps}}\\right)"] },
    options: {"steps": 1000.0},
    rate(rate, step, options) {
      const steps = options.steps;
      return rate * Math.min(1, (step + 1) / steps);
    },
  },
};

export const INITIALIZERS: Record<InitializerName, Formula> = {
  auto: { text: ["std = √(2 / d_in)"], latex: ["\\text{std} = \\sqrt{\\frac{2}{d_{\\text{in}}}}"] },
  he: { text: ["std = √(2 / d_in)"], latex: ["\\text{std} = \\sqrt{\\frac{2}{d_{\\text{in}}}}"] },
  xavier: { text: ["std = √(2 / (d_in + d_out))"], latex: ["\\text{std} = \\sqrt{\\frac{2}{d_{\\text{in}} + d_{\\text{out}}}}"] },
  normal: { text: [], latex: [] },
};
