/**
 * A network as objects, one for each unit and each connection: how pages for teaching
 * are commonly written. The engine is compared with it.
 */

interface Link {
  from: Unit;
  to: Unit;
  weight: number;
  gradient: number;
}

class Unit {
  into: Link[] = [];
  out: Link[] = [];
  bias = 0;
  biasGradient = 0;
  sum = 0;
  output = 0;
  delta = 0;

  compute(): void {
    this.sum = this.bias;
    for (const link of this.into) this.sum += link.weight * link.from.output;
    this.output = Math.tanh(this.sum);
  }

  /** The derivative by the sum, once that by the output is known. */
  backward(outputDelta: number): void {
    const y = Math.tanh(this.sum);
    this.delta = outputDelta * (1 - y * y);
    this.biasGradient += this.delta;
    for (const link of this.into) link.gradient += this.delta * link.from.output;
  }
}

export class Graph {
  private readonly layers: Unit[][];

  constructor(sizes: number[]) {
    this.layers = sizes.map((size) => Array.from({ length: size }, () => new Unit()));
    for (let l = 1; l < sizes.length; l++) {
      for (const to of this.layers[l]) {
        for (const from of this.layers[l - 1]) {
          const link = { from, to, weight: Math.random() - 0.5, gradient: 0 };
          to.into.push(link);
          from.out.push(link);
        }
      }
    }
  }

  private forward(x: number[]): number {
    this.layers[0].forEach((unit, i) => {
      unit.output = x[i];
    });
    for (const layer of this.layers.slice(1)) for (const unit of layer) unit.compute();
    return this.layers[this.layers.length - 1][0].output;
  }

  /** One sample forwards and backwards. */
  learn(x: number[], t: number): void {
    const difference = this.forward(x) - t;
    for (let l = this.layers.length - 1; l > 0; l--) {
      for (const unit of this.layers[l]) {
        let delta = unit.out.length ? 0 : difference;
        for (const link of unit.out) delta += link.weight * link.to.delta;
        unit.backward(delta);
      }
    }
  }

  update(rate: number, count: number): void {
    for (const layer of this.layers.slice(1)) {
      for (const unit of layer) {
        unit.bias -= (rate / count) * unit.biasGradient;
        unit.biasGradient = 0;
        for (const link of unit.into) {
          link.weight -= (rate / count) * link.gradient;
          link.gradient = 0;
        }
      }
    }
  }

  /** What every unit passes on, over a square of cells. */
  surfaces(cells: number): number[][][] {
    const found = this.layers.slice(1).map((layer) => layer.map(() => [] as number[]));
    for (let i = 0; i < cells; i++) {
      for (let j = 0; j < cells; j++) {
        this.forward([-1 + (2 * j) / cells, 1 - (2 * i) / cells]);
        this.layers.slice(1).forEach((layer, l) => {
          layer.forEach((unit, u) => {
            found[l][u].push(unit.output);
          });
        });
      }
    }
    return found;
  }
}
