/**
 * The engine: answers the page's questions, in a Worker or without one.
 *
 * It owns the numbers of one run. Answers hold arrays of their own, never the engine's.
 */

import { seenFigure } from "../data/drawing";
import { dataFor, type Digits } from "../data/sources";
import { Refusal } from "../data/refusal";
import type * as Tables from "../data/table/table";
import type { Answer, Code, Given, Question, Said } from "../protocol";
import { exists, explanation } from "./explanation";
import { exported } from "./exported";
import { refuseMisfit, refuseNames } from "./fitness";
import { frameOf, shapeOf } from "./frames";
import { Trainer } from "./trainer";

type Asked<K extends Question["ask"]> = Extract<Question, { ask: K }>;
type Unnumbered<A> = A extends { id: number } ? Omit<A, "id"> : never;
type Reply = Unnumbered<Answer>;

/** What only some pages carry. */
export interface Resources {
  digits?: Digits;
  /** What reads files. */
  tables?: typeof Tables;
}

export type Engine = (question: Question) => Promise<Answer>;

/** Each question is answered after those before it. */
export function createEngine(resources: Resources = {}): Engine {
  const session = new Session(resources);
  let last: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = last.then(() => session.answer(question));
    last = answer;
    return answer;
  };
}

class Session {
  private given: Given = {};
  private trainer: Trainer | null = null;
  /** The file that was read last, as long as nothing else was given. */
  private table: Tables.RawTable | null = null;

  constructor(private readonly resources: Resources) {}

  async answer(question: Question): Promise<Answer> {
    const { id } = question;
    try {
      return { id, ...(await this.reply(question)) } as Answer;
    } catch (error) {
      if (error instanceof Refusal) return { id, is: "refused", ...error.said };
      // Without an answer the page would wait for ever.
      return { id, is: "refused", code: "engine", values: { why: String(error) } };
    }
  }

  private reply(question: Question): Reply | Promise<Reply> {
    if (question.ask === "start") return this.start(question);
    if (question.ask === "read") return this.read(question);
    const { trainer } = this;
    if (!trainer) return refused("no-run", {});
    switch (question.ask) {
      case "change":
        return this.change(trainer, question);
      case "train":
        return this.train(trainer, question);
      case "look":
        return { is: "frame", frame: frameOf(trainer, question.views) };
      case "seek":
        return this.seek(trainer, question);
      case "edit":
        return this.edit(trainer, question);
      case "explain":
        return this.explain(trainer, question);
      case "predict":
        return { is: "probabilities", y: predict(trainer, question.x), seen: null, empty: false };
      case "drawing":
        return this.drawing(trainer, question);
      case "export":
        return { is: "exported", exported: exported(trainer) };
    }
  }

  private async start({ settings, given }: Asked<"start">): Promise<Reply> {
    // A run is taken up once; what it learned from may be learned from again.
    const { run, ...others } = given ?? {};
    this.given = { ...this.given, ...others };
    if (others.table) this.table = null;
    const { tables } = this.resources;
    if (tables && this.table && settings.data.kind === "table") {
      const { target, omit } = settings.data;
      this.given.table = tables.fittedTable(this.table, target, omit, settings.testSize, settings.seed).given;
    }
    refuseNames(settings);
    const data = await dataFor(settings, this.given, this.resources.digits);
    refuseMisfit(settings, data);
    const trainer = new Trainer(data, settings);
    if (run && !trainer.adopt(run)) {
      return refused("bad-settings", { what: "weights" });
    }
    this.trainer = trainer;
    return { is: "shape", shape: shapeOf(trainer), frame: frameOf(trainer) };
  }

  private async read({ file, target, omit }: Asked<"read">): Promise<Reply> {
    const { tables } = this.resources;
    if (!tables) return refused("no-data", { name: file.name });
    try {
      this.table = await tables.readTable(file);
      return { is: "table", table: tables.tableRead(this.table, target, omit) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const nothing = { rows: 0, columns: [], target: "", task: "classes" as const, classes: null, notes: [] };
      return { is: "table", table: { name: file.name, ...nothing, refused: error.said } };
    }
  }

  private change(trainer: Trainer, { settings }: Asked<"change">): Reply {
    refuseNames(settings);
    refuseMisfit(settings, trainer.data);
    if (!trainer.takes(settings)) {
      return refused("bad-settings", { what: "network" });
    }
    trainer.change(settings);
    return { is: "shape", shape: shapeOf(trainer), frame: frameOf(trainer) };
  }

  private train(trainer: Trainer, question: Asked<"train">): Reply {
    const { steps, milliseconds, views, untilLoss, samples } = question;
    trainer.watch(views.update ?? []);
    const before = trainer.step;
    const start = performance.now();
    let reached = false;
    if (samples) trainer.trainSamples(steps, samples);
    else reached = trainer.train(steps, milliseconds, untilLoss);
    const seconds = (performance.now() - start) / 1000;
    const frame = frameOf(trainer, views);
    return { is: "frame", frame: { ...frame, reached, stepsPerSecond: (trainer.step - before) / seconds } };
  }

  private seek(trainer: Trainer, { moment, views }: Asked<"seek">): Reply {
    trainer.watch(views.update ?? []);
    if (!trainer.seek(moment)) {
      return refused("beyond", { step: moment.step });
    }
    return { is: "frame", frame: frameOf(trainer, views) };
  }

  private edit(trainer: Trainer, { parameter, index, value }: Asked<"edit">): Reply {
    if (!Number.isFinite(value) || !trainer.edit(parameter, index, value)) {
      const name = `${parameter}[${index}]`;
      return refused("unknown-parameter", { name });
    }
    return { is: "frame", frame: frameOf(trainer) };
  }

  private drawing(trainer: Trainer, { pixels, width, height }: Asked<"drawing">): Reply {
    const { picture } = trainer.data;
    if (!picture) return refused("not-pictures", {});
    const seen = seenFigure(pixels, width, height, picture);
    if ("empty" in seen) return { is: "probabilities", y: [], seen: null, empty: true };
    if ("several" in seen) {
      const count = seen.several;
      return refused("several", { count });
    }
    const { values } = seen.field;
    const bytes = Uint8Array.from(values, (value) => Math.round(255 * value));
    return { is: "probabilities", y: predict(trainer, values), seen: bytes, empty: false };
  }

  private explain(trainer: Trainer, { sample, part, choice, h }: Asked<"explain">): Reply {
    const samples = trainer.data[part];
    if (!(sample >= 0 && sample < samples.rows)) {
      return refused("unknown-sample", { row: sample });
    }
    if (!exists(trainer.network, choice)) {
      return refused("unknown-parameter", { name: choice.kind });
    }
    const question = { part: samples, row: sample, choice, h };
    const found = explanation(trainer.network, trainer.settings, trainer.data, question);
    return { is: "explanation", explanation: found };
  }
}

/** The outputs for one row of inputs, or for several behind each other. */
function predict({ network }: Trainer, x: Float64Array): number[] {
  const { inputs, outputs } = network;
  const found: number[] = [];
  for (let start = 0; start + inputs <= x.length; start += inputs) {
    network.x.set(x.subarray(start, start + inputs));
    network.forward(1);
    found.push(...network.last.y.subarray(0, outputs));
  }
  return found;
}

export function refused(code: Code, values: Said["values"]): Reply {
  return { is: "refused", code, values };
}
