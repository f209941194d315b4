/** The weights as a model file of Kobai, and as numbers. */

import type { Exported } from "../protocol";
import { ACTIVATIONS } from "./formulas";
import { historyFrom } from "./history";
import { sha256 } from "./sha256";
import type { Trainer } from "./trainer";

interface Tensor {
  name: string;
  shape: number[];
  values: Float32Array;
}

export function exported(trainer: Trainer): Exported {
  const { network, branch } = trainer;
  const tensors = network.layers.flatMap(({ w, b, given, units }, i) => [
    { name: `W${i + 1}`, shape: [given, units], values: Float32Array.from(w) },
    { name: `b${i + 1}`, shape: [units], values: Float32Array.from(b) },
  ]);
  const params = Object.fromEntries(tensors.map((tensor) => [tensor.name, nested(tensor)]));
  const kobai = description(trainer);
  const metadata = { kobai, sha256: checksum(kobai, tensors) };
  return { safetensors: safetensors(tensors, metadata), params, history: historyFrom(branch.record.points, 0) };
}

function nested({ values, shape }: Tensor): number[] | number[][] {
  if (shape.length === 1) return [...values];
  const [rows, columns] = shape;
  return Array.from({ length: rows }, (_, i) => [...values.subarray(i * columns, (i + 1) * columns)]);
}

/** What `kobai.load_model` needs besides the numbers. */
function description({ data, network, settings }: Trainer): string {
  const dropouts = settings.hidden.map((layer) => layer.dropout);
  const layers = network.layers.flatMap(({ units, name }, i) => [
    { kind: "Dense", units, init: null, bias: true },
    { kind: ACTIVATIONS[name].layer },
    ...(dropouts[i] ? [{ kind: "Dropout", rate: dropouts[i] }] : []),
  ]);
  const architecture = { version: 1, inputs: [network.inputs], layers, loss: settings.loss, dtype: "float32" };
  const { picture, classes, columns, name } = data;
  const scale = picture ? 1 / picture.high : 1;
  const described = {
    ...{ version: columns ? 2 : 1, architecture, classes: classes ?? [], name },
    ...(columns ? { columns } : {}),
    image_shape: picture ? [picture.height, picture.width] : null,
  };
  // Python reads 1 as a whole number, and a scale is none.
  const real = Number.isInteger(scale) ? `${scale}.0` : String(scale);
  return JSON.stringify(described).replace(/}$/, `,"scale":${real}}`);
}

function checksum(text: string, tensors: Tensor[]): string {
  const encoder = new TextEncoder();
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  const parts = sorted.flatMap(({ name, values }) => [encoder.encode(name), bytesOf(values)]);
  return sha256(joined([encoder.encode(text), ...parts]));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A header of JSON behind its length, then the numbers. */
function safetensors(tensors: Tensor[], metadata: Record<string, string>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const encoded = new TextEncoder().encode(JSON.stringify(header));
  // The numbers begin where eight divides the place.
  const padded = new Uint8Array(Math.ceil(encoded.length / 8) * 8).fill(0x20);
  padded.set(encoded);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return joined([length, padded, ...tensors.map(({ values }) => bytesOf(values))]);
}
