/** The engine in a Worker, with the digits and the reader of files that only it carries. */

import base64 from "kobai:digits";
import { unpackedDigits } from "../data/digits";
import * as tables from "../data/table/table";
import type { Question } from "../protocol";
import { createEngine } from "./engine";
import { transferable } from "./frames";

const engine = createEngine({ digits: async () => unpackedDigits(base64), tables });

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  const answer = await engine(data);
  self.postMessage(answer, { transfer: transferable(answer) });
};
