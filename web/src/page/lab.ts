/**
 * The object that every part of the page shares: what is known, and what can be done.
 *
 * All that is seen is a function of its signals; all that happens is one of its actions.
 * One page may hold several labs (a notebook does), so nothing here is global.
 */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type {
  Answer,
  Choice,
  Explanation,
  Exported,
  Frame,
  Given,
  Moment,
  Question,
  Settings,
  Shape,
  TableRead,
  Views,
} from "../protocol";
import type { Palette } from "./drawing/palette";
import type { Course } from "./run";
import type { Branch } from "./timeline";
import type { Key, Language, Translate } from "./words";

export type Theme = "auto" | "light" | "dark";

/** Steps a second; "max": as many as the machine can. */
export type Speed = 1 | 10 | 100 | 1000 | "max";

/** What is said to the user: a text of ours, or of the engine as it came. */
export interface Notice {
  kind: "error" | "info";
  text: string;
}

/** A question without the number that the client gives it. */
export type Asked = Question extends infer Q
  ? Q extends { id: number }
    ? Omit<Q, "id">
    : never
  : never;

/** The values of one sample for the picture: by row of a part of the data. */
export interface Sample {
  row: number;
  part: "train" | "test";
}

export interface Link {
  hash: string;
  /** Whether all branches are in it. */
  whole: boolean;
}

export interface Known {
  /** The one immutable record of what is trained, and how. */
  settings: ReadonlySignal<Settings>;
  /** Null until the engine has answered for the first time. */
  shape: ReadonlySignal<Shape | null>;
  /** The newest frame; views that it did not carry are those of the frame before. */
  frame: ReadonlySignal<Frame | null>;
  branches: ReadonlySignal<Branch[]>;
  moment: ReadonlySignal<Moment>;
  playing: ReadonlySignal<boolean>;
  /** A replay of steps is under way (a link's step, an undo). */
  busy: ReadonlySignal<boolean>;
  canUndo: ReadonlySignal<boolean>;
  canRedo: ReadonlySignal<boolean>;
  /** The colours of numbers and classes on canvases. */
  palette: ReadonlySignal<Palette>;
  /** Counts the starts: a network of new weights, other data. */
  run: ReadonlySignal<number>;
}

/** What the user chooses without the training being touched: set them freely. */
export interface Chosen {
  language: Signal<Language>;
  theme: Signal<Theme>;
  /** Colours that differ for every common form of colour blindness. */
  contrast: Signal<boolean>;
  speed: Signal<Speed>;
  untilLoss: Signal<number | null>;
  /** The unit, weight or bias that is looked at. */
  selection: Signal<Choice | null>;
  sample: Signal<Sample>;
  /** The two inputs that the surfaces span. */
  axes: Signal<[number, number]>;
  notice: Signal<Notice | null>;
  /** Names of controls that a teacher's link hides, and the task it sets. */
  hidden: Signal<ReadonlySet<string>>;
  task: Signal<string>;
  /** The tab that is open in the lower region, by the name of its panel. */
  tab: Signal<string>;
  /** The dialog that is open, by the name of its panel, or null. */
  dialog: Signal<string | null>;
}

export interface Actions {
  /** From step 0 with these settings (and data), then on as it is told. */
  start(settings: Settings, given?: Given, course?: Course): Promise<void>;
  /** Put some settings; those that the weights depend on start anew, others go on. */
  change(some: Partial<Settings>): Promise<void>;
  play(): void;
  pause(): void;
  toggle(): void;
  /** Train so many steps, then stand still. */
  steps(count: number): Promise<void>;
  stepSample(): Promise<void>;
  stepBatch(): Promise<void>;
  stepEpoch(): Promise<void>;
  /** Back to step 0 with the same weights. */
  rewind(): Promise<void>;
  newSeed(): Promise<void>;
  seek(moment: Moment): Promise<void>;
  /** Put one parameter ("W1", index in its flat array) by hand: a branch. */
  edit(parameter: string, index: number, value: number): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  explain(choice: Choice, sample?: Sample): Promise<Explanation | null>;
  /** Outputs for inputs as the network takes them. */
  predict(x: Float64Array): Promise<number[] | null>;
  drawing(
    pixels: Uint8Array,
    width: number,
    height: number,
  ): Promise<Extract<Answer, { is: "probabilities" }> | null>;
  readTable(file: File, target?: string, omit?: string[]): Promise<TableRead | null>;
  /** Whether a table was read here; one that Python gave is divided already. */
  isRead(name: string): boolean;
  export(): Promise<Exported | null>;
  /** Ask for views that are not on by default; call the answer to stop asking. */
  want(views: Partial<Views>): () => void;
  /** The hash of an address with the state, and how much of the run is in it. */
  link(extra?: { hidden?: Iterable<string>; task?: string }): Promise<Link>;
  /** Say something to the user; null takes it away. */
  say(notice: Notice | null): void;
  /** See the same moment again, after other axes or another sample were chosen. */
  look(): void;
  /** Ends the worker and all listeners. */
  close(): void;
}

export interface Lab extends Known, Chosen, Actions {
  t: Translate;
  /** Whether the page was given pictures of its own, such as MNIST. */
  hasImages: boolean;
  /** A number in the language that is on. */
  number(value: number, digits?: number): string;
  /** A count: 1,200. */
  counted(value: number): string;
  /** A question to the engine for what has no action here. */
  ask(question: Asked): Promise<Answer>;
  /** The element that the lab lives in: dialogs and downloads are put there. */
  root: HTMLElement;
}

/** What a panel of `web/src/panels/` is to the page. */
export interface Panel {
  name: string;
  title: Key;
  slot: "data" | "tab" | "dialog" | "banner";
  /** Whether it has anything to show for the data and network there are. */
  fits?: (lab: Lab) => boolean;
  view: (properties: { lab: Lab }) => preact.ComponentChildren;
}
