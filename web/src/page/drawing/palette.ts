/** The colours of numbers and classes, for light and dark, and for the colour-blind. */

export type Colour = readonly [number, number, number];

export interface Palette {
  dark: boolean;
  /** A negative number, zero and a positive number. */
  negative: Colour;
  zero: Colour;
  positive: Colour;
  classes: readonly Colour[];
  ink: Colour;
  soft: Colour;
  line: Colour;
  accent: Colour;
  /** Colours of −1 … 1 in 256 steps, as canvas stores them. */
  lookup: Uint32Array;
}

const USUAL = [
  ..."2b7bd6 f0811f 2f9e5b c4417f 7f5fc9".split(" "),
  ..."139aa0 a9801f 66758a d4483f 5d8a1e".split(" "),
];
/** Okabe and Ito (2008): told apart in every common form of colour blindness. */
const SAFE = [
  ..."0072b2 d55e00 009e73 cc79a7 56b4e9".split(" "),
  ..."e69f00 8a8a8a 5b3a9e 7a4b00 b5c334".split(" "),
];

const LIGHT = {
  zero: "fbfaf7",
  ink: "1c2128",
  soft: "5a6270",
  line: "d9d6cf",
  accent: "0b7a66",
};
const DARK = {
  zero: "1a1e25",
  ink: "edeff2",
  soft: "a3acb9",
  line: "39414d",
  accent: "4fd1b5",
};

export function makePalette(dark: boolean, safe: boolean): Palette {
  const classes = (safe ? SAFE : USUAL).map(fromHex);
  const { zero, ink, soft, line, accent } = dark ? DARK : LIGHT;
  const [negative, positive] = classes;
  const colours = { negative, zero: fromHex(zero), positive, classes };
  return {
    ...colours,
    dark,
    ink: fromHex(ink),
    soft: fromHex(soft),
    line: fromHex(line),
    accent: fromHex(accent),
    lookup: lookupTable(negative, fromHex(zero), positive),
  };
}

function fromHex(hex: string): Colour {
  const number = Number.parseInt(hex, 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** 256 colours from one end through the middle to the other. */
function lookupTable(low: Colour, middle: Colour, high: Colour): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const value = (i - 127.5) / 127.5;
    const end = value < 0 ? low : high;
    // Paler than the points that lie on it, so that these are seen.
    const share = Math.abs(value) ** 0.8 * 0.72;
    return packed(mixed(middle, end, share));
  });
}

export function mixed(a: Colour, b: Colour, share: number): Colour {
  return [0, 1, 2].map((i) => a[i] + (b[i] - a[i]) * share) as unknown as Colour;
}

/** As a pixel of ImageData seen as 32 bits: every machine a browser runs on is little-endian. */
export function packed([red, green, blue]: Colour): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function css([red, green, blue]: Colour, alpha = 1): string {
  const numbers = [red, green, blue].map(Math.round).join(" ");
  return alpha === 1 ? `rgb(${numbers})` : `rgb(${numbers} / ${alpha})`;
}

export function classColour(palette: Palette, index: number): Colour {
  return palette.classes[index % palette.classes.length];
}
