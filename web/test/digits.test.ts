import assert from "node:assert/strict";
import test from "node:test";
import { deflateRawSync } from "node:zlib";
import base64 from "kobai:digits";
import { packedDigits, unpackedDigits } from "../src/data/digits";

const digits = unpackedDigits(base64);

test("the digits are numbers from 0 to 9 and dots from 0 to 16", () => {
  assert.equal(digits.length, 1797 * 65);
  assert.equal(Math.max(...digits.subarray(0, 1797)), 9);
  assert.equal(Math.max(...digits.subarray(1797)), 16);
});

test("packing what was unpacked gives the same", () => {
  assert.equal(Buffer.from(packedDigits(digits)).toString("base64"), base64);
});

test("packed they take more than a third less room than deflated", () => {
  const deflated = deflateRawSync(digits, { level: 9 }).length;
  assert.ok(Buffer.from(base64, "base64").length < 0.65 * deflated);
});

test("the tables are rounded where no browser's logarithm decides", () => {
  const far = (value: number) => Math.abs(value - Math.floor(value) - 0.5);
  for (let i = 0; i < 4096; i++) {
    const p = (i + 0.5) / 4096;
    // A last bit of the logarithm times 1024 is below 1e-12.
    assert.ok(far(1024 * Math.log(p / (1 - p))) > 1e-9);
  }
  for (let i = 0; i < 2048; i++) {
    assert.ok(far(65536 / (1 + Math.exp(-(i - 1023.5) / 128))) > 1e-9);
  }
});
