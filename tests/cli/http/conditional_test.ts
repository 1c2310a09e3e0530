import { assertEquals } from "@std/assert";
import {
  evaluate,
  rangeCounts,
  type Validators,
  validatorsOf,
} from "../../../cli/http/files/conditional.ts";
import {
  formatHttpDate,
  parseHttpDate,
} from "../../../cli/http/files/http_date.ts";

const OLD = Date.UTC(1994, 10, 6, 8, 49, 37);
const SETTLED: Validators = { etag: '"a,b"', modifiedMs: OLD };
const RECENT: Validators = { etag: 'W/"a,b"', modifiedMs: OLD };

function headersOf(fields: Record<string, string>): Headers {
  return new Headers(fields);
}

Deno.test("parseHttpDate() reads the three forms, and nothing else", () => {
  const dates = [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ];
  for (const date of dates) assertEquals(parseHttpDate(date), OLD, date);
  assertEquals(formatHttpDate(OLD), dates[0]);
  const others = [
    ...["", "yesterday", "1994-11-06", "784111777", "Sun, 06 Nov 1994"],
    ...["Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 06 Nov 1994 24:49:37 GMT"],
    ...["Sun, 06 Foo 1994 08:49:37 GMT", "sun, 6 Nov 1994 08:49:37 GMT"],
  ];
  for (const date of others) assertEquals(parseHttpDate(date), undefined, date);
});

Deno.test("validatorsOf() is sure of a file only when it has settled", () => {
  const { etag } = validatorsOf(10, OLD, OLD + 2_001);
  assertEquals(etag.startsWith('"'), true);
  assertEquals(validatorsOf(10, OLD, OLD + 2_000).etag, `W/${etag}`);
  assertEquals(validatorsOf(11, OLD, OLD + 9_000).etag === etag, false);
  assertEquals(validatorsOf(10, OLD + 1, OLD + 9_000).etag === etag, false);
  assertEquals(validatorsOf(1, OLD + 5_999, OLD).modifiedMs, OLD);
});

Deno.test("validatorsOf() has a date where the file has none", () => {
  assertEquals(validatorsOf(12, NaN, 9_500), {
    ...validatorsOf(12, 9_500, 9_500),
    modifiedMs: 9_000,
  });
});

Deno.test("evaluate() follows the order of the conditions", () => {
  const earlier = formatHttpDate(OLD - 1_000);
  const same = formatHttpDate(OLD);
  const table: readonly (readonly [Record<string, string>, number])[] = [
    [{}, 200],
    [{ "if-none-match": '"a,b"' }, 304],
    [{ "if-none-match": 'W/"a,b"' }, 304],
    [{ "if-none-match": '"x", "a,b"' }, 304],
    [{ "if-none-match": '"x","y"' }, 200],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": "a,b" }, 200],
    [{ "if-none-match": '"b"' }, 200],
    [{ "if-modified-since": same }, 304],
    [{ "if-modified-since": earlier }, 200],
    [{ "if-modified-since": "soon" }, 200],
    [{ "if-none-match": '"x"', "if-modified-since": same }, 200],
    [{ "if-none-match": '"a,b"', "if-modified-since": earlier }, 304],
    [{ "if-match": '"a,b"' }, 200],
    [{ "if-match": 'W/"a,b"' }, 412],
    [{ "if-match": '"x"' }, 412],
    [{ "if-match": "*" }, 200],
    [{ "if-match": '"x"', "if-none-match": '"a,b"' }, 412],
    [{ "if-unmodified-since": same }, 200],
    [{ "if-unmodified-since": earlier }, 412],
    [{ "if-unmodified-since": "soon" }, 200],
    [{ "if-match": '"a,b"', "if-unmodified-since": earlier }, 200],
  ];
  for (const [fields, status] of table) {
    const what = JSON.stringify(fields);
    assertEquals(evaluate(headersOf(fields), SETTLED), status, what);
  }
  assertEquals(evaluate(headersOf({ "if-match": '"a,b"' }), RECENT), 412);
  assertEquals(evaluate(headersOf({ "if-none-match": '"a,b"' }), RECENT), 304);
});

Deno.test("rangeCounts() wants the very state that the client has", () => {
  const date = formatHttpDate(OLD);
  const table: readonly (readonly [string, boolean, boolean])[] = [
    ['"a,b"', true, false],
    ['W/"a,b"', false, false],
    ['"x"', false, false],
    [date, true, false],
    [formatHttpDate(OLD + 1_000), false, false],
  ];
  for (const [value, ifSettled, ifRecent] of table) {
    const headers = headersOf({ "if-range": value });
    assertEquals(rangeCounts(headers, SETTLED), ifSettled, value);
    assertEquals(rangeCounts(headers, RECENT), ifRecent, value);
  }
  assertEquals(rangeCounts(headersOf({}), RECENT), true);
});
