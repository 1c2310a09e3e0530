/**
 * What every backbone must do, whatever carries its messages.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { delay } from "@std/async";
import { ClosedError, ProtocolError } from "../../mod.ts";
import type { Backbone, BackboneDelivery } from "../../lib/hub/backbone.ts";
import { Ear, TestHub } from "./backbone_hub.ts";

/** Where backbones are tried: a process, a server, a cluster. */
export interface BackboneLab extends AsyncDisposable {
  /** A backbone for one more hub, as on another machine. */
  backbone(): Backbone;
  /** Cuts all hubs off from each other, until `restore`. */
  cutOff?(): Promise<void>;
  restore?(): Promise<void>;
}

/** What is tried. */
export interface BackboneTraits {
  /** What stands in front of each title. */
  readonly name: string;
  /** What is promised to a hub that asks for no history. */
  readonly delivery: BackboneDelivery;
  /** What is promised to a hub that asks for history. */
  readonly deliveryWithHistory: BackboneDelivery;
  /** Whether the lab can cut hubs off. */
  readonly canCutOff: boolean;
  /** Whether what the lab needs is missing on this machine. */
  readonly ignore?: boolean;
}

const WAIT_MS = 60_000;
const MEMBER = 7;

/**
 * Declares the tests of a backbone.
 *
 * @param traits What is tried, and what it promises.
 * @param openLab Makes a lab; each test has its own.
 */
export function testBackbone(
  { name, delivery, deliveryWithHistory, canCutOff, ignore }: BackboneTraits,
  openLab: () => Promise<BackboneLab>,
): void {
  const test = (title: string, fn: (lab: BackboneLab) => Promise<void>) =>
    Deno.test({
      name: `${name} ${title}`,
      ignore: ignore ?? false,
      fn: async () => {
        await using lab = await openLab();
        await fn(lab);
      },
    });

  test("says that it is connected before open resolves, and what it promises", async (lab) => {
    for (const history of [0, 3]) {
      const hub = await TestHub.open(lab.backbone(), "one", { history });

      assertEquals(hub.states.map(({ type }) => type), ["connected"]);
      const promised = history === 0 ? delivery : deliveryWithHistory;
      assertEquals(hub.link.delivery, promised);
      await hub.close();
    }
  });

  test("does not open with a signal that is aborted", async (lab) => {
    const { hub } = new TestHub("one");
    const reason = new Error("enough");

    const error = await assertRejects(() =>
      lab.backbone().open(hub, AbortSignal.abort(reason))
    );
    assertEquals(error, reason);
  });

  test("gives each message once to every hub of the room, unchanged, with its sender", async (lab) => {
    const one = await TestHub.open(lab.backbone(), "one");
    const two = await TestHub.open(lab.backbone(), "two");
    const [here, there] = [new Ear(), new Ear()];
    const room = await one.link.enter("red", here);
    await two.link.enter("red", there);
    await settled(one, two);
    const sent = [
      new Uint8Array(0),
      Uint8Array.of(0, 10, 13, 255),
      bytes("🌮 \u001b[2J"),
      new Uint8Array(60_000).map((_, i) => i),
    ];

    for (const message of sent) await room.publish(MEMBER, message.slice());

    for (const ear of [here, there]) {
      await ear.until(() => ear.messages.length === sent.length);
      assertEquals(ear.messages.map((message) => message.bytes), sent);
      assertEquals(ear.messages.map(({ hub, member }) => [hub, member]), [
        ...sent.map(() => ["one", MEMBER]),
      ]);
      assertEquals(ear.gaps, []);
    }
    await Promise.all([one.close(), two.close()]);
  });

  test("keeps rooms apart, whatever their names are", async (lab) => {
    const names = [
      ...["red", "Red", "red.", "red.blue", "red*", "red>", "*", ">", "a b"],
      ...["🌮", "é", "e\u0301", "x".repeat(255), "x".repeat(254), "$SYS", "-"],
    ];
    const one = await TestHub.open(lab.backbone(), "one");
    const two = await TestHub.open(lab.backbone(), "two");
    const ears = names.map(() => new Ear());
    const rooms = [];
    for (const [i, room] of names.entries()) {
      rooms.push(await one.link.enter(room, new Ear()));
      await two.link.enter(room, ears[i]!);
    }
    await settled(one, two);

    for (const [i, room] of rooms.entries()) {
      await room.publish(MEMBER, bytes(names[i]!));
    }

    for (const ear of ears) await ear.until(() => ear.messages.length > 0);
    await settled(one, two);
    assertEquals(ears.map((ear) => ear.texts), names.map((room) => [room]));
    await Promise.all([one.close(), two.close()]);
  });

  test("keeps the order of each sender, and with history one order in the room", async (lab) => {
    for (const history of [0, 1]) await keepsOrder(lab, history);
  });

  test("gives a hub its own message inside publish, unless a store comes first", async (lab) => {
    for (const history of [0, 3]) {
      const hub = await TestHub.open(lab.backbone(), "one", { history });
      const ear = new Ear();
      const room = await hub.link.enter(`red ${history}`, ear);

      const accepted = room.publish(MEMBER, bytes("hello"));

      const isOrdered = hub.link.delivery === "ordered";
      assertEquals(ear.texts, isOrdered ? [] : ["hello"]);
      await accepted;
      await ear.until(() => ear.messages.length === 1);
      await hub.close();
    }
  });

  test("is silent from the call of leave on, and can be entered again", async (lab) => {
    const one = await TestHub.open(lab.backbone(), "one");
    const two = await TestHub.open(lab.backbone(), "two");
    const [before, after, other] = [new Ear(), new Ear(), new Ear()];
    const left = await one.link.enter("red", before);
    const room = await two.link.enter("red", other);
    await settled(one, two);

    const gone = left.leave();
    await room.publish(MEMBER, bytes("to two alone"));
    await gone;
    assertThrows(() => left.publish(MEMBER, bytes("late")), ClosedError);
    await other.until(() => other.messages.length === 1);
    await settled(one, two);
    assertEquals(before.messages, []);

    await one.link.enter("red", after);
    await settled(one, two);
    await room.publish(MEMBER, bytes("to both"));
    await after.until(() => after.messages.length === 1);
    assertEquals(after.texts, ["to both"]);
    assertEquals(before.messages, []);
    await Promise.all([one.close(), two.close()]);
  });

  test("gives the last messages of a room, oldest first, before enter resolves", async (lab) => {
    const one = await TestHub.open(lab.backbone(), "one", { history: 3 });
    const two = await TestHub.open(lab.backbone(), "two", { history: 3 });
    const [ear, late] = [new Ear(), new Ear()];
    const room = await one.link.enter("red", ear);
    for (let i = 1; i <= 10; i++) await room.publish(MEMBER, bytes(`${i}`));
    await ear.until(() => ear.messages.length === 10);

    await two.link.enter("red", late);

    assertEquals(late.texts, ["8", "9", "10"]);
    assertEquals(late.gaps, []);
    await two.link.enter("blue", late);
    assertEquals(late.messages.length, 3);
    await room.publish(MEMBER, bytes("11"));
    await late.until(() => late.messages.length === 4);
    assertEquals(late.texts, ["8", "9", "10", "11"]);
    await Promise.all([one.close(), two.close()]);
  });

  test("keeps the history of a room that every hub has left", async (lab) => {
    const hub = await TestHub.open(lab.backbone(), "one", { history: 2 });
    const [first, second] = [new Ear(), new Ear()];
    const room = await hub.link.enter("red", first);
    for (const word of ["a", "b", "c"]) await room.publish(MEMBER, bytes(word));
    await first.until(() => first.messages.length === 3);
    await room.leave();

    await hub.link.enter("red", second);

    assertEquals(second.texts, ["b", "c"]);
    await hub.close();
  });

  test("refuses what is too large with both numbers, and publishes nothing of it", async (lab) => {
    const hub = await TestHub.open(lab.backbone(), "one");
    const ear = new Ear();
    const room = await hub.link.enter("red", ear);
    const limit = hub.link.maxMessageBytes;
    if (limit !== Infinity) {
      const error = assertThrows(() =>
        room.publish(MEMBER, new Uint8Array(limit + 1))
      );

      assertInstanceOf(error, ProtocolError);
      assertEquals(error.code, "too_large");
      assertEquals(error.details.declaredBytes, limit + 1);
      assertEquals(error.details.limitBytes, limit);
    }
    await room.publish(MEMBER, bytes("small"));
    await ear.until(() => ear.messages.length === 1);
    assertEquals(ear.texts, ["small"]);
    await hub.close();
  });

  test("announces to the other hubs of the room, and keeps no announcement", async (lab) => {
    const history = 3;
    const one = await TestHub.open(lab.backbone(), "one", { history });
    const two = await TestHub.open(lab.backbone(), "two", { history });
    const [here, there, late] = [new Ear(), new Ear(), new Ear()];
    const room = await one.link.enter("red", here);
    const other = await two.link.enter("red", there);
    await settled(one, two);

    room.announce(bytes("ann joined"));

    await there.until(() => there.announcements.length === 1);
    assertEquals(there.announcements, ["ann joined"]);
    await other.leave();
    await two.link.enter("red", late);
    await settled(one, two);
    assertEquals([...late.messages, ...late.announcements], []);
    assertEquals([...here.messages, ...here.announcements], []);
    await Promise.all([one.close(), two.close()]);
  });

  test("hands over what was published before it is closed, and nothing works afterwards", async (lab) => {
    const one = await TestHub.open(lab.backbone(), "one");
    const two = await TestHub.open(lab.backbone(), "two");
    const there = new Ear();
    const room = await one.link.enter("red", new Ear());
    await two.link.enter("red", there);
    await settled(one, two);
    for (let i = 0; i < 100; i++) void room.publish(MEMBER, bytes(`${i}`));

    const [given, again] = [one.close(), one.close()];

    assertThrows(() => room.publish(MEMBER, bytes("late")), ClosedError);
    assertEquals(await given, 0);
    assertEquals(await again, 0);
    await there.until(() => there.messages.length === 100);
    await assertRejects(() => one.link.enter("blue", new Ear()), ClosedError);
    await two.close();
  });

  // In one process nothing can come between.
  if (!canCutOff) return;

  test("says when it is cut off and back, and what waited goes out once", async (lab) => {
    for (const history of [0, 50]) {
      const one = await TestHub.open(lab.backbone(), "one", { history });
      const two = await TestHub.open(lab.backbone(), "two", { history });
      const [here, there] = [new Ear(), new Ear()];
      const room = await one.link.enter(`cut ${history}`, here);
      await two.link.enter(`cut ${history}`, there);
      await settled(one, two);

      await lab.cutOff!();
      await Promise.all([one.reached("cut_off"), two.reached("cut_off")]);
      for (let i = 0; i < 20; i++) void room.publish(MEMBER, bytes(`${i}`));
      assertEquals(here.messages.length, history > 0 ? 0 : 20);
      await lab.restore!();
      await Promise.all([one.reached("back"), two.reached("back")]);

      await here.until(() => here.messages.length >= 20);
      await there.until(() => countOf(there) >= 20);
      const sent = Array.from({ length: 20 }, (_, i) => `${i}`);
      assertEquals(here.texts, sent);
      if (history > 0) assertEquals(there.texts, sent);
      // The other hub may be back after the messages have gone out: it is told.
      assertEquals(countOf(there), 20);
      await Promise.all([one.close(), two.close()]);
    }
  });

  test("holds no more than queueBytes while it is cut off: senders wait, or a gap is told", async (lab) => {
    for (const history of [0, 500]) {
      const settings = { history, queueBytes: 10_000 };
      const one = await TestHub.open(lab.backbone(), "one", settings);
      const two = await TestHub.open(lab.backbone(), "two", settings);
      const [here, there] = [new Ear(), new Ear()];
      const room = await one.link.enter(`full ${history}`, here);
      await two.link.enter(`full ${history}`, there);
      await settled(one, two);

      await lab.cutOff!();
      await Promise.all([one.reached("cut_off"), two.reached("cut_off")]);
      const isOrdered = one.link.delivery === "ordered";
      let accepted = 0;
      let waiting: Promise<void> | undefined;
      while (accepted < 100 && waiting === undefined) {
        waiting = room.publish(MEMBER, new Uint8Array(1_000));
        accepted++;
      }
      assertEquals(accepted < 100, isOrdered);
      assert(!isOrdered || accepted <= 11, `${accepted} were accepted`);
      await lab.restore!();
      await Promise.all([one.reached("back"), two.reached("back")]);
      await waiting;
      if (isOrdered) {
        await there.until(() => there.messages.length >= accepted);
        assertEquals(there.messages.length, accepted);
        assertEquals([...here.gaps, ...there.gaps], []);
      } else {
        // A later message shows the others how many are missing.
        await room.publish(MEMBER, bytes("later"));
        await there.until(() => countOf(there) > accepted);
        assertEquals(countOf(there), accepted + 1);
        await here.until(() => here.gaps.length > 0);
        assertGreater(missed(here), 0);
        assertEquals(here.gaps[0]!.hub, "one");
      }
      await Promise.all([one.close(), two.close()]);
    }
  });
}

/** Four members of two hubs publish at the same time. */
async function keepsOrder(lab: BackboneLab, history: number): Promise<void> {
  const one = await TestHub.open(lab.backbone(), "one", { history });
  const two = await TestHub.open(lab.backbone(), "two", { history });
  const [here, there] = [new Ear(), new Ear()];
  const rooms = [
    await one.link.enter(`order ${history}`, here),
    await two.link.enter(`order ${history}`, there),
  ];
  await settled(one, two);
  const each = 100;
  const total = each * 4;

  const publishAll = async (hub: number, member: number) => {
    for (let i = 0; i < each; i++) {
      await rooms[hub]!.publish(member, bytes(`${hub} ${member} ${i}`));
      // So that the senders take turns.
      if (i % 8 === member) await Promise.resolve();
    }
  };
  await Promise.all([
    ...[publishAll(0, 1), publishAll(0, 2), publishAll(1, 1)],
    publishAll(1, 2),
  ]);

  for (const ear of [here, there]) {
    await ear.until(() => ear.messages.length >= total);
    for (const sender of ["0 1", "0 2", "1 1", "1 2"]) {
      assertEquals(
        ear.texts.filter((text) => text.startsWith(`${sender} `)),
        Array.from({ length: each }, (_, i) => `${sender} ${i}`),
      );
    }
    assertEquals(ear.gaps, []);
  }
  if (one.link.delivery !== "core") assertEquals(here.texts, there.texts);
  if (one.link.delivery === "ordered") {
    const sequences = here.messages.map(({ sequence }) => sequence!);
    assertEquals(sequences, sequences.toSorted((a, b) => a - b));
    assertEquals(new Set(sequences).size, total);
  }
  await Promise.all([one.close(), two.close()]);
}

/** Messages that were heard, and those that were told missing. */
function countOf(ear: Ear): number {
  return ear.messages.length + missed(ear);
}

function missed({ gaps }: Ear): number {
  return gaps.reduce((sum, gap) => sum + (gap.missed ?? 0), 0);
}

/**
 * Waits until what the hubs have subscribed to is known everywhere: until a
 * message in a room of its own has gone each way.
 */
async function settled(...hubs: TestHub[]): Promise<void> {
  const name = `settled ${crypto.randomUUID()}`;
  const entered = await Promise.all(hubs.map(async ({ link }) => {
    const ear = new Ear();
    return { ear, room: await link.enter(name, ear) };
  }));
  const isHeard = ({ ear }: { ear: Ear }) =>
    hubs.every(({ hub }) => ear.messages.some((m) => m.hub === hub.id));
  const until = performance.now() + WAIT_MS;
  // A message that comes before the subscription is not heard: ask again.
  while (!entered.every(isHeard)) {
    assert(performance.now() < until, "the hubs do not hear each other");
    for (const { room } of entered) void room.publish(0, bytes("ping"));
    await delay(5);
  }
  await Promise.all(entered.map(({ room }) => room.leave()));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
