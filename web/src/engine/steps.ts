// Written by `python -m kobai.page.generated` from Kobai's own definitions: change them
// there. Each function is the simplified graph of one of theirs, or of its derivative.

import { logaddexp, square } from "./elementary";
import type { LossName, OptimizerName, ScheduleName } from "./formulas";
import type { LossFunctions, Rate, Update } from "./kinds";

export const LOSS_FUNCTIONS: Record<LossName, LossFunctions> = {
  cross_entropy: {
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

export const UPDATES: Record<OptimizerName, Update> = {
  sgd(w, g, _memory, size, rate, _step, options) {
    const weight_decay = options.weight_decay;
    for (let i = 0; i < size; i++) {
      w[i] = w[i] - rate * (g[i] + weight_decay * w[i]);
    }
  },
  momentum(w, g, memory, size, rate, _step, options) {
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
  nesterov(w, g, memory, size, rate, _step, options) {
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
  adagrad(w, g, memory, size, rate, _step, options) {
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
  rmsprop(w, g, memory, size, rate, _step, options) {
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
  adam(w, g, memory, size, rate, step, options) {
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
  adamw(w, g, memory, size, rate, step, options) {
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
};

export const RATES: Record<ScheduleName, Rate> = {
  constant(rate) {
    return rate;
  },
  step_decay(rate, step, options) {
    const every = options.every;
    const factor = options.factor;
    return rate * Math.pow(factor, Math.floor(step / every));
  },
  exponential_decay(rate, step, options) {
    const steps = options.steps;
    const factor = options.factor;
    return rate * Math.pow(factor, step / steps);
  },
  cosine_decay(rate, step, options) {
    const steps = options.steps;
    const floor = options.floor;
    return floor + 0.5 * (rate - floor) * (1 + Math.cos(Math.PI * (Math.min(step, steps) / steps)));
  },
  warm_up(rate, step, options) {
    const steps = options.steps;
    return rate * Math.min(1, (step + 1) / steps);
  },
};
