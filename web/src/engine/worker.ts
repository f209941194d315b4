/** The engine in a Worker, with the digits that only it carries. */

import base64 from "kobai:digits";
import type { Question } from "../protocol";
import { createEngine } from "./engine";
import { transferable } from "./frames";

async function digits(): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const engine = createEngine({ digits });

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  const answer = await engine(data);
  self.postMessage(answer, { transfer: transferable(answer) });
};
