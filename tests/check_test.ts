import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  checkDuration,
  checkInteger,
  checkNumber,
  checkOneOf,
  checkSize,
  OptionRangeError,
  OptionTypeError,
  outOfRange,
} from "../lib/check.ts";
import { describeError } from "../lib/errors.ts";

// Each check, what it accepts, and what it refuses with which words.
const CHECKS: readonly {
  readonly check: (value: number) => number;
  readonly accepts: readonly number[];
  readonly refuses: readonly number[];
  readonly wanted: string;
}[] = [
  {
    check: (value) => checkInteger("limit", value, 1, 10),
    accepts: [1, 5, 10],
    refuses: [0, 11, 1.5, NaN, Infinity, -1],
    wanted: "an integer from 1 to 10",
  },
  {
    check: (value) => checkInteger("limit", value, 2),
    accepts: [2, Number.MAX_SAFE_INTEGER],
    refuses: [1, 2.5, NaN, Infinity, Number.MAX_SAFE_INTEGER + 1],
    wanted: "an integer of at least 2",
  },
  {
    check: (value) => checkSize("limit", value),
    accepts: [0, 1, Number.MAX_SAFE_INTEGER, Infinity],
    refuses: [-1, 0.5, NaN, -Infinity, Number.MAX_SAFE_INTEGER + 1],
    wanted: "an integer of at least 0, or Infinity",
  },
  {
    check: (value) => checkSize("limit", value, 107),
    accepts: [107, Infinity],
    refuses: [106],
    wanted: "an integer of at least 107, or Infinity",
  },
  {
    check: (value) => checkNumber("limit", value, 1),
    accepts: [1, 1.5, Number.MAX_VALUE],
    refuses: [0.9, NaN, Infinity],
    wanted: "a number of at least 1",
  },
  {
    check: (value) => checkDuration("limit", value),
    accepts: [0.001, 1, Infinity],
    refuses: [0, -1, NaN],
    wanted: "a number of milliseconds above 0, or Infinity",
  },
  {
    check: (value) => checkDuration("limit", value, "0 or above"),
    accepts: [0, 1, Infinity],
    refuses: [-1, NaN],
    wanted: "a number of milliseconds 0 or above, or Infinity",
  },
];

for (const { check, accepts, refuses, wanted } of CHECKS) {
  Deno.test(`a check for ${wanted} gives back what fits and carries what does not`, () => {
    for (const value of accepts) assertEquals(check(value), value);
    for (const value of refuses) {
      const error = assertThrows(() => check(value), OptionRangeError);
      assertInstanceOf(error, RangeError);
      // To users it is a RangeError like every other one.
      assertEquals(error.name, "RangeError");
      assertEquals(error.option, "limit");
      assertEquals(error.value, value);
      assertEquals(error.reason, `it must be ${wanted}`);
      assertEquals(
        error.message,
        `Cannot use limit of ${value}: it must be ${wanted}`,
      );
    }
  });
}

Deno.test("checkOneOf() lists the words in its TypeError", () => {
  assertEquals(checkOneOf("whenFull", "wait", ["wait", "refuse"]), "wait");
  const error = assertThrows(
    () => checkOneOf("whenFull", "queue", ["wait", "refuse", "drop"]),
    OptionTypeError,
    'Cannot use whenFull of "queue": it must be "wait", "refuse" or "drop"',
  );
  assertEquals(error.name, "TypeError");
  assertEquals(error.option, "whenFull");
  assertEquals(error.value, "queue");
});

Deno.test("describeError() names the option of a refused value in the reader's words", () => {
  const error = assertThrows(() => checkSize("maxMessageBytes", -1, 1));

  assertEquals(
    describeError(error, () => "--max-message"),
    "Cannot use --max-message of -1: it must be an integer of at least 1, or Infinity",
  );
});

Deno.test("outOfRange() shows an object by what it says of itself, or as an object, and a missing value as undefined", () => {
  for (
    const [value, shown] of [
      [{ send: 1 }, "an object"],
      [Object.create(null), "an object"],
      [new URL("http://a/"), "http://a/"],
      [null, "null"],
      [undefined, "undefined"],
      ["10", '"10"'],
    ] as const
  ) {
    assertEquals(
      outOfRange("limit", value, "a number").message,
      `Cannot use limit of ${shown}: it must be a number`,
    );
  }
});
