/** What was put into the page when it was written: data, a finished run, settings. */

import type { Given, Settings } from "../../protocol";
import { FIRST } from "../settings";
import type { Language } from "../words";

/** As it stands in the page: arrays are base64 of raw deflate. */
export interface Packed {
  settings?: Partial<Settings>;
  language?: Language;
  images?: Record<string, unknown>;
  table?: Record<string, unknown>;
  run?: Record<string, unknown>;
}

export interface Opening {
  settings: Settings;
  given: Given | undefined;
  language: Language | undefined;
}

/** Unpacks it; raises what the browser says where it is damaged. */
export async function unpacked(packed: Packed | null): Promise<Opening> {
  const given: Given = {};
  if (packed?.images) {
    const { pixels, labels, isTest } = packed.images as Record<string, string>;
    const arrays = { pixels: await bytes(pixels), labels: await bytes(labels) };
    const parts = isTest ? { isTest: await bytes(isTest) } : {};
    given.images = { ...packed.images, ...arrays, ...parts } as Given["images"];
  }
  if (packed?.table) {
    const { x, t, isTest } = packed.table as Record<string, string>;
    const arrays = { x: await floats(x), t: await floats(t) };
    const table = { ...packed.table, ...arrays, isTest: await bytes(isTest) };
    given.table = table as Given["table"];
  }
  if (packed?.run) {
    const { keyframes } = packed.run as { keyframes: PackedKeyframe[] };
    const unpackedFrames = await Promise.all(keyframes.map(keyframe));
    given.run = { ...packed.run, keyframes: unpackedFrames } as unknown as Given["run"];
  }
  const settings = { ...FIRST, ...given.run?.settings, ...packed?.settings };
  const empty = Object.keys(given).length === 0;
  return { settings, given: empty ? undefined : given, language: packed?.language };
}

interface PackedKeyframe {
  step: number;
  params: Record<string, string>;
}

async function keyframe({ step, params }: PackedKeyframe) {
  const arrays: Record<string, Float32Array> = {};
  for (const [name, packed] of Object.entries(params)) {
    arrays[name] = await floats(packed);
  }
  return { step, params: arrays };
}

async function bytes(packed: string): Promise<Uint8Array> {
  const raw = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return inflated(raw);
}

async function floats(packed: string): Promise<Float32Array> {
  return new Float32Array((await bytes(packed)).buffer);
}

/** Raw deflate, as links and the page itself hold it; raises where it is too much. */
export async function inflated(
  raw: Uint8Array,
  most = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  return through(raw, new DecompressionStream("deflate-raw"), most);
}

export async function deflated(plain: Uint8Array): Promise<Uint8Array> {
  return through(plain, new CompressionStream("deflate-raw"));
}

async function through(
  input: Uint8Array,
  transform: CompressionStream | DecompressionStream,
  most = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  let size = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > most) {
        throw new RangeError(`more than ${most} bytes`);
      }
      controller.enqueue(chunk);
    },
  });
  const stream = new Blob([input as BlobPart]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream.pipeThrough(limit)).arrayBuffer());
}
