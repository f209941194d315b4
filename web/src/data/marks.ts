/**
 * The figures among the marks on a paper: no specks, no frames, no ruled lines.
 *
 * The rules are those of `kobai.data.images.marks`, step by step.
 */

import { inkRows, mapped, type Picture, part, picture, quantile, transposed } from "./picture";

const IS_INK = 0.3;
const SURE_INK = 0.55;
const SMALL = 60;
/** A ruled line runs through this much of a picture, or more. */
const LINE = 0.9;
const MOST = 20;
/** A figure is larger than this part of a picture. */
const LEAST = 0.05;

/** Pixels that hang together: where they are, and which in that box they are. */
export interface Mark {
  top: number;
  left: number;
  bottom: number;
  right: number;
  height: number;
  width: number;
  area: number;
  size: number;
  pixels: Picture;
}

/** The ink of each figure, from left to right, 0 where it has none. */
export function figures(strength: Picture): Picture[] {
  const level = levelOf(strength);
  const marks = unframed(marksIn(mapped(strength, (value) => +(value > level))));
  const inked = withoutLines(painted(marks, strength));
  const kept = withoutFrames(marksIn(inked), strength);
  const found = groupsOf(kept).map((group) => inkOf(strength, group));
  return found.length ? found : [strength];
}

/** The strength that ink has at least: of pale lines and dark ink, between. */
function levelOf({ height, width, values }: Picture): number {
  if (Math.min(height, width) < SMALL) return IS_INK;
  const level = threshold(values.filter((value) => value > IS_INK / 2));
  return Math.min(SURE_INK, Math.max(IS_INK, level));
}

/** Otsu's threshold between the lesser and the greater values (1979). */
function threshold(values: Float64Array): number {
  const bins = 128;
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const [first, last] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const edges = Array.from({ length: bins + 1 }, (_, i) => first + (i * (last - first)) / bins);
  const counts = new Float64Array(bins);
  for (const value of values) counts[binOf(value, edges, first, last)]++;
  const middle = (i: number) => (edges[i] + edges[i + 1]) / 2;
  const all = values.length;
  const mass = counts.reduce((sum, count, i) => sum + count * middle(i), 0);
  let [below, lower, best, at] = [0, 0, -1, 0];
  for (let i = 0; i < bins; i++) {
    below += counts[i];
    lower += counts[i] * middle(i);
    const gap = lower / below - (mass - lower) / (all - below);
    const between = below * (all - below) * gap ** 2 || 0;
    if (between > best) [best, at] = [between, i];
  }
  return edges[1 + at];
}

function binOf(value: number, edges: number[], first: number, last: number): number {
  const bins = edges.length - 1;
  let bin = Math.min(bins - 1, Math.floor(((value - first) / (last - first)) * bins));
  if (value < edges[bin]) bin--;
  else if (bin < bins - 1 && value >= edges[bin + 1]) bin++;
  return bin;
}

function unframed(marks: Mark[]): Mark[] {
  const least = Math.max(0, ...marks.map((mark) => mark.area)) / 200;
  const large = marks.filter((mark) => mark.area >= least);
  return large.filter((mark) => !isFrame(mark, large));
}

/** The pixels of all marks. */
function painted(marks: Mark[], { height, width }: Picture): Picture {
  const inked = picture(height, width);
  for (const { top, left, pixels } of marks) {
    pixels.values.forEach((value, i) => {
      const place = (top + Math.floor(i / pixels.width)) * width + left + (i % pixels.width);
      if (value) inked.values[place] = 1;
    });
  }
  return inked;
}

interface Run {
  row: number;
  start: number;
  end: number;
}

/** The marks, pixels that touch at a side or a corner, the largest first. */
export function marksIn(inked: Picture): Mark[] {
  const runs = runsOf(inked);
  const labels = joined(runs);
  const groups = new Map<number, Run[]>();
  runs.forEach((run, i) => {
    const group = groups.get(labels[i]);
    if (group) group.push(run);
    else groups.set(labels[i], [run]);
  });
  const inOrder = [...groups.entries()].sort(([a], [b]) => a - b);
  return inOrder.map(([, group]) => markOf(group)).sort((a, b) => b.area - a.area);
}

function markOf(runs: Run[]): Mark {
  const top = runs[0].row;
  const bottom = runs[runs.length - 1].row + 1;
  const left = runs.reduce((a, run) => Math.min(a, run.start), Number.POSITIVE_INFINITY);
  const right = runs.reduce((a, run) => Math.max(a, run.end), 0);
  const [height, width] = [bottom - top, right - left];
  const pixels = picture(height, width);
  for (const { row, start, end } of runs) pixels.values.fill(1, (row - top) * width + start - left, (row - top) * width + end - left);
  const area = runs.reduce((all, { start, end }) => all + end - start, 0);
  return { top, left, bottom, right, height, width, area, size: Math.max(height, width), pixels };
}

/** The runs of ink along the rows. */
function runsOf({ height, width, values }: Picture): Run[] {
  const runs: Run[] = [];
  for (let row = 0; row < height; row++) {
    for (let j = 0; j < width; j++) {
      if (!values[row * width + j]) continue;
      const start = j;
      while (j < width && values[row * width + j]) j++;
      runs.push({ row, start, end: j });
    }
  }
  return runs;
}

/** A number for each run, the same for all that hang together. */
function joined(runs: Run[]): number[] {
  const parent = runs.map((_, i) => i);
  const root = (i: number) => {
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  };
  let above = 0;
  runs.forEach(({ row, start, end }, i) => {
    while (runs[above].row < row - 1 || (runs[above].row === row - 1 && runs[above].end < start)) above++;
    for (let j = above; runs[j].row === row - 1 && runs[j].start <= end; j++) parent[root(i)] = root(j);
  });
  return runs.map((_, i) => root(i));
}

/** The ink without lines that run through the picture from side to side. */
function withoutLines(inked: Picture): Picture {
  const flat = ruled(inked);
  const upright = transposed(ruled(transposed(inked)));
  const rest = mapped(inked, (value, i) => +(value && !flat.values[i] && !upright.values[i]));
  // A figure that is cut out tightly may have a stroke from side to side.
  const left = Math.max(0, ...marksIn(rest).map((mark) => mark.size));
  return left > LEAST * Math.max(inked.height, inked.width) ? rest : inked;
}

/** Which pixels belong to lines along the rows, and to nothing else. */
function ruled(inked: Picture): Picture {
  const { height, width } = inked;
  const found = picture(height, width);
  const rows = inkRows(inked);
  if (width < 30 || !rows) return found;
  const least = Math.max(8, Math.floor(width / 16));
  const long = mapped(lengths(inked), (value) => +(value >= least));
  const thick = transposed(lengths(transposed(inked)));
  const lines = marksIn(bridged(long, Math.floor(width / 24))).filter((mark) => mark.width > LINE * width);
  for (const line of lines) {
    const box = [line.top, line.left, line.height, line.width] as const;
    const ink = part(inked, ...box);
    const here = mapped(line.pixels, (value, i) => +(value && ink.values[i]));
    const thickness = part(thick, ...box);
    const those = thickness.values.filter((_, i) => here.values[i]);
    if (!those.length) continue;
    const typical = quantile(those, 0.1);
    const isEdge = lines.length === 1 && (line.top <= rows.first || line.bottom > rows.last);
    if (typical > 0.04 * height + 1 || isEdge) continue;
    here.values.forEach((value, i) => {
      if (!value || thickness.values[i] > 1.25 * typical + 1) return;
      found.values[(line.top + Math.floor(i / line.width)) * width + line.left + (i % line.width)] = 1;
    });
  }
  return found;
}

/** For each pixel how long the run along its row is, 0 without ink. */
function lengths(inked: Picture): Picture {
  const found = picture(inked.height, inked.width);
  for (const { row, start, end } of runsOf(inked)) {
    found.values.fill(end - start, row * inked.width + start, row * inked.width + end);
  }
  return found;
}

/** The ink with gaps along the rows filled, and each row a pixel thicker. */
function bridged(inked: Picture, gap: number): Picture {
  const { width } = inked;
  const gaps = lengths(mapped(inked, (value) => +!value));
  const filled = mapped(gaps, (value) => +(value <= gap));
  const { values } = filled;
  return mapped(filled, (value, i) => +(value || values[i - width] || values[i + width] || 0));
}

/** The marks that are neither frames nor come in from beyond the picture. */
function withoutFrames(marks: Mark[], { height, width }: Picture): Mark[] {
  const kept = unframed(marks);
  const isInside = (m: Mark) => m.top > 0 && m.left > 0 && m.bottom < height && m.right < width;
  const inside = kept.filter(isInside);
  const least = 0.15 * Math.max(0, ...kept.map((mark) => mark.size));
  return inside.some((mark) => mark.size >= least) ? inside : kept;
}

/** Whether a mark is hollow and has another figure within. */
function isFrame(mark: Mark, marks: Mark[]): boolean {
  const down = Math.floor(mark.height / 5);
  const across = Math.floor(mark.width / 5);
  const inner = part(mark.pixels, down, across, mark.height - 2 * down, mark.width - 2 * across);
  if (inner.values.reduce((a, b) => a + b, 0) > 0.05 * mark.area) return false;
  return marks.some(
    (m) =>
      m.top > mark.top &&
      m.left > mark.left &&
      m.bottom < mark.bottom &&
      m.right < mark.right &&
      m.height > 0.2 * mark.height,
  );
}

/** The marks of each figure; what is small or far off belongs to none. */
function groupsOf(marks: Mark[]): Mark[][] {
  if (!marks.length) return [];
  const weight = (m: Mark) => m.area * Math.sqrt(m.height * m.width);
  const most = marks.reduce((a, b) => (weight(b) > weight(a) ? b : a));
  const isHead = (m: Mark) => m.height > 0.5 * most.height && m.area > most.area / 8;
  const heads = marks.filter(isHead).slice(0, MOST);
  const groups: Mark[][] = [];
  for (const head of [...heads].sort((a, b) => a.left - b.left)) {
    const home = groups.find((group) => group.some((mark) => beside(head, mark)));
    if (home) home.push(head);
    else groups.push([head]);
  }
  for (const mark of marks) {
    if (mark.area < most.area / 50 || heads.includes(mark) || heads.length === MOST) continue;
    const distances = groups.map((group) => Math.min(...group.map((other) => distance(mark, other))));
    const near = distances.indexOf(Math.min(...distances));
    if (distances[near] < 0.35 * most.size) groups[near].push(mark);
  }
  return groups;
}

/** Whether two large marks are parts of one figure, broken where the pen skipped. */
function beside(a: Mark, b: Mark): boolean {
  const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const least = Math.min(a.height, b.height);
  const apart = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
  const isOver = overlap > 0.3 * Math.min(a.width, b.width) && apart < 0.2 * least;
  return isOver || distance(a, b) < 0.15 * least;
}

function distance(a: Mark, b: Mark): number {
  const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
  const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
  return Math.hypot(Math.max(across, 0), Math.max(down, 0));
}

/** The ink of some marks and of the pixels beside them. */
function inkOf(strength: Picture, group: Mark[]): Picture {
  const { height, width } = strength;
  const mine = painted(group, strength);
  const full = quantile(strength.values.filter((_, i) => mine.values[i]), 0.9);
  const isNear = (i: number) => {
    const [row, column] = [Math.floor(i / width), i % width];
    for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) if (mine.values[y * width + x]) return true;
    }
    return false;
  };
  return mapped(strength, (value, i) => (isNear(i) ? Math.min(1, Math.max(0, value / full)) : 0));
}
