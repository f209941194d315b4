/** The page's pure parts: links, layout, branches, undo, the beat of playing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../src/page/curves/data";
import type { LinkState } from "../src/page/opening/fields";
import { linkOf, readLink } from "../src/page/opening/link";
import { linked } from "../src/page/opening/ways";
import { heightAt, layoutNetwork, lineBetween } from "../src/page/network/layout";
import { lineAt, unitAt } from "../src/page/network/pointing";
import { ticks } from "../src/page/output/plane";
import { metronome } from "../src/page/player";
import { kept, NO_RECORDS, redone, undone } from "../src/page/records";
import type { Place, Way } from "../src/page/run";
import { FIRST, fitted, startsAnew } from "../src/page/settings";
import { indexAt, lineage, noHistory, withFrame } from "../src/page/timeline";
import type { Frame, HistoryPoints } from "../src/protocol";

const STATE: LinkState = {
  settings: FIRST,
  step: 0,
  branch: 0,
  ways: [],
  language: "ja",
  theme: "auto",
  contrast: false,
  speed: 100,
  hidden: [],
  task: "",
  tab: "",
};

async function back(state: LinkState): Promise<LinkState> {
  const read = await readLink(`#${await linkOf(state, null)}`);
  assert.deepEqual(read.damaged, []);
  return { ...STATE, ...read.state };
}

test("a link brings the whole state back", async () => {
  const settings = {
    ...FIRST,
    seed: 7,
    hidden: [{ units: 3, activation: "relu", dropout: 0.2 }],
    optimizer: "momentum",
    learningRate: 0.05,
    options: { momentum: 0.8 },
    schedule: "step_decay",
    scheduleOptions: { every: 50 },
    weightDecay: 0.001,
    batches: "random",
    batchSize: 7,
  } as LinkState["settings"];
  const state: LinkState = {
    ...STATE,
    settings,
    step: 1200,
    contrast: true,
    speed: "max",
    hidden: ["seed", "data"],
    task: "x & y = 50 % + 日本 #1",
  };
  assert.deepEqual(await back(state), state);
});

test("a link can be read by a person", async () => {
  const link = await linkOf({ ...STATE, step: 1200 }, null);
  assert.match(link, /^v=1&lang=ja&data=spiral&/);
  const opt = `adam:${FIRST.learningRate}`;
  assert.ok(
    link.includes(`&net=x-8:tanh-8:tanh-y&opt=${opt}&seed=${FIRST.seed}&step=1200`),
  );
});

test("points drawn by hand come back as they were drawn", async () => {
  const x = Array.from({ length: 300 }, (_, i) => [i / 1000, -(i + 1) / 500]);
  const t = x.map((_, i) => i % 3);
  const data = { kind: "points", task: "classes", x, t } as const;
  const settings = { ...FIRST, data: data as unknown as typeof FIRST.data };
  const found = await back({ ...STATE, settings });
  assert.deepEqual(found.settings.data, data);
});

test("points that unpack to very much are refused, not unpacked", async () => {
  const zeros = new Blob([new Uint8Array(50_000_000)]).stream();
  const packed = zeros.pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = Buffer.from(await new Response(packed).arrayBuffer());
  const read = await readLink(
    `#v=1&data=points:classes&points=${bytes.toString("base64url")}`,
  );
  assert.equal(read.damaged.length, 1);
});

test("a user's table leaves no trace in a link", async () => {
  const data = {
    kind: "table",
    name: "secret.csv",
    target: "wage",
    omit: ["name"],
  } as const;
  const settings = { ...FIRST, data: data as unknown as typeof FIRST.data };
  const link = await linkOf({ ...STATE, settings }, null);
  assert.doesNotMatch(link, /secret|wage|omit/);
  assert.equal((await readLink(link)).absent, "table");
});

const FASTER = { ...FIRST, learningRate: 0.1, batches: "full" as const };
const BACK = { ...FASTER, batches: FIRST.batches, weightDecay: 0.001 };
const WAYS: Way[] = [
  { from: null, deeds: [{ step: 120, settings: FASTER }], head: 300 },
  {
    from: { branch: 0, step: 200 },
    deeds: [
      { step: 200, settings: FASTER, edit: { parameter: "W1", index: 5, value: -0.25 } },
      { step: 220, settings: BACK },
    ],
    head: 250,
  },
  // It begins before the first change.
  { from: { branch: 0, step: 50 }, deeds: [{ step: 50, settings: BACK }], head: 60 },
];

test("a link brings every branch back, and what was put by hand", async () => {
  const state = { ...STATE, ways: WAYS, branch: 1, step: 230 };
  assert.deepEqual(await back(state), state);
});

test("what was changed on the way can be read by a person", async () => {
  const link = await linkOf({ ...STATE, ways: WAYS.slice(0, 2) }, null);
  const [first, second] = ["120/opt=adam:0.1/batches=full;300", "0@200;200/W1.5=-0.25;"];
  assert.ok(link.endsWith(`&ways=${first}~${second}220/decay=0.001/batches=shuffle;250`));
});

test("of what is too much for a link the branch that is seen is in it", () => {
  const deeds = [...WAYS[0].deeds, ...WAYS[1].deeds];
  const moment = { branch: 1, step: 250 };
  const place = { run: 1, moment, given: undefined, first: FIRST, deeds, settings: BACK };
  assert.deepEqual(linked(WAYS, place).ways, WAYS);
  const many = Array.from({ length: 100 }, (_, i) => ({ ...WAYS[2], head: 60 + i }));
  // Nobody waits for what is not seen.
  const long = { ...WAYS[2], head: 1_000_000 };
  for (const ways of [
    [...WAYS, ...many],
    [...WAYS, long],
  ]) {
    const found = linked(ways, place);
    assert.deepEqual(found.ways, [{ from: null, deeds, head: 250 }]);
    // The number put by hand began a branch.
    assert.deepEqual([found.branch, found.step], [1, 250]);
  }
});

for (const part of [
  "ways=",
  "ways=12/;5",
  "ways=12/opt=adam:fast;50",
  "ways=12/seed=4;50",
  "ways=12/net=2-9:tanh-2;50",
  "ways=12/W1.x=4;50",
  "ways=50~1@3;7",
  "ways=50~0@-3;7",
  `ways=${"1/l1=0.1;".repeat(1001)}50`,
  "seed=abc",
  "seed=-1",
  "net=8",
  "net=2-999999:tanh-2",
  "net=2-8:sofmax-2",
  "opt=adam:fast",
  "points=%%%",
  "points=AAAA",
  "step=1e99",
  "data=%E0%A4%A",
  "task=%",
]) {
  test(`a link with ${part} names it and keeps the rest`, async () => {
    const read = await readLink(`#v=1&lang=zh&${part}&batch=5&unknown=1`);
    assert.equal(read.damaged.length, 1);
    assert.ok(read.damaged[0].startsWith(part.split("=")[0]));
    assert.equal(read.state.settings?.batchSize, 5);
    assert.equal(read.state.language, "zh");
  });
}

test("a newer link is said to be one", async () => {
  assert.equal((await readLink("#v=2&seed=3")).newer, true);
  assert.equal((await readLink("#v=1&seed=3")).newer, false);
});

for (const units of [
  [2, 2],
  [2, 8, 8, 2],
  [64, 50, 10],
  [1, 200, 3, 1],
  [30, 4, 1],
]) {
  test(`no unit of ${units.join("-")} lies on another or outside`, () => {
    for (const width of [320, 640, 1200]) {
      const layout = layoutNetwork({
        units,
        picture: false,
        width,
        head: 108,
        names: [40, 96],
      });
      const all = layout.columns.flatMap((column) => column.units);
      for (const { x, y, size } of all) {
        assert.ok(x - size / 2 >= 0 && x + size / 2 <= layout.width);
        assert.ok(y - size / 2 >= 0 && y + size / 2 <= layout.height);
      }
      all.forEach((a, i) => {
        for (const b of all.slice(i + 1)) {
          const apart = Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y));
          assert.ok(apart >= (a.size + b.size) / 2);
        }
      });
      layout.columns.forEach(({ units: shown, left }, i) => {
        assert.equal(shown.length + left, units[i]);
      });
    }
  });
}

test("the pointer finds what lies under it", () => {
  const asked = {
    units: [2, 3, 1],
    picture: false,
    width: 640,
    head: 108,
    names: [16, 16] as [number, number],
  };
  const layout = layoutNetwork(asked);
  const [inputs, hidden] = layout.columns;
  const { x, y } = hidden.units[1];
  assert.deepEqual(unitAt(layout, x, y), { kind: "unit", layer: 0, unit: 1 });
  assert.equal(unitAt(layout, inputs.units[0].x, inputs.units[0].y), null);
  const line = lineBetween(inputs.units[1], hidden.units[0]);
  const at = line.x1 + (line.x2 - line.x1) * 0.8;
  const found = lineAt(layout, at, heightAt(line, at) as number, 3);
  assert.deepEqual(found, { kind: "weight", layer: 0, from: 1, to: 0 });
});

function points(from: number, to: number, loss: number): HistoryPoints {
  const step = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const same = step.map(() => loss);
  return { step, trainLoss: same, testLoss: same, trainScore: same, testScore: same };
}

function frame(branch: number, step: number, history: HistoryPoints): Frame {
  return { moment: { branch, step }, epoch: 0, history, stepsPerSecond: 0 };
}

test("a branch's curve is its parent's up to where it left it", () => {
  let branches = withFrame([], frame(0, 9, points(0, 9, 1)));
  branches = withFrame(branches, frame(0, 12, points(8, 12, 1)));
  const from = { branch: 0, step: 5 };
  branches = withFrame(branches, frame(1, 5, points(5, 5, 2)), "loss", from);
  branches = withFrame(branches, frame(1, 7, points(6, 7, 2)));
  const { step, trainLoss } = lineage(branches, 1);
  assert.deepEqual(step, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(trainLoss, [1, 1, 1, 1, 1, 2, 2, 2]);
  assert.equal(lineage(branches, 0).step.length, 13);
  assert.deepEqual(lineage(branches, 7), noHistory());
  const { curves, columns } = columnsOf(branches, "Loss");
  assert.equal(curves.length, 4);
  assert.ok(columns.every((column) => column.length === 13));
});

test("indexAt is the last point at a step or before it", () => {
  assert.deepEqual(
    [0, 4, 5, 99].map((step) => indexAt([1, 5, 9], step)),
    [-1, 0, 1, 2],
  );
});

test("undo and redo are each other's opposite", () => {
  const place = (run: number) => ({ run }) as Place;
  const records = kept(kept(NO_RECORDS, place(1)), place(2));
  const back = undone(records, place(3));
  assert.equal(back?.place.run, 2);
  const again = back && redone(back.records, back.place);
  assert.equal(again?.place.run, 3);
  assert.equal(undone(NO_RECORDS, place(1)), null);
  assert.deepEqual(kept(back?.records ?? NO_RECORDS, place(4)).future, []);
});

test("the beat gives as many steps as the clock says, and catches up with nothing", () => {
  const beat = metronome();
  let steps = beat.due(0, 10);
  for (let now = 16; now <= 2000; now += 16) {
    steps += beat.due(now, 10);
  }
  assert.ok(Math.abs(steps - 21) <= 1);
  assert.ok(beat.due(3_600_000, 100) <= 26);
});

test("ticks are round numbers within their ends", () => {
  assert.deepEqual(ticks(-1.1, 1.1), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticks(0, Number.NaN), []);
});

test("what the first weights depend on starts anew, the rest goes on", () => {
  assert.equal(startsAnew(FIRST, { ...FIRST, learningRate: 1 }), false);
  assert.equal(startsAnew(FIRST, { ...FIRST, seed: 2 }), true);
  const relu = FIRST.hidden.map((layer) => ({ ...layer, activation: "relu" }) as const);
  assert.equal(startsAnew(FIRST, { ...FIRST, hidden: relu.slice(1) }), true);
});

test("a network fits its task", () => {
  const numbers = fitted(FIRST, { task: "regression", classes: 0 });
  assert.deepEqual([numbers.output, numbers.loss], ["identity", "mean_squared_error"]);
  const classes = { task: "classes", classes: 2 } as const;
  assert.equal(fitted(FIRST, classes), FIRST);
  // A mean squared error fits softmax, too: but nobody chose it for classes.
  assert.equal(fitted(numbers, classes, "regression").loss, "cross_entropy");
});
