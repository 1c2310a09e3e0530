/**
 * What a hub says to its members.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  type HubNotice,
  noticeBytes,
  noticeText,
  readAnnouncement,
} from "../../../lib/hub/members/notice.ts";

const NOTICES: readonly (readonly [HubNotice, string])[] = [
  [{ event: "joined", room: "red", name: "ann" }, "ann joined red"],
  [
    { event: "joined", room: "red", name: "ann", you: true, members: 2 },
    "you are ann in red (2 here)",
  ],
  [
    { event: "left", room: "red", name: "ann", why: "slow" },
    "ann left red: it read too slowly",
  ],
  [
    { event: "dropped", missed: 1, total: 5 },
    "1 message to you dropped, as you read too slowly; 5 in all",
  ],
  [
    {
      event: "gap",
      room: "red",
      hub: "7f",
      missed: 3,
      reason: "cut_off",
    },
    "3 messages are missing from hub 7f: the machines were cut off from each other",
  ],
  [
    {
      event: "gap",
      room: "red",
      hub: undefined,
      missed: undefined,
      reason: "history",
    },
    "some messages are missing: they are older than the history that is kept",
  ],
  [
    {
      event: "gap",
      room: "red",
      hub: undefined,
      missed: 3,
      reason: "queue",
      queueBytes: 1000,
    },
    "3 messages are missing: the history may take half of your queue of 1000 bytes",
  ],
];

Deno.test("noticeText() and noticeBytes() say the same, for people and for programs", () => {
  const decode = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);
  for (const [notice, text] of NOTICES) {
    assertEquals(noticeText(notice), text);
    assertEquals(decode(noticeBytes(notice, "text")), `* ${text}`);
    const json = JSON.parse(decode(noticeBytes(notice, "json")));
    assertEquals(json, JSON.parse(JSON.stringify(notice)));
    assertEquals(noticeBytes(notice, "none"), undefined);
  }
});

Deno.test("readAnnouncement() takes who joined, left and has another name, and nothing else", () => {
  const read = (text: string) =>
    readAnnouncement(new TextEncoder().encode(text));
  const joined = { event: "joined", room: "red", name: "ann" } as const;
  assertEquals(read(JSON.stringify({ ...joined, you: true })), joined);
  const left = {
    event: "left",
    room: "red",
    name: "ann",
    why: "lost",
  } as const;
  assertEquals(read(JSON.stringify(left)), left);
  const renamed = { event: "renamed", name: "ann", before: "guest-1" } as const;
  assertEquals(read(JSON.stringify(renamed)), renamed);
  for (
    const other of [
      ...['{"event":"renamed","name":"a"}'],
      '{"event":"renamed","name":"a","before":"a\\n* b left r"}',
      ...["", "no JSON", "null", "[]", "{}", '{"event":"stopping"}'],
      ...['{"event":"joined","room":1,"name":"a"}'],
      '{"event":"left","room":"r","name":"a","why":"toString"}',
      ...['{"event":"joined","room":"r","name":"a\\n* b left r"}'],
      ...['{"event":"joined","room":"r\\u001b","name":"a"}'],
    ]
  ) {
    assertEquals(read(other), undefined, other);
  }
});
