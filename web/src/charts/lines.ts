/** Curves over the steps on a canvas, drawn anew whenever they have grown. */

import { linear, type Range, type Scale, ticks } from "./scale";

export interface Line {
  colour: string;
  width: number;
  dash?: number[];
}

export interface LinesOptions {
  width: number;
  height: number;
  /** Whether heights are logarithms: of what is not above 0 nothing is drawn. */
  log: boolean;
  ink: string;
  grid: string;
  lines: Line[];
  /** What the axis shows of values from `low` to `high`. */
  range(low: number, high: number): Range;
  text(value: number): string;
}

export type Columns = (number | null)[][];

const [LEFT, TOP, RIGHT, BOTTOM] = [46, 8, 8, 26];
/** Pixels between two numbers of an axis, at least. */
const SPACE = { x: 70, y: 30 };

export class Lines {
  readonly canvas = document.createElement("canvas");
  /** Where the curves are on the canvas. */
  readonly area: { left: number; top: number; width: number; height: number };
  private across: Scale = linear([0, 1], [0, 1]);
  private up: Scale = this.across;

  constructor(
    private readonly options: LinesOptions,
    columns: Columns,
  ) {
    const { width, height } = options;
    const ratio = devicePixelRatio || 1;
    this.area = {
      left: LEFT,
      top: TOP,
      width: Math.max(1, width - LEFT - RIGHT),
      height: Math.max(1, height - TOP - BOTTOM),
    };
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    this.setData(columns);
  }

  get count(): number {
    return this.options.lines.length;
  }

  /** The step at so many pixels from the left of the area, and the other way. */
  stepAt(left: number): number {
    return this.across.at(LEFT + left);
  }

  placeOf(step: number): number {
    return this.across(step) - LEFT;
  }

  /** Draws the first column, steps, against each other one. */
  setData([steps, ...columns]: Columns): void {
    const pen = this.canvas.getContext("2d");
    if (!pen) {
      return;
    }
    const { options, area } = this;
    const ends: Range = [area.left, area.left + area.width];
    const first = steps[0] ?? 0;
    this.across = linear([first, Math.max(steps.at(-1) ?? 0, first + 10)], ends);
    this.up = linear(this.heights(columns), [area.top + area.height, area.top]);
    const ratio = devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, options.width, options.height);
    this.drawAxes(pen);
    pen.save();
    pen.beginPath();
    pen.rect(area.left, area.top, area.width, area.height);
    pen.clip();
    columns.forEach((column, i) => {
      this.drawLine(pen, options.lines[i], steps, column);
    });
    pen.restore();
  }

  /** What a value is on the axis; null where it has no place there. */
  private height(value: number | null): number | null {
    if (value === null || !this.options.log) {
      return value;
    }
    return value > 0 ? Math.log10(value) : null;
  }

  private heights(columns: Columns): Range {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const column of columns) {
      for (const value of column) {
        const height = this.height(value);
        if (height !== null) {
          low = Math.min(low, height);
          high = Math.max(high, height);
        }
      }
    }
    if (low > high) {
      return [0, 1];
    }
    return this.options.log
      ? [Math.floor(low), Math.ceil(high + 1e-9)]
      : this.options.range(low, high);
  }

  private drawAxes(pen: CanvasRenderingContext2D): void {
    const { across, up, area, options } = this;
    const { left, top, width, height } = area;
    pen.font = "12px system-ui, sans-serif";
    pen.fillStyle = options.ink;
    pen.strokeStyle = options.grid;
    pen.lineWidth = 1;
    pen.setLineDash([]);
    pen.beginPath();
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const step of ticks(across.domain, Math.max(2, width / SPACE.x))) {
      const x = Math.round(across(step)) + 0.5;
      pen.moveTo(x, top);
      pen.lineTo(x, top + height);
      pen.fillText(options.text(step), Math.min(x, left + width - 8), top + height + 6);
    }
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const value of this.rungs()) {
      const y = Math.round(up(value)) + 0.5;
      pen.moveTo(left, y);
      pen.lineTo(left + width, y);
      pen.fillText(options.text(options.log ? 10 ** value : value), left - 6, y);
    }
    pen.stroke();
  }

  /** Where the lines across stand; of logarithms only whole ones. */
  private rungs(): number[] {
    const found = ticks(this.up.domain, Math.max(2, this.area.height / SPACE.y));
    return this.options.log ? found.filter(Number.isInteger) : found;
  }

  private drawLine(
    pen: CanvasRenderingContext2D,
    line: Line | undefined,
    steps: (number | null)[],
    column: (number | null)[],
  ): void {
    if (!line) {
      return;
    }
    pen.strokeStyle = line.colour;
    pen.lineWidth = line.width;
    pen.lineJoin = "round";
    pen.setLineDash(line.dash ?? []);
    pen.beginPath();
    for (let i = 0; i < steps.length; i++) {
      const height = this.height(column[i]);
      if (height !== null) {
        pen.lineTo(this.across(steps[i] ?? 0), this.up(height));
      }
    }
    pen.stroke();
  }
}
