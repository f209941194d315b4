/** Makes a lab: its signals, the run behind them, and the actions of the page. */

import { batch, computed, type Signal, signal } from "@preact/signals";
import workerSource from "kobai:worker";
import { refusal } from "../panels/parts/refusal";
import type { Answer, Choice, Given, Moment, Settings, TableRead } from "../protocol";
import { type Client, startClient } from "./client";
import type { Opening } from "./opening/given";
import type { Asked, Lab, Notice, Sample, Speed, Theme } from "./lab";
import { linkOf } from "./opening/link";
import { linked } from "./opening/ways";
import { BUDGET, everyFrame, metronome } from "./player";
import { appearanceOf } from "./appearance";
import { kept, NO_RECORDS, type Records, redone, undone } from "./records";
import { changed, type Course, goesOn, type Place, type Refused, Run } from "./run";
import { fitted, type Outputs, outputsOf } from "./settings";
import { createViews } from "./views";
import { counted, type Language, readersLanguage, translator, written } from "./words";

/** Changes of the same setting within this time are one: a slider's way. */
const ONE_CHANGE = 800;

export class Session implements Lab {
  readonly language: Signal<Language>;
  readonly theme = signal<Theme>("auto");
  readonly contrast = signal(false);
  readonly speed = signal<Speed>(100);
  readonly untilLoss = signal<number | null>(null);
  readonly selection = signal<Choice | null>(null);
  readonly sample = signal<Sample>({ row: 0, part: "train" });
  readonly axes = signal<[number, number]>([0, 1]);
  readonly notice = signal<Notice | null>(null);
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  readonly task = signal("");
  readonly tab = signal("");
  readonly dialog = signal<string | null>(null);
  readonly playing = signal(false);
  readonly busy = signal(false);
  /** Whether no training is under way that was asked for before a pause. */
  readonly settled = signal(true);
  readonly canUndo = computed(() => this.#records.value.past.length > 0);
  readonly canRedo = computed(() => this.#records.value.future.length > 0);
  readonly hasImages: boolean;
  readonly palette;
  readonly t;

  #client: Client;
  #run: Run;
  #records = signal<Records>(NO_RECORDS);
  #views = createViews(() => this.#refresh());
  #tables = new Map<string, TableRead>();
  #beat = metronome();
  /** The training that is under way, and what waits for its turn. */
  #training: Promise<unknown> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #held = 0;
  #stopped = false;
  #refreshing = false;
  #lastChange = { names: "", at: 0 };
  #endFrames: () => void;
  #endAppearance: () => void;

  constructor(
    readonly root: HTMLElement,
    opening: Opening,
  ) {
    this.language = signal(opening.language ?? readersLanguage());
    this.t = translator(this.language);
    this.hasImages = opening.given?.images !== undefined;
    [this.palette, this.#endAppearance] = appearanceOf(this.theme, this.contrast);
    this.#client = startClient(workerSource, (message) => {
      this.say({ kind: "error", text: refusal(this, { code: "engine", values: { why: message } }) });
    });
    const around = {
      client: this.#client,
      views: () => this.#views.views(this.axes.value, this.sample.value.row),
      refused: (answer: Refused) => this.#refused(answer),
      stopped: () => this.#stopped,
    };
    this.#run = new Run(around, opening.settings);
    this.#endFrames = everyFrame((now) => this.#frame(now));
  }

  get settings() {
    return this.#run.settings;
  }
  get shape() {
    return this.#run.shape;
  }
  get frame() {
    return this.#run.frame;
  }
  get branches() {
    return this.#run.branches;
  }
  get moment() {
    return this.#run.moment;
  }
  get run() {
    return this.#run.count;
  }

  number = (value: number, digits = 3): string =>
    written(value, this.language.value, digits);

  counted = (value: number): string => counted(value, this.language.value);

  say = (notice: Notice | null): void => {
    this.notice.value = notice;
  };

  ask = (question: Asked): Promise<Answer> => this.#client.ask(question);

  start = (settings: Settings, given?: Given, course: Course = {}): Promise<void> =>
    this.#exclusively(async () => {
      const place = this.#run.place();
      if (await this.#run.start(settings, given)) {
        this.#keep(place);
        await this.#run.walk(course);
      }
    });

  change = (some: Partial<Settings>): Promise<void> =>
    this.#exclusively(async () => {
      const before = this.settings.value;
      const wanted = this.#fitted({ ...before, ...some });
      const names = changed(before, wanted).filter((name) => name in some);
      if (names.length === 0) {
        return;
      }
      const place = this.#run.place();
      const done = goesOn(this.#run, wanted)
        ? await this.#run.put(wanted, names.join(" "))
        : await this.#run.start(wanted);
      if (done && !this.#isSameChange(names, Object.values(some))) {
        this.#keep(place);
      }
    });

  edit = (parameter: string, index: number, value: number): Promise<void> =>
    this.#exclusively(async () => {
      const place = this.#run.place();
      if (await this.#run.edit(parameter, index, value)) {
        this.#keep(place);
      }
    });

  play = (): void => {
    this.#beat.reset();
    this.playing.value = true;
  };

  pause = (): void => {
    this.playing.value = false;
    this.#stopped = this.busy.value;
  };

  toggle = (): void => {
    if (this.playing.value || this.busy.value) {
      this.pause();
    } else {
      this.play();
    }
  };

  steps = (count: number): Promise<void> => {
    this.pause();
    return this.#exclusively(() => this.#run.trainTo(this.moment.value.step + count));
  };

  stepSample = (): Promise<void> => {
    this.pause();
    return this.#exclusively(() => this.#run.trainSample());
  };

  stepBatch = (): Promise<void> => this.steps(1);

  stepEpoch = (): Promise<void> => {
    const epoch = this.shape.value?.batchesPerEpoch ?? 1;
    return this.steps(epoch - (this.moment.value.step % epoch));
  };

  rewind = (): Promise<void> => {
    this.pause();
    return this.#exclusively(async () => {
      await this.#run.seek({ branch: this.moment.value.branch, step: 0 });
    });
  };

  newSeed = (): Promise<void> => this.change({ seed: this.settings.value.seed + 1 });

  #sought: Moment | null = null;

  /** The newest wish counts: a finger on the curve is faster than the engine. */
  seek = async (moment: Moment): Promise<void> => {
    this.pause();
    const waiting = this.#sought !== null;
    this.#sought = moment;
    if (!waiting) {
      await this.#exclusively(async () => {
        const wanted = this.#sought as Moment;
        this.#sought = null;
        await this.#run.seek(wanted);
      });
    }
  };

  undo = (): Promise<void> => this.#travel(undone);
  redo = (): Promise<void> => this.#travel(redone);

  explain = async (choice: Choice, sample: Sample = this.sample.value) => {
    const { row, part } = sample;
    const question = { ask: "explain", sample: row, part, choice } as const;
    const answer = await this.#client.ask(question);
    return answer.is === "explanation" ? answer.explanation : null;
  };

  predict = async (x: Float64Array): Promise<number[] | null> => {
    const answer = await this.#client.ask({ ask: "predict", x });
    return answer.is === "probabilities" ? answer.y : null;
  };

  drawing = async (pixels: Uint8Array, width: number, height: number) => {
    const answer = await this.#client.ask({ ask: "drawing", pixels, width, height });
    return answer.is === "probabilities" ? answer : null;
  };

  readTable = async (file: File, target?: string, omit?: string[]) => {
    const answer = await this.#client.ask({ ask: "read", file, target, omit });
    if (answer.is !== "table") {
      this.#refused(answer as Refused);
      return null;
    }
    this.#tables.set(answer.table.name, answer.table);
    return answer.table;
  };

  isRead = (name: string) => this.#tables.has(name);

  export = async () => {
    const answer = await this.#client.ask({ ask: "export" });
    return answer.is === "exported" ? answer.exported : null;
  };

  want = (some: Parameters<Lab["want"]>[0]) => this.#views.want(some);

  link = async (extra: { hidden?: Iterable<string>; task?: string } = {}) => {
    const hidden = [...(extra.hidden ?? this.hidden.value)];
    const task = extra.task ?? this.task.value;
    const shape = this.shape.value;
    const course = linked(this.#run.ways, this.#run.place());
    const hash = await linkOf({ ...this.#chosen(), ...course, hidden, task }, shape);
    return { hash, whole: course.ways.length !== 1 || this.branches.value.length < 2 };
  };

  close = (): void => {
    this.#endFrames();
    this.#endAppearance();
    this.pause();
    this.#client.close();
  };

  #chosen() {
    return {
      language: this.language.value,
      theme: this.theme.value,
      contrast: this.contrast.value,
      speed: this.speed.value,
      tab: this.tab.value,
    };
  }

  /** One animation frame: ask for training, if the last answer has come. */
  #frame(now: number): void {
    if (!this.playing.value || this.#training || this.#held || !this.shape.value) {
      return;
    }
    const steps = this.#beat.due(now, this.speed.value);
    if (steps > 0) {
      const until = this.untilLoss.value ?? undefined;
      this.settled.value = false;
      this.#training = this.#run.train(steps, BUDGET, until).then((frame) => {
        this.#training = null;
        this.settled.value = true;
        this.#halt(frame);
      });
    }
  }

  #halt(frame: Awaited<ReturnType<Run["train"]>>): void {
    if (frame === null) {
      this.pause();
    } else if (frame.diverged) {
      this.pause();
      this.say({ kind: "error", text: this.t("status.diverged") });
    } else if (frame.reached) {
      const loss = this.number(this.untilLoss.value ?? 0);
      this.pause();
      this.say({ kind: "info", text: this.t("transport.reached", { loss }) });
    }
  }

  /** Acts of the user follow one another, and no training comes between. */
  async #exclusively<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#held += 1;
    const mine = this.#turn.then(async () => {
      await this.#training;
      batch(() => {
        this.busy.value = true;
        this.#stopped = false;
      });
      return act();
    });
    this.#turn = mine.catch(() => null);
    try {
      return await mine;
    } finally {
      this.#held -= 1;
      this.busy.value = this.#held > 0;
    }
  }

  /** Something else is looked at: see it, unless a frame comes anyway. */
  #refresh(): void {
    if (this.#refreshing || !this.#run?.shape.value) {
      return;
    }
    this.#refreshing = true;
    queueMicrotask(async () => {
      this.#refreshing = false;
      await this.#training;
      await this.#run.look();
    });
  }

  /** Look again when the axes or the sample are others; the page calls it. */
  look = (): void => this.#refresh();

  #fitted(settings: Settings): Settings {
    const outputs: Outputs | null = outputsOf(
      settings.data,
      this.#tables,
      this.settings.value.data === settings.data ? this.shape.value : null,
    );
    return outputs ? fitted(settings, outputs, this.shape.value?.task) : settings;
  }

  #keep(place: Place): void {
    if (place.run > 0) {
      this.#records.value = kept(this.#records.value, place);
    }
  }

  /** A slider's way is one change; a second button pressed is another. */
  #isSameChange(names: string[], values: unknown[]): boolean {
    const now = Date.now();
    const last = this.#lastChange;
    this.#lastChange = { names: names.join(), at: now };
    const slid = values.every((value) => typeof value === "number");
    return slid && last.names === names.join() && now - last.at < ONE_CHANGE;
  }

  #travel(way: typeof undone): Promise<void> {
    return this.#exclusively(async () => {
      const found = way(this.#records.value, this.#run.place());
      if (found) {
        this.#records.value = found.records;
        await this.#run.reach(found.place);
      }
    });
  }

  #refused(answer: Refused): void {
    this.pause();
    this.say({ kind: "error", text: refusal(this, answer) });
  }
}
