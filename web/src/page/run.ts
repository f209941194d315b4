/**
 * The run that the engine holds, as the page knows it, and the ways to move in it.
 *
 * A place in a run is data: the settings it began with, what was done at which step, and
 * the step. So any place can be reached again, in this run by seeking, in another one by
 * training the same steps once more.
 */

import { batch, type Signal, signal } from "@preact/signals";
import type { Answer, Frame, Given, Moment, Settings, Shape, Views } from "../protocol";
import type { Client } from "./client";
import type { Asked } from "./lab";
import { startsAnew } from "./settings";
import { type Branch, withFrame } from "./timeline";

/** What was done at a step: settings put, or one parameter by hand. */
export interface Deed {
  step: number;
  settings: Settings;
  edit?: { parameter: string; index: number; value: number };
}

/** A place to come back to. */
export interface Place {
  run: number;
  moment: Moment;
  given: Given | undefined;
  first: Settings;
  deeds: Deed[];
  settings: Settings;
}

/** A branch to be walked again: where it leaves another one, what is done, how far it goes. */
export interface Way {
  from: Moment | null;
  deeds: Deed[];
  head: number;
}

/** What is walked once more after a start, and where that ends. */
export interface Course {
  ways?: Way[];
  moment?: Moment;
}

/** How long a burst of a replay lasts: short enough that the page can be stopped. */
const BURST = 60;

/** What a run needs from the page around it. */
export interface Surroundings {
  client: Client;
  views: () => Views;
  refused: (answer: Refused) => void;
  /** Whether a replay is to end where it is. */
  stopped: () => boolean;
}

export type Refused = Extract<Answer, { is: "refused" }>;

export class Run {
  readonly settings: Signal<Settings>;
  readonly shape = signal<Shape | null>(null);
  readonly frame = signal<Frame | null>(null);
  readonly branches = signal<Branch[]>([]);
  readonly moment = signal<Moment>({ branch: 0, step: 0 });
  /** Counts the starts. */
  readonly count = signal(0);

  #around: Surroundings;
  #given: Given | undefined;
  #first: Settings;
  /** What was done, from step 0 on, on the way to each branch's head. */
  #deeds = new Map<number, Deed[]>();

  constructor(around: Surroundings, first: Settings) {
    this.#around = around;
    this.#first = first;
    this.settings = signal(first);
  }

  async start(settings: Settings, given?: Given): Promise<boolean> {
    const answer = await this.#ask({ ask: "start", settings, given });
    if (answer?.is !== "shape") {
      return false;
    }
    batch(() => {
      this.#given = given ?? this.#given;
      this.#first = settings;
      this.#deeds = new Map();
      this.frame.value = null;
      this.branches.value = [];
      this.settings.value = settings;
      this.shape.value = answer.shape;
      this.count.value += 1;
      this.#take(answer.frame);
    });
    await this.look();
    return true;
  }

  /** Put settings from this moment on; a change in the past begins a branch. */
  async put(settings: Settings, change: string): Promise<boolean> {
    const from = this.moment.value;
    const answer = await this.#ask({ ask: "change", settings });
    if (answer?.is !== "frame" && answer?.is !== "shape") {
      return false;
    }
    batch(() => {
      if (answer.is === "shape") {
        this.shape.value = answer.shape;
      }
      this.settings.value = settings;
      this.#take(answer.frame, change, from);
      this.#note(from, { step: from.step, settings });
    });
    await this.look();
    return true;
  }

  /** Put one parameter by hand: always a branch. */
  async edit(parameter: string, index: number, value: number): Promise<boolean> {
    const from = this.moment.value;
    const answer = await this.#ask({ ask: "edit", parameter, index, value });
    if (answer?.is !== "frame") {
      return false;
    }
    const edit = { parameter, index, value };
    batch(() => {
      this.#take(answer.frame, parameter, from);
      this.#note(from, { step: from.step, settings: this.settings.value, edit });
    });
    await this.look();
    return true;
  }

  async train(
    steps: number,
    milliseconds: number,
    untilLoss?: number,
  ): Promise<Frame | null> {
    const views = this.#around.views();
    const question = { ask: "train", steps, milliseconds, untilLoss, views } as const;
    const answer = await this.#ask(question);
    return answer?.is === "frame" ? this.#take(answer.frame) : null;
  }

  /** One step on the next sample alone. */
  async trainSample(): Promise<void> {
    const question = {
      ask: "train",
      steps: 1,
      milliseconds: BURST,
      samples: 1,
    } as const;
    const answer = await this.#ask({ ...question, views: this.#around.views() });
    if (answer?.is === "frame") {
      this.#take(answer.frame);
    }
  }

  async seek(moment: Moment): Promise<boolean> {
    const views = this.#around.views();
    const answer = await this.#ask({ ask: "seek", moment, views });
    if (answer?.is !== "frame") {
      return false;
    }
    batch(() => {
      this.#take(answer.frame);
      this.settings.value = this.#settingsAt(moment);
    });
    return true;
  }

  /** See the same moment again, with the views that are wanted now. */
  async look(): Promise<void> {
    const answer = await this.#ask({ ask: "look", views: this.#around.views() });
    if (answer?.is === "frame") {
      this.#take(answer.frame);
    }
  }

  /** Where the run is: enough to come back to it from any other run. */
  place(): Place {
    return {
      run: this.count.value,
      moment: this.moment.value,
      given: this.#given,
      first: this.#first,
      deeds: this.#deedsUntil(this.moment.value),
      settings: this.settings.value,
    };
  }

  /** All branches, each with what was done in it alone. */
  get ways(): Way[] {
    return this.branches.value.map(({ id, from, head }) => {
      const before = from ? (this.#deeds.get(from.branch) ?? []) : [];
      const deeds = this.#deeds.get(id) ?? [];
      return { from, deeds: deeds.filter((deed) => !before.includes(deed)), head };
    });
  }

  /** Walk every branch from step 0 on, and then go to a moment, if one is named. */
  async walk({ ways = [], moment }: Course): Promise<void> {
    for (const { from, deeds, head } of ways) {
      if (from && !(await this.seek(from))) {
        return;
      }
      for (const deed of deeds) {
        await this.trainTo(deed.step);
        if (this.moment.value.step !== deed.step || !(await this.#repeat(deed))) {
          return;
        }
      }
      await this.trainTo(head);
    }
    if (moment && !this.#around.stopped()) {
      await this.seek(moment);
    }
  }

  async #repeat({ settings, edit }: Deed): Promise<boolean> {
    if (edit && !(await this.edit(edit.parameter, edit.index, edit.value))) {
      return false;
    }
    const names = changed(this.settings.value, settings);
    return names.length === 0 || this.put(settings, names.join(" "));
  }

  /** Go to a place; what was trained in another run is trained once more. */
  async reach(place: Place): Promise<void> {
    if (place.run === this.count.value) {
      await this.seek(place.moment);
    } else {
      const { first, given, deeds, moment } = place;
      await this.start(first, given);
      await this.walk({ ways: [{ from: null, deeds, head: moment.step }] });
    }
    if (this.settings.value !== place.settings) {
      await this.put(place.settings, "");
    }
  }

  /** Train up to a step, in bursts between which the page can stop it. */
  async trainTo(step: number): Promise<void> {
    while (this.moment.value.step < step && !this.#around.stopped()) {
      const before = this.moment.value.step;
      await this.train(step - before, BURST);
      if (this.moment.value.step === before) {
        return;
      }
    }
  }

  async #ask(question: Asked): Promise<Exclude<Answer, Refused> | null> {
    const answer = await this.#around.client.ask(question);
    if (answer.is === "refused") {
      this.#around.refused(answer);
      return null;
    }
    return answer;
  }

  /** Put a frame where it belongs; its views are laid over those before. */
  #take(next: Frame, change = "", from: Moment | null = null): Frame {
    const { diverged, reached } = next;
    batch(() => {
      this.branches.value = withFrame(this.branches.value, next, change, from);
      this.moment.value = next.moment;
      this.frame.value = { ...this.frame.value, ...defined(next), diverged, reached };
    });
    return next;
  }

  /** A deed belongs to the branch that is on after it, with all that led there. */
  #note(from: Moment, deed: Deed): void {
    this.#deeds.set(this.moment.value.branch, [...this.#deedsUntil(from), deed]);
  }

  #deedsUntil({ branch, step }: Moment): Deed[] {
    return (this.#deeds.get(branch) ?? []).filter((deed) => deed.step <= step);
  }

  #settingsAt(moment: Moment): Settings {
    return this.#deedsUntil(moment).at(-1)?.settings ?? this.#first;
  }
}

/** Whether a change of settings goes on with the weights there are. */
export function goesOn(run: Run, wanted: Settings): boolean {
  return run.shape.value !== null && !startsAnew(run.settings.value, wanted);
}

/** The names of the settings that differ. */
export function changed(before: Settings, after: Settings): string[] {
  const names = Object.keys({ ...before, ...after }) as (keyof Settings)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** A record without what is undefined, so that it can be laid over another. */
function defined<T extends object>(record: T): T {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}
