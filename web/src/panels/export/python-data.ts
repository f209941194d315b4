/** The data of a run in Python: Kobai's own sets, points, a table. */

import type { DataSettings, Settings } from "../../protocol";
import { number, rowsOfNumbers, text } from "./spelling";

export interface DataLines {
  imports: string[];
  lines: string[];
  /** Whether `data` is a `Dataset`, which names its parts, or the parts alone. */
  isDataset: boolean;
}

export function dataLines({ data, seed, testSize }: Settings): DataLines {
  const share = `test_size=${number(testSize)}`;
  switch (data.kind) {
    case "toy":
      return toyLines(data, seed, share);
    case "points":
      return pointLines(data, seed, testSize);
    case "digits":
      return {
        isDataset: true,
        imports: [],
        lines: [`data = kobai.load_digits(${share}, seed=${seed})`],
      };
    case "mnist":
      return MNIST;
    case "table":
      return tableLines(data, seed, share);
    case "run":
      return {
        isDataset: true,
        imports: [],
        lines: [`data = kobai.load_dataset(${text(data.name)})`],
      };
  }
}

/** The page holds as many pictures as it can open quickly, drawn as `kobai lab` draws. */
const MNIST: DataLines = {
  isDataset: false,
  imports: ["import numpy as np"],
  lines: [
    "mnist = kobai.load_mnist()",
    "rows = np.sort(np.random.default_rng(0).choice(70_000, 10_000, replace=False))",
    "x = np.concatenate([mnist.x_train, mnist.x_test])[rows]",
    "t = np.concatenate([mnist.t_train, mnist.t_test])[rows]",
    "is_test = rows >= len(mnist.x_train)",
    "data = (x[~is_test], t[~is_test]), (x[is_test], t[is_test])",
  ],
};

function toyLines(
  data: Extract<DataSettings, { kind: "toy" }>,
  seed: number,
  share: string,
): DataLines {
  const { name, rows, noise } = data;
  const hasClasses = name === "spiral" || name === "gaussians";
  const classes = hasClasses ? data.classes : undefined;
  const values = [
    `n=${rows}`,
    ...(classes === undefined ? [] : [`classes=${classes}`]),
    `noise=${number(noise)}`,
    `seed=${seed}`,
  ];
  // The test points of the sine lie half-way between the others.
  const all = name === "sine" ? values : [...values, share];
  return {
    isDataset: true,
    imports: [`from kobai.data import ${name}`],
    lines: [`data = ${name}(${all.join(", ")})`],
  };
}

function pointLines(
  { x, t, task }: Extract<DataSettings, { kind: "points" }>,
  seed: number,
  testSize: number,
): DataLines {
  const isClasses = task === "classes";
  const dtype = isClasses ? "np.int64" : "np.float32";
  return {
    isDataset: false,
    imports: ["import numpy as np", "from kobai.data import train_test_split"],
    lines: [
      "points = [  # the inputs, then the target",
      ...rowsOfNumbers(x.map((row, i) => [...row, t[i]])),
      "]",
      "rows = np.array(points)",
      "x = rows[:, :-1].astype(np.float32)",
      `t = rows[:, ${isClasses ? "-1" : "-1:"}].astype(${dtype})`,
      "data = train_test_split(",
      `    x, t, test_size=${number(testSize)}, seed=${seed}, stratify=${isClasses ? "True" : "False"}`,
      ")",
    ],
  };
}

function tableLines(
  { name, target, omit }: Extract<DataSettings, { kind: "table" }>,
  seed: number,
  share: string,
): DataLines {
  const drop = omit.length ? [`drop=[${omit.map(text).join(", ")}]`] : [];
  // A table that `kobai lab` put into the page goes by its name alone.
  const file = name.includes(".") ? name : `${name}.csv`;
  const values = [text(file), text(target), ...drop, share, `seed=${seed}`];
  return { isDataset: true, imports: [], lines: [`data = kobai.load_table(${values.join(", ")})`] };
}
