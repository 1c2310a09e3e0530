/**
 * The backbone of one process: the contract of all backbones, and what it keeps.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { localBackbone } from "../../lib/hub/local_backbone.ts";
import { Ear, TestHub } from "../support/backbone_hub.ts";
import { type BackboneLab, testBackbone } from "../support/backbone_suite.ts";

function lab(historyBytes?: number): BackboneLab {
  const backbone = localBackbone(
    historyBytes === undefined ? {} : { historyBytes },
  );
  return {
    backbone: () => backbone,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

testBackbone({
  name: "localBackbone()",
  delivery: "local",
  deliveryWithHistory: "local",
  canCutOff: false,
}, () => Promise.resolve(lab()));

Deno.test("localBackbone() forgets the past of the quietest room above historyBytes", async () => {
  const hub = await TestHub.open(lab(2_500).backbone(), "one", { history: 10 });
  const red = await hub.link.enter("red", new Ear());
  const blue = await hub.link.enter("blue", new Ear());
  for (let i = 0; i < 4; i++) red.publish(1, new Uint8Array(100).fill(i));
  for (let i = 0; i < 2; i++) blue.publish(1, new Uint8Array(100).fill(i));
  await Promise.all([red.leave(), blue.leave()]);

  const [ofRed, ofBlue] = [new Ear(), new Ear()];
  await hub.link.enter("red", ofRed);
  await hub.link.enter("blue", ofBlue);

  // With what is counted beside them, four of the messages fit.
  assertEquals(ofRed.messages.map(({ bytes }) => bytes[0]), [2, 3]);
  assertEquals(ofBlue.messages.map(({ bytes }) => bytes[0]), [0, 1]);
});

Deno.test("localBackbone() refuses historyBytes below 0", () => {
  assertThrows(() => localBackbone({ historyBytes: -1 }), RangeError);
});
