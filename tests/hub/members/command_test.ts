/**
 * What a member says to the hub, and what is for its room.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { readCommand } from "../../../lib/hub/members/command.ts";

const ALL = { join: true, name: true };

function read(text: string, allowed = ALL) {
  return readCommand(new TextEncoder().encode(text), allowed);
}

Deno.test("readCommand() reads /join and /name, where they are allowed", () => {
  assertEquals(read("/join red room"), { type: "join", name: "red room" });
  assertEquals(read("/name  Ann 🌮 "), { type: "name", name: "Ann 🌮" });
  assertEquals(read("/name e\u0301"), { type: "name", name: "\u00e9" });
  assertEquals(read("/join red", { join: false, name: true }), undefined);
  assertEquals(read("/name Ann", { join: true, name: false }), undefined);
});

Deno.test("readCommand() leaves everything else to the room", () => {
  for (
    const text of ["", "/", "/join", "/joined red", " /join red", "/JOIN red"]
  ) {
    assertEquals(read(text), undefined, text);
  }
  assertEquals(readCommand(Uint8Array.of(0x2f, 0xff), ALL), undefined);
});

Deno.test("readCommand() says what is wrong with a name", () => {
  const reason = (text: string) => {
    const command = read(text);
    return command?.type === "refused" ? command.reason : command;
  };
  const long = "it has more than";
  assertEquals(reason("/join  "), "/join needs another name: it is empty");
  for (const name of ["x".repeat(256), "é".repeat(128), "x".repeat(10_000)]) {
    assertEquals(
      reason(`/join ${name}`),
      `/join needs another name: ${long} 255 bytes`,
    );
  }
  assertEquals(
    reason(`/name ${"x".repeat(65)}`),
    `/name needs another name: ${long} 64 bytes`,
  );
  for (
    const unshown of [
      "a\u0000",
      "\u001b[2J",
      "a\u0085b",
      "a\u202eb",
      "a\u2028b",
    ]
  ) {
    assertEquals(
      reason(`/join ${unshown}`),
      "/join needs another name: it has control characters",
    );
  }
  const bad = new Uint8Array([...new TextEncoder().encode("/join "), 0xff]);
  assertEquals(readCommand(bad, ALL), {
    type: "refused",
    reason: "/join needs another name: it is not UTF-8",
  });
});
