import assert from "node:assert/strict";
import test from "node:test";
import { rowsOf } from "../src/data/table/rows";

const CASES: [string, string, string[][]][] = [
  ["a,b\n1,2\n", ",", [["a", "b"], ["1", "2"]]],
  ["a\tb\r\n1\t\r\n\r\n \t \r\n3\t4", "\t", [["a", "b"], ["1", ""], ["3", "4"]]],
  ['"a,1";"b ""c"""\n"two\nlines";x', ";", [["a,1", 'b "c"'], ["two\nlines", "x"]]],
  ['a|5" pipe\n"b"|', "|", [["a", '5" pipe'], ["b", ""]]],
  ['"a",\n', ",", [["a", ""]]],
  ['"a",', ",", [["a", ""]]],
];

for (const [text, separator, rows] of CASES) {
  test(`rows of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(rowsOf(text, separator), { rows, open: null });
  });
}

test("quotation marks that stay open are told with their row", () => {
  assert.equal(rowsOf('a,b\n1,"2\n3,4\n', ",").open, 1);
  assert.equal(rowsOf('a,b\n1,"2" x\n', ",").open, 1);
});
