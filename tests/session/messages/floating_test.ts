import { assertEquals, assertRejects } from "@std/assert";
import { Floating } from "../../../lib/session/messages/floating.ts";
import { turn } from "../harness.ts";

Deno.test("Floating reports a rejection that nothing looks at, and does not end the program", async () => {
  const reported: unknown[] = [];
  const error = new RangeError("too large");
  void Floating.fail(error, (reason) => reported.push(reason));
  void Floating.of(Promise.reject(error), (reason) => reported.push(reason));
  void Floating.of(Promise.resolve(1), (reason) => reported.push(reason));
  await turn(3);
  assertEquals(reported, [error, error]);
});

Deno.test("Floating rejects as any promise where something looks at it, and reports nothing", async () => {
  const reported: unknown[] = [];
  const error = new RangeError("too large");
  const fail = () => Floating.fail(error, (reason) => reported.push(reason));
  await assertRejects(() => fail(), RangeError);
  await assertRejects(async () => await fail(), RangeError);
  await assertRejects(() => Promise.all([fail(), fail()]), RangeError);
  await assertRejects(() => Promise.race([fail()]), RangeError);
  assertEquals(await fail().catch((reason: unknown) => reason), error);
  assertEquals(await fail().then(undefined, () => "handled"), "handled");
  const [settled] = await Promise.allSettled([fail()]);
  assertEquals(settled.status, "rejected");
  await turn(3);
  assertEquals(reported, []);
});

Deno.test("Floating.of() gives what the promise gives", async () => {
  assertEquals(await Floating.of(Promise.resolve(7), () => {}), 7);
});
