/** Points drawn by hand as part of a link: text, raw deflate, base64 for addresses. */

import type { DataSettings } from "../../protocol";
import { deflated, inflated } from "./given";

type Points = Extract<DataSettings, { kind: "points" }>;

/** More than anybody draws; a link that says otherwise was made to harm. */
const MOST = 5000;

export async function packedPoints({ x, t }: Points): Promise<string> {
  const rows = x.map((row, i) => [...row, t[i]].map(rounded).join(","));
  const bytes = await deflated(new TextEncoder().encode(rows.join(";")));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export async function unpackedPoints(text: string): Promise<Pick<Points, "x" | "t">> {
  const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const written = new TextDecoder().decode(await inflated(bytes, MOST * 40));
  const rows = written === "" ? [] : written.split(";").map(row);
  const widths = new Set(rows.map((numbers) => numbers.length));
  if (rows.length > MOST || widths.size > 1) {
    throw new Error("not points");
  }
  return {
    x: rows.map((numbers) => numbers.slice(0, -1)),
    t: rows.map((numbers) => numbers[numbers.length - 1]),
  };
}

function row(text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.length < 2 || !numbers.every(Number.isFinite)) {
    throw new Error("not a point");
  }
  return numbers;
}

/** Finer than a finger points. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
