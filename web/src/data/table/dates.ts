/** Dates and times as people write them, and the numbers that are made of them. */

import { tidy } from "./cells";
import { AFTERNOON, CENTURY, DURATIONS, ERAS, FORMS, MONTHS } from "./rules";

const DAY = 86_400_000;

/** Returns what reads words as days since 1970: null for what is no such date. */
export function momentsBy(form: string): (word: string) => number | null {
  const pattern = new RegExp(FORMS[form]);
  return (word) => {
    const parts = pattern.exec(tidy(word))?.groups;
    return parts ? dayOf(parts) : null;
  };
}

function dayOf(parts: Record<string, string | undefined>): number | null {
  const number = (name: string, otherwise: number) => (parts[name] ? Number(parts[name].replace(",", ".")) : otherwise);
  let year = number("year", 1970);
  if (year < 100) year += year < CENTURY ? 2000 : 1900;
  if (parts.era) year = ERAS[parts.era] + (parts.of_era === "元" ? 1 : number("of_era", 1));
  if (parts.roc) year = ERAS.民國 + number("roc", 1);
  const quarter = "quarter" in parts ? 3 * number("quarter", 1) - 2 : number("month", 1);
  const month = "name" in parts ? monthNumber(parts.name ?? "") : quarter;
  const half = parts.half ?? parts.half_first;
  const afternoon = half ? (AFTERNOON.some((each) => half.startsWith(each)) ? 12 : 0) : -1;
  const given = number("hour", 0);
  const hour = afternoon < 0 ? given : (given % 12) + afternoon;
  const clock = hour / 24 + number("minute", 0) / 1440 + number("second", 0) / 86_400;
  const day = calendarDay(year, month, number("day", 1));
  const isThere = Object.values(parts).some(Boolean) && day !== null && clock < 1 + 1e-9;
  return isThere ? day + number("days", 0) + number("hours", 0) / 24 + clock : null;
}

/** The number of a month by how its name begins; NaN for what is none. */
function monthNumber(name: string): number {
  const lower = name.toLowerCase();
  for (const length of [4, 3]) {
    const found = MONTHS.findIndex((beginnings) => beginnings.includes(lower.slice(0, length)));
    if (found >= 0) return found + 1;
  }
  return Number.NaN;
}

/** Days since 1970; null where the calendar has no such day. */
function calendarDay(year: number, month: number, day: number): number | null {
  if (!(month >= 1 && month <= 12 && day >= 1 && year >= 1)) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 ? date.getTime() / DAY : null;
}

function calendar(moment: number): { year: number; month: number; day: number; dayOfYear: number } {
  const date = new Date(Math.floor(moment) * DAY);
  const first = new Date(0);
  first.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  const dayOfYear = (date.getTime() - first.getTime()) / DAY;
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), dayOfYear };
}

const ofDay = (moment: number) => moment - Math.floor(moment);
// 1970-01-01 was a Thursday; Monday is 0.
const weekday = (moment: number) => (((Math.floor(moment) + 3) % 7) + 7) % 7;

/** The numbers that are made of a date: what returns is told by an angle as well. */
export const PARTS: Record<string, (moment: number) => number> = {
  date: (moment) => moment,
  hours: (moment) => 24 * moment,
  year: (moment) => calendar(moment).year,
  month: (moment) => calendar(moment).month,
  day: (moment) => calendar(moment).day,
  weekday,
  hour: (moment) => 24 * ofDay(moment),
  "season, sine": (moment) => Math.sin((2 * Math.PI * calendar(moment).dayOfYear) / 365.25),
  "season, cosine": (moment) => Math.cos((2 * Math.PI * calendar(moment).dayOfYear) / 365.25),
  "week, sine": (moment) => Math.sin((2 * Math.PI * weekday(moment)) / 7),
  "week, cosine": (moment) => Math.cos((2 * Math.PI * weekday(moment)) / 7),
  "clock, sine": (moment) => Math.sin(2 * Math.PI * ofDay(moment)),
  "clock, cosine": (moment) => Math.cos(2 * Math.PI * ofDay(moment)),
};

const CLOCK = ["hour", "clock, sine", "clock, cosine"];
const LENGTH = ["hours"];

/** What is made of dates in a form, some of which have a clock or no day. */
export function partsOf(form: string): string[] {
  if (form === "time of day") return CLOCK;
  if (DURATIONS.includes(form)) return LENGTH;
  const others = FORMS[form].includes("<hour>") ? LENGTH : [...LENGTH, ...CLOCK];
  return Object.keys(PARTS).filter((name) => !others.includes(name));
}
