/**
 * What `parley-server hub --help` says.
 *
 * @module
 */

import type { Manual } from "../manual/manual.ts";
import { HUB_OPTIONS } from "./hub_option_table.ts";

/** Makes the manual of the command. */
export function hubManual(): Manual {
  return {
    name: "parley-server hub",
    usage: "LISTEN... [options]",
    summary: "passes each message on to the other members of its room",
    examples: [
      "parley-server hub 7342 --names --notices text",
      "parley-server hub 7342 length:4@7343 ws://:8080 --history 20",
      "parley-server hub ws://:8080 --nats nats://10.0.0.1 --history 100",
      "parley-client 7342 --name ann",
    ],
    operands: [{
      title: "Addresses",
      rows: [[
        "LISTEN",
        "where members connect to: 7342, :7342, tls:, unix:, ws: and wss:, each in its own framing with FRAME@",
      ]],
    }],
    options: HUB_OPTIONS,
    details: [{
      title: "Members",
      rows: [
        [
          "messages",
          "go whole to all members of the room but their sender, in each member's framing; what a framing cannot hold is skipped for that member, and told",
        ],
        [
          "/join NAME",
          "as a message changes the room, unless --room or the path of ws://HOST/ROOM gives it; a name has 1 to 255 bytes without control characters",
        ],
        [
          "/name NAME",
          "as a message, with --names; parley-client --name NAME sends it; a name has 1 to 64 bytes without control characters and colons, and looks like no other of this hub",
        ],
        [
          "json:.path",
          "a member hears the rooms that it named in messages or with /join NAME, at most 64, until it disconnects; messages without the path are not passed on",
        ],
        [
          "the end",
          "a member that has finished sending, as parley-client after Ctrl-D, listens on; over TCP one that is gone looks the same until a message to it fails; with --no-half-open both leave at once, and get what waits for them",
        ],
        [
          "a terminal",
          "where the hub is started is a member too, named host with --names; the log leaves out what --notices shows there",
        ],
        [
          "slow readers",
          "hold up their room for 100 ms at most, then --when-slow decides; with wait, two members that send and do not read can stop each other",
        ],
        [
          "SIGINT, SIGTERM",
          "tell the members, and end them once what waits for them is written, within --grace",
        ],
      ],
    }, {
      title: "What is promised",
      rows: [
        ["order", "one order in the room, the same for all members"],
        [
          "loss",
          "a member that is slow, leaves or loses its connection misses messages; senders get no confirmation",
        ],
        ["duplicates", "none"],
        [
          "history",
          "stays with a room that is empty, up to 64 MiB in all rooms; it ends with the hub",
        ],
      ],
    }, {
      title: "NATS without --history",
      rows: [
        [
          "order",
          "of each sender; two senders may be seen in another order on another machine",
        ],
        [
          "loss",
          "while a hub is cut off from NATS, or a server of NATS dies: members of both sides get a notice with the count",
        ],
        [
          "cut off",
          "members of one hub still hear each other; up to 16 MiB of their messages wait and are sent once, the rest is dropped",
        ],
        ["duplicates", "none"],
      ],
    }, {
      title: "NATS with --history (JetStream)",
      rows: [
        [
          "order",
          "one order in the room, on all machines; no member sees a message that is not stored",
        ],
        [
          "loss",
          "a message that is stored is not lost; a hub goes on where it stopped, and reports a gap if it missed more than N",
        ],
        [
          "cut off",
          "up to 16 MiB of messages wait, and then their senders do; what waited is sent once",
        ],
        [
          "duplicates",
          "none within 2 minutes, nor among the last 1,024 messages of a room",
        ],
        [
          "power loss",
          "of a NATS server may cost the last 2 minutes, as it does not wait for its disk; --nats-replicas 3 on machines that do not fail together prevents that",
        ],
        [
          "a full store",
          "the last N messages of every room are kept, also of rooms that are empty; at max_file_store of nats-server messages wait, and then their senders do",
        ],
        [
          "speed",
          "a member has one message at a time under way to the store",
        ],
      ],
    }, {
      title: "NATS",
      rows: [
        [
          "a server",
          "nats-server, or with --history: nats-server --jetstream --store_dir DIR",
        ],
        [
          "credentials",
          "nats://USER:PASSWORD@HOST, nats://TOKEN@HOST, --nats-creds or --nats-nkey; commands can be seen by other users of the machine, files cannot",
        ],
        [
          "names",
          "are unique on each hub; members of two hubs may have the same name",
        ],
        [
          "the stream",
          "PARLEY is made by the first hub; another --history than the first one's is refused",
        ],
      ],
    }],
  };
}
