/**
 * The whole state as a link's hash that one can read:
 *
 *   #v=1&lang=ja&data=spiral&net=2-8:tanh-8:tanh-2&opt=adam:0.01&seed=3&step=1200
 *
 * An unknown key is left alone; one that is damaged is named, and the rest is taken. A
 * table of the user's never goes into a link, not even its name.
 */

import type { Settings, Shape } from "../../protocol";
import { FIRST } from "../settings";
import { FIELDS, type LinkState } from "./fields";
import { readWays, writtenWays } from "./ways";

export const VERSION = 1;

export interface LinkRead {
  state: Partial<LinkState>;
  /** The parts that could not be read, as they stand in the link. */
  damaged: string[];
  newer: boolean;
  /** What the link asks for but cannot contain. */
  absent: "table" | "mnist" | "run" | null;
}

/** The hash, without its #, of a state. */
export async function linkOf(state: LinkState, shape: Shape | null): Promise<string> {
  const parts = [`v=${VERSION}`];
  for (const [key, { usual, write }] of Object.entries(FIELDS)) {
    const text = await write(state, shape);
    if (text !== undefined && text !== usual) {
      parts.push(`${key}=${escaped(text)}`);
    }
  }
  if (state.ways.length) {
    parts.push(`ways=${escaped(writtenWays(state, shape))}`);
  }
  return parts.join("&");
}

/** What a hash says; never raises. */
export async function readLink(hash: string, base = FIRST): Promise<LinkRead> {
  const result: LinkRead = { state: {}, damaged: [], newer: false, absent: null };
  const values = pairs(hash);
  // What was changed on the way is read last: it is told as what differs from the rest.
  for (const key of [...Object.keys(FIELDS), "ways"]) {
    const text = values.get(key);
    if (text !== undefined) {
      await readField(key, text, result, base);
    }
  }
  result.newer = Number(values.get("v") ?? VERSION) > VERSION;
  return result;
}

async function readField(
  key: string,
  text: string,
  result: LinkRead,
  base: Settings,
): Promise<void> {
  const { state } = result;
  const put = (state: LinkRead["state"], some: Partial<Settings>) => {
    state.settings = { ...(state.settings ?? base), ...some };
  };
  try {
    if (key === "data" && isAbsent(text)) {
      result.absent = text;
      return;
    }
    const plain = decodeURIComponent(text.replace(/\+/g, " "));
    if (key === "ways") {
      state.ways = readWays(plain, state.settings ?? base);
    } else {
      await FIELDS[key].read(plain, put, state);
    }
  } catch {
    // Whatever is wrong with a value, the answer is the same: it is named and left out.
    result.damaged.push(`${key}=${text}`.slice(0, 60));
  }
}

function isAbsent(text: string): text is "table" | "mnist" | "run" {
  return ["table", "mnist", "run"].includes(text);
}

function pairs(hash: string): Map<string, string> {
  const parts = hash.replace(/^#/, "").split("&");
  return new Map(
    parts.filter(Boolean).map((part) => {
      const equals = part.indexOf("=");
      return equals < 0 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
    }),
  );
}

/** Only what would end a value or a link is escaped: a reader sees the rest. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|2C|2F|40|3B|3D)/g, decodeURIComponent);
}

