/**
 * Which events the log of a hub leaves out, as its terminal has a notice of them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { noticedAtTerminal } from "../../../cli/hub/noticed_at_terminal.ts";
import type { HubEvent, HubMember } from "../../../lib/hub/mod.ts";
import { Address } from "../../../lib/transport/address.ts";

function member(id: number, remoteAddress: Address): HubMember {
  const stats = {
    ...{ sent: 0, delivered: 0, dropped: 3, skipped: 0, refused: 0 },
    bytesWaiting: 0,
  };
  return { id, name: `guest-${id}`, remoteAddress, rooms: ["lobby"], stats };
}

Deno.test("noticedAtTerminal() leaves out of the log what the terminal is told, and not what others miss", () => {
  const host = member(1, new Address("memory", "terminal", 0));
  const ann = member(2, new Address("tcp", "127.0.0.1", 7342));
  const noticed = noticedAtTerminal();
  const back = { type: "back", server: "a", afterMs: 1 } as const;
  const cutOff = { type: "cut_off", error: new Error("gone") } as const;
  const gap = { reason: "slow", hub: undefined, missed: 3 } as const;
  const dropped = { type: "dropped", missed: 3, total: 3 } as const;
  const skipped = {
    type: "skipped",
    missed: 1,
    reason: "a line feed",
  } as const;
  assertEquals(noticed({ type: "backbone", state: back }), false);
  noticed({ type: "joined", member: host, room: "lobby" });

  const cases: [HubEvent, boolean][] = [
    [{ type: "gap", room: "lobby", gap }, true],
    [{ type: "gap", room: "red", gap }, false],
    [{ ...dropped, member: host }, true],
    [{ ...dropped, member: ann }, false],
    [{ ...skipped, member: host }, true],
    [{ ...skipped, member: ann }, false],
    [{ type: "backbone", state: back }, true],
    // The notice does not say why.
    [{ type: "backbone", state: cutOff }, false],
  ];
  for (const [event, isNoticed] of cases) {
    assertEquals(noticed(event), isNoticed, JSON.stringify(event.type));
  }
});
