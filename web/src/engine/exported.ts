/** The weights as a safetensors file, and as numbers. */

import type { Exported } from "../protocol";
import type { Trainer } from "./trainer";

export function exported({ network, branch }: Trainer): Exported {
  const arrays = network.layers.flatMap(({ w, b, given, units }, i) => [
    { name: `W${i + 1}`, shape: [given, units], values: Float32Array.from(w) },
    { name: `b${i + 1}`, shape: [units], values: Float32Array.from(b) },
  ]);
  const params = Object.fromEntries(arrays.map(({ name, shape, values }) => [name, nested(values, shape)]));
  return { safetensors: safetensors(arrays, {}), params, history: branch.record.points };
}

function nested(values: Float32Array, shape: number[]): number[] | number[][] {
  if (shape.length === 1) return [...values];
  const [rows, columns] = shape;
  return Array.from({ length: rows }, (_, i) => [...values.subarray(i * columns, (i + 1) * columns)]);
}

interface Tensor {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** A header of JSON behind its length, then the numbers. */
export function safetensors(tensors: Tensor[], metadata: Record<string, string>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text);
  // The numbers begin where eight divides the place.
  const length = Math.ceil(encoded.length / 8) * 8;
  const file = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(encoded, 8);
  let at = 8 + length;
  for (const { values } of tensors) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}
