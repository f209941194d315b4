/** A network that learns inside a figure: the lab's own engine, without a Worker. */

import base64 from "kobai:digits";
import { useEffect, useRef, useState } from "preact/hooks";
import { unpackedDigits } from "../data/digits";
import { createEngine, type Engine } from "../engine/engine";
import type { Frame, Question, Settings, Shape, Views } from "../protocol";

export const NOTHING: Views = {
  surface: 0,
  thumbnails: 0,
  axes: [0, 1],
  sample: 0,
  weights: false,
  distributions: false,
  confusion: false,
  mistakes: 0,
  landscape: null,
};

export const PLAIN: Settings = {
  data: { kind: "toy", name: "sine", rows: 50, noise: 0 },
  testSize: 0.25,
  seed: 1,
  hidden: [],
  output: "sigmoid",
  loss: "squared_error",
  initializer: "auto",
  std: 0.01,
  optimizer: "sgd",
  learningRate: 0.5,
  options: {},
  schedule: "constant",
  weightDecay: 0,
  l1: 0,
  batches: "full",
  batchSize: 50,
  precision: "float64",
};

const digits = async () => unpackedDigits(base64);

type Unnumbered<Q> = Q extends { id: number } ? Omit<Q, "id"> : never;

/** Milliseconds a frame: the page that the figure is in must stay quick. */
const BUDGET = 8;

export interface Learner {
  shape: Shape | null;
  frame: Frame | null;
  /** Some steps; nothing while the last ones are still under way. */
  train: (steps: number) => void;
  again: () => void;
}

/** Starts anew whenever the settings are others. */
export function useLearner(settings: Settings, views: Views): Learner {
  const engine = useRef<Engine | null>(null);
  const busy = useRef(false);
  const [seen, put] = useState<{ shape: Shape | null; frame: Frame | null }>({
    shape: null,
    frame: null,
  });
  const ask = (question: Unnumbered<Question>) => {
    engine.current ??= createEngine({ digits });
    return engine.current({ id: 0, ...question } as Question);
  };
  const begin = async () => {
    busy.current = true;
    const answer = await ask({ ask: "start", settings });
    const shape = answer.is === "shape" ? answer.shape : null;
    const looked = await ask({ ask: "look", views });
    put({ shape, frame: looked.is === "frame" ? looked.frame : null });
    busy.current = false;
  };
  const key = JSON.stringify(settings);
  useEffect(() => {
    begin();
  }, [key]);
  const train = async (steps: number) => {
    if (!busy.current) {
      busy.current = true;
      const answer = await ask({ ask: "train", steps, milliseconds: BUDGET, views });
      if (answer.is === "frame") {
        put(({ shape }) => ({ shape, frame: answer.frame }));
      }
      busy.current = false;
    }
  };
  return { ...seen, train, again: begin };
}

/** The newest number of a history, for a caption. */
export const lastOf = (values: number[] | undefined) => values?.[values.length - 1];
