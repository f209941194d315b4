/**
 * SHA-256 of bytes, as 64 hexadecimal digits.
 *
 * The browser's own is there on secure pages alone, and a file may be none.
 *
 * Source: NIST, "Secure Hash Standard", FIPS 180-4, 2015.
 */

/** The first 32 bits behind the point of a root of the first primes. */
function fractions(count: number, power: number): Uint32Array {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false;
    if (isPrime) found.push(n ** power);
  }
  return Uint32Array.from(found, (root) => (root - Math.floor(root)) * 2 ** 32);
}

const turned = (x: number, by: number) => (x >>> by) | (x << (32 - by));

export function sha256(bytes: Uint8Array): string {
  const state = fractions(8, 1 / 2);
  const constants = fractions(64, 1 / 3);
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  const words = new Uint32Array(64);
  for (let start = 0; start < padded.length; start += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(start + 4 * i);
    for (let i = 16; i < 64; i++) words[i] = expanded(words, i);
    compress(state, words, constants);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

function expanded(words: Uint32Array, i: number): number {
  const [a, b] = [words[i - 15], words[i - 2]];
  const first = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
  const second = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
  return words[i - 16] + first + words[i - 7] + second;
}

function compress(state: Uint32Array, words: Uint32Array, constants: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g);
    const first = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + constants[i] + words[i];
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] += word;
  });
}
