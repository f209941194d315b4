/** The products of a dense layer, and the memory that they work in. */

import base64 from "kobai:wasm";
import type { Numbers } from "./formulas";

/** Matrices lie row after row; `given` numbers go in and `units` come out. */
export interface Products {
  /** z ← x W + b. */
  forward(x: Numbers, w: Numbers, b: Numbers, z: Numbers, rows: number, given: number, units: number): void;
  /** gw ← xᵀ g and gb ← Σ g. */
  weights(x: Numbers, g: Numbers, gw: Numbers, gb: Numbers, rows: number, given: number, units: number): void;
  /** gx ← g Wᵀ. */
  inputs(g: Numbers, w: Numbers, gx: Numbers, rows: number, given: number, units: number): void;
}

/** All numbers of a network lie in one piece of memory, cut into arrays once. */
export interface Memory {
  products: Products;
  take(count: number): Numbers;
}

type Precision = "float32" | "float64";

/** Returns memory for so many numbers; of float32 where WebAssembly can see it. */
export function memoryFor(count: number, precision: Precision): Memory {
  if (precision === "float64") return pieces(new Float64Array(count), PLAIN);
  return compiledMemory(count) ?? pieces(new Float32Array(count), PLAIN);
}

function pieces(whole: Numbers, products: Products): Memory {
  let used = 0;
  const take = (count: number) => {
    used += count;
    return whole.subarray(used - count, used);
  };
  return { products, take };
}

/** How many bytes a page of WebAssembly's memory has. */
const PAGE = 65536;
let compiled: WebAssembly.Module | null | undefined;

function compiledMemory(count: number): Memory | null {
  compiled ??= compile();
  if (!compiled) return null;
  const { exports } = new WebAssembly.Instance(compiled, {});
  const memory = exports.memory as WebAssembly.Memory;
  const start = memory.buffer.byteLength;
  memory.grow(Math.ceil((count * 4) / PAGE));
  const kernels = exports as unknown as Record<keyof Products, (...given: number[]) => void>;
  return pieces(new Float32Array(memory.buffer, start, count), called(kernels));
}

/** Null where there is no WebAssembly, or none with SIMD. */
function compile(): WebAssembly.Module | null {
  try {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return bytes.length ? new WebAssembly.Module(bytes) : null;
  } catch {
    return null;
  }
}

/** Kernels take addresses, which arrays in their memory know. */
function called(kernels: Record<keyof Products, (...given: number[]) => void>): Products {
  const { forward, weights, inputs } = kernels;
  return {
    forward(x, w, b, z, rows, given, units) {
      forward(x.byteOffset, w.byteOffset, b.byteOffset, z.byteOffset, rows, given, units);
    },
    weights(x, g, gw, gb, rows, given, units) {
      weights(x.byteOffset, g.byteOffset, gw.byteOffset, gb.byteOffset, rows, given, units);
    },
    inputs(g, w, gx, rows, given, units) {
      inputs(g.byteOffset, w.byteOffset, gx.byteOffset, rows, given, units);
    },
  };
}

const PLAIN: Products = {
  forward(x, w, b, z, rows, given, units) {
    for (let r = 0; r < rows; r++) {
      const to = r * units;
      for (let j = 0; j < units; j++) z[to + j] = b[j];
      for (let i = 0; i < given; i++) {
        const entry = x[r * given + i];
        if (entry !== 0) accumulate(z, to, entry, w, i * units, units);
      }
    }
  },
  weights(x, g, gw, gb, rows, given, units) {
    gw.fill(0);
    gb.fill(0);
    for (let r = 0; r < rows; r++) {
      const from = r * units;
      accumulate(gb, 0, 1, g, from, units);
      for (let i = 0; i < given; i++) {
        const entry = x[r * given + i];
        if (entry !== 0) accumulate(gw, i * units, entry, g, from, units);
      }
    }
  },
  inputs(g, w, gx, rows, given, units) {
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < given; i++) {
        let sum = 0;
        for (let j = 0; j < units; j++) sum += g[r * units + j] * w[i * units + j];
        gx[r * given + i] = sum;
      }
    }
  },
};

function accumulate(target: Numbers, to: number, factor: number, source: Numbers, from: number, count: number): void {
  for (let j = 0; j < count; j++) target[to + j] += factor * source[from + j];
}
