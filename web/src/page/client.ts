/**
 * The page's end of the Worker: every question gets one answer, found by its number.
 *
 * The Worker is made from a Blob, since a page opened as a file can have no other; and
 * it is a classic one, since a module worker fails there without a word.
 */

import type { Answer, Question } from "../protocol";
import type { Asked } from "./lab";

export interface Client {
  ask(question: Asked): Promise<Answer>;
  close(): void;
}

/** Starts the Worker; `failed` is told why it stopped, if it ever does. */
export function startClient(source: string, failed: (why: string) => void): Client {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  const waiting = new Map<number, (answer: Answer) => void>();
  let count = 0;

  function end(why: string): void {
    for (const [id, answer] of waiting) {
      answer({ id, is: "refused", code: "engine", values: { why } });
    }
    waiting.clear();
  }

  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    failed(event.message);
    end(event.message);
  };

  return {
    ask(question) {
      count += 1;
      const id = count;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        worker.postMessage({ ...question, id } as Question);
      });
    },
    close() {
      worker.terminate();
      URL.revokeObjectURL(address);
      end("closed");
    },
  };
}
