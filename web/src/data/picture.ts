/** Pictures as numbers, row after row, and what is done to any of them. */

export interface Picture {
  height: number;
  width: number;
  values: Float64Array;
}

export function picture(height: number, width: number): Picture {
  return { height, width, values: new Float64Array(height * width) };
}

export function mapped(of: Picture, change: (value: number, i: number) => number): Picture {
  return { ...of, values: of.values.map(change) };
}

export function transposed({ height, width, values }: Picture): Picture {
  const turned = picture(width, height);
  for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) turned.values[j * height + i] = values[i * width + j];
  return turned;
}

/** A part; what lies outside of the picture is 0. */
export function part(of: Picture, top: number, left: number, height: number, width: number): Picture {
  const cut = picture(height, width);
  for (let i = Math.max(0, -top); i < Math.min(height, of.height - top); i++) {
    for (let j = Math.max(0, -left); j < Math.min(width, of.width - left); j++) {
      cut.values[i * width + j] = of.values[(top + i) * of.width + left + j];
    }
  }
  return cut;
}

/** With a border of 0 around it. */
export function padded(of: Picture, by = 1): Picture {
  return part(of, -by, -by, of.height + 2 * by, of.width + 2 * by);
}

/** Without the empty rows and columns around what is not 0; null where all is. */
export function cropped(of: Picture): Picture | null {
  const [rows, columns] = [inkRows(of), inkRows(transposed(of))];
  if (!rows || !columns) return null;
  return part(of, rows.first, columns.first, rows.last - rows.first + 1, columns.last - columns.first + 1);
}

/** The first and the last row that are not empty. */
export function inkRows({ height, width, values }: Picture): { first: number; last: number } | null {
  const isInked = (row: number) => values.subarray(row * width, (row + 1) * width).some((value) => value !== 0);
  const rows = Array.from({ length: height }, (_, row) => row).filter(isInked);
  return rows.length ? { first: rows[0], last: rows[rows.length - 1] } : null;
}

export function largest({ values }: Picture): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

export function sum({ values }: Picture): number {
  return values.reduce((a, b) => a + b, 0);
}

/** Python's round: halves go to the even number. */
export function rounded(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below % 2 ? below + 1 : below;
  return rest < 0.5 ? below : below + 1;
}

export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

/** The largest, or the smallest, of each pixel and its eight neighbours, in bytes. */
export function spread(of: Picture, isLargest: boolean): Picture {
  const { height, width } = of;
  const bytes = of.values.map((value) => rounded(255 * value));
  const pick = isLargest ? Math.max : Math.min;
  const result = picture(height, width);
  const near = (at: number, size: number) => Math.max(0, Math.min(size - 1, at));
  // Along the rows, then along the columns.
  const across = bytes.map((byte, i) => {
    const row = i - (i % width);
    const column = i - row;
    return pick(byte, bytes[row + near(column - 1, width)], bytes[row + near(column + 1, width)]);
  });
  for (let i = 0; i < height; i++) {
    const [above, here, below] = [near(i - 1, height), i, near(i + 1, height)];
    for (let j = 0; j < width; j++) {
      const found = pick(across[above * width + j], across[here * width + j], across[below * width + j]);
      result.values[i * width + j] = found / 255;
    }
  }
  return result;
}

interface Filter {
  support: number;
  weight(x: number): number;
}

const BILINEAR: Filter = { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };

// Keys (1981), "Cubic convolution interpolation for digital image processing", a = −½.
const BICUBIC: Filter = {
  support: 2,
  weight(given) {
    const x = Math.abs(given);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
  },
};

/**
 * A picture of another size, as Pillow resizes: each new pixel is the mean of those that
 * lie under the filter, which is widened where the picture is made smaller.
 */
export function resized(of: Picture, height: number, width: number, smooth = false): Picture {
  const filter = smooth ? BICUBIC : BILINEAR;
  const float32 = mapped(of, Math.fround);
  const across = width === of.width ? float32 : resizedRows(float32, width, filter);
  if (height === of.height) return across;
  return transposed(resizedRows(transposed(across), height, filter));
}

function resizedRows({ height, width, values }: Picture, size: number, filter: Filter): Picture {
  const result = picture(height, size);
  const scale = width / size;
  const wide = Math.max(scale, 1);
  const support = filter.support * wide;
  for (let j = 0; j < size; j++) {
    const centre = (j + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(width, Math.trunc(centre + support + 0.5));
    const bare = Array.from({ length: last - first }, (_, i) => filter.weight((i + first - centre + 0.5) * (1 / wide)));
    const total = bare.reduce((a, b) => a + b, 0);
    const weights = bare.map((weight) => weight / total);
    for (let i = 0; i < height; i++) {
      let entry = 0;
      weights.forEach((weight, k) => {
        entry += values[i * width + first + k] * weight;
      });
      result.values[i * size + j] = Math.fround(entry);
    }
  }
  return result;
}
