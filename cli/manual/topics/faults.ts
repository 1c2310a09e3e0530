/**
 * `help faults`: how faults are written, and what each does.
 *
 * @module
 */

import type { Section } from "../manual.ts";

/** The faults of `--fault`. */
export const FAULTS: Section = {
  title: "Faults (--fault of tap and of every service; repeatable)",
  rows: [
    [
      "",
      "[to-server:|to-client:]NAME[:VALUE][,PARAM=VALUE...]; both directions unless one is written",
    ],
    [
      "delay:D",
      "passes each message on later, without a framing each chunk; jitter=D more or less at random. The order is kept",
    ],
    ["rate:SIZE/s", "passes at most so many bytes a second on"],
    ["split:N", "writes at most N bytes at once"],
    ["corrupt:P", "flips one bit in this share of the bytes"],
    [
      "truncate:N",
      "drops what comes after N bytes, or messages as in 3msg, and passes on the end; the other direction goes on",
    ],
    [
      "reset-after:N",
      "resets both sides, with a real RST over TCP; where this is impossible the connection is ended, and the log says so",
    ],
    [
      "stall-after:N",
      "passes nothing more on, for at most 5 min not even the end; the other direction goes on",
    ],
    ["slow-end:D", "passes the end of a direction on later"],
    [
      "drop:P, duplicate:P",
      "loses messages, or sends them twice: datagrams, and whole messages of a framing",
    ],
    [
      "reorder:P",
      "sends a message after the one that follows it, or after 100 ms",
    ],
    ["refuse", "closes the connection at once"],
    [
      "over UDP",
      "drop, duplicate, reorder, corrupt and delay; each peer address is a connection",
    ],
    ["P, D, N, SIZE", "10% or 0.1; 200ms, 1.5s or 2m; 10 or 64KiB; 64KiB"],
    ["connection=N", "only on this connection, or on A-B; they count from 1"],
    ["share=30%", "only on this share of the connections"],
    [
      "message=N",
      "only at this message of its direction, or at A-B; they count from 1",
    ],
    [
      "when=/REGEXP/",
      "only at messages that match in their first 64 KiB; an expression that takes longer than 500 ms leaves the fault out from then on, which is said; truncate, reset-after and stall-after count from the first one that matches, also of message=",
    ],
    ["times=N", "at most so often in each direction of a connection"],
    [
      "--seed N",
      "decides all that is random, by the place of a byte or the number of a message: the same bytes are struck again whatever the timing. It is chosen and shown unless given",
    ],
    [
      "each strike",
      "is a line of the log, of the tap and of --page, an event of --record before what was really sent, and a comment of --pcapng",
    ],
    [
      "together",
      "faults are applied in this order: refuse, drop, duplicate, reorder, corrupt, truncate, reset-after, stall-after, delay, split, rate, slow-end",
    ],
  ],
  lines: [
    "parley-server tap 9000 7342 --fault delay:200ms,jitter=50ms",
    "parley-server tap 9000 7342 --frame line --fault to-client:drop:10% --seed 7",
    "parley-server echo 7342 --fault refuse,connection=1-2",
    "parley-server echo 7342 --fault 'reset-after:0,when=/quit/'",
    "parley-server echo udp:7342 --fault reorder:20% --fault corrupt:0.1%",
  ],
};
