import {
  assert,
  assertEquals,
  assertLess,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describeError, TimeoutError } from "../../lib/errors.ts";
import { bounded } from "../../lib/search/bounded_expression.ts";
import { parseExpression } from "../../lib/search/written_expression.ts";
import { EXPRESSION_FLAGS } from "../support/processes.ts";

const HOSTILE = `${"a".repeat(60)}!`;

Deno.test("bounded() finds what the expression itself finds", () => {
  const text = `x${"y".repeat(2_000)} id=7 id=8`;
  for (const source of ["id=(\\d)", "(?<=id=)(?<n>\\d)", "(i)d.*\\1", "z"]) {
    for (const flags of ["", "i", "s", "u", "g", "y"]) {
      const expression = new RegExp(source, flags);
      const found = new RegExp(source, flags).exec(text);
      const search = bounded(expression);
      for (let time = 0; time < 2; time++) {
        assertEquals(search.exec(text), found, `${expression}`);
        assertEquals(search.test(text), found !== null);
      }
      assertEquals(
        search.replace(text, ""),
        text.replace(new RegExp(source, flags), ""),
      );
    }
  }
});

Deno.test("bounded() gives a search up after 500 ms, and all later ones at once", () => {
  const expression = /^(?=a)(a+)+$/;
  const search = bounded(expression);
  assert(search.test("aaa"));
  const error = assertThrows(() => search.test(HOSTILE), TimeoutError);
  assertEquals(
    describeError(error),
    "Cannot search with /^(?=a)(a+)+$/: the search was given up after 500 ms, as the regular expression backtracks too much on what it looked at",
  );
  assertEquals(error.deadline, "search");
  assertEquals(error.timeoutMs, 500);
  // With the same expression alone, whoever asks.
  assertStrictEquals(bounded(expression), search);
  const beganMs = performance.now();
  for (let time = 0; time < 1_000; time++) {
    assertThrows(() => bounded(expression).test("aaa"), TimeoutError);
  }
  assertLess(performance.now() - beganMs, 500);
  assert(bounded(/^(?=a)(a+)+$/).test("aaa"));
});

Deno.test("bounded() gives an expression up whose searches are all slow, though none is too slow", () => {
  // Each takes some tens of milliseconds on a usual machine.
  const search = bounded(/(?=a)a*b/);
  const text = "a".repeat(6_000);
  let searches = 0;
  const beganMs = performance.now();
  assertThrows(() => {
    for (; searches < 10_000; searches++) search.test(text);
  }, TimeoutError);
  const tookMs = performance.now() - beganMs;
  assert(searches > 0, "the first search was given up");
  assertLess(tookMs, 5_000);
});

// As the executables are compiled, the linear engine of V8 helps.
const PROGRAM = `
  import { bounded } from ${
  JSON.stringify(
    import.meta.resolve("../../lib/search/bounded_expression.ts"),
  )
};
  function outcome(expression, text) {
    const beganMs = performance.now();
    try {
      for (let time = 0; time < 50; time++) bounded(expression).test(text);
      return "found nothing";
    } catch ({ deadline }) {
      return performance.now() - beganMs < 10_000 ? deadline : "slow";
    }
  }
  console.log(outcome(/^(a+)+$/, "a".repeat(60) + "!"));
  console.log(outcome(/a*b/, "a".repeat(65_536)));
  console.log(outcome(/[ab]*[ab]*c/, "a".repeat(1_024)));
`;

Deno.test("bounded() bounds what the linear engine takes, which alone is slow on long texts", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", EXPRESSION_FLAGS, PROGRAM],
  }).output();
  assertEquals(
    new TextDecoder().decode(stdout).trim().split("\n"),
    ["found nothing", "search", "search"],
  );
});

Deno.test("parseExpression() reads what is between slashes, with flags that change what is found", () => {
  assertEquals(parseExpression("/a.b/"), /a.b/);
  assertEquals(parseExpression("/a/i"), /a/i);
  assertEquals(parseExpression("/a\\/b/su"), /a\/b/su);
  for (const text of ["", "/", "//", "/a", "a/", "/usr/bin", "/a/g", "/a/ "]) {
    assertEquals(parseExpression(text), undefined, text);
  }
  assertThrows(() => parseExpression("/(/"), SyntaxError);
  assertThrows(() => parseExpression("/a/ii"), SyntaxError);
});
