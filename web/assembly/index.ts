/**
 * The three products of a dense layer, of float32, four numbers at a time.
 *
 * Matrices lie row after row; addresses are in bytes. An input of 0 is passed over,
 * which of pictures are most.
 */

/** target ← target + factor · source, of `count` numbers. */
// @ts-ignore: decorator
@inline
function accumulate(target: usize, factor: f32, source: usize, count: i32): void {
  const factors = f32x4.splat(factor);
  const whole = count & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    const at = (<usize>i) << 2;
    const product = f32x4.mul(factors, v128.load(source + at));
    v128.store(target + at, f32x4.add(v128.load(target + at), product));
  }
  for (; i < count; i++) {
    const at = (<usize>i) << 2;
    store<f32>(target + at, load<f32>(target + at) + factor * load<f32>(source + at));
  }
}

/** z ← x W + b: (rows, given), (given, units), (units) to (rows, units). */
export function forward(
  x: usize,
  w: usize,
  b: usize,
  z: usize,
  rows: i32,
  given: i32,
  units: i32,
): void {
  const width = (<usize>units) << 2;
  for (let r = 0; r < rows; r++) {
    memory.copy(z, b, width);
    let from = w;
    for (let i = 0; i < given; i++) {
      const entry = load<f32>(x);
      if (entry != 0) accumulate(z, entry, from, units);
      from += width;
      x += 4;
    }
    z += width;
  }
}

/** gw ← xᵀ g and gb ← Σ g: the gradient of the weights and biases. */
export function weights(
  x: usize,
  g: usize,
  gw: usize,
  gb: usize,
  rows: i32,
  given: i32,
  units: i32,
): void {
  const width = (<usize>units) << 2;
  memory.fill(gw, 0, width * <usize>given);
  memory.fill(gb, 0, width);
  for (let r = 0; r < rows; r++) {
    accumulate(gb, 1, g, units);
    let to = gw;
    for (let i = 0; i < given; i++) {
      const entry = load<f32>(x);
      if (entry != 0) accumulate(to, entry, g, units);
      to += width;
      x += 4;
    }
    g += width;
  }
}

/** gx ← g Wᵀ: the gradient of the inputs. */
export function inputs(
  g: usize,
  w: usize,
  gx: usize,
  rows: i32,
  given: i32,
  units: i32,
): void {
  const width = (<usize>units) << 2;
  const whole = units & ~3;
  for (let r = 0; r < rows; r++) {
    let from = w;
    for (let i = 0; i < given; i++) {
      let sums = f32x4.splat(0);
      let j = 0;
      for (; j < whole; j += 4) {
        const at = (<usize>j) << 2;
        sums = f32x4.add(sums, f32x4.mul(v128.load(g + at), v128.load(from + at)));
      }
      let sum =
        f32x4.extract_lane(sums, 0) +
        f32x4.extract_lane(sums, 1) +
        (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
      for (; j < units; j++) {
        const at = (<usize>j) << 2;
        sum += load<f32>(g + at) * load<f32>(from + at);
      }
      store<f32>(gx, sum);
      gx += 4;
      from += width;
    }
    g += width;
  }
}
