/**
 * What `load --help` says.
 *
 * @module
 */

import type { Manual } from "../manual/manual.ts";
import { EXIT } from "../output/exit_code.ts";
import { LOAD_OPTIONS } from "./load_options.ts";

/** The manual. */
export const LOAD_MANUAL: Manual = {
  name: "parley-client load",
  usage: "ADDRESS [MESSAGE...] [options]",
  summary: "puts load on a server, and measures every answer",
  examples: [
    "parley-client load 7342 --rate 20k/s --limit p99=5ms",
    "parley-client load http://127.0.0.1:8080/ --rate 2k --connections 100",
    "parley-client load 7342 --rate 5k --report after.html --compare before.json",
  ],
  operands: [{
    title: "Operands",
    rows: [
      ["ADDRESS", "the server: tcp:, tls:, unix:, udp:, ws:, http:, https:"],
      ["MESSAGE...", "what each connection sends in turn"],
    ],
  }],
  options: LOAD_OPTIONS,
  details: [
    {
      title: "Two loops",
      rows: [
        [
          "closed",
          "Without --rate, a connection sends a message when an answer has come. It finds out how much a server can do. Its latency hides stalls: while the server stands still, nothing is sent, so nothing has to wait.",
        ],
        [
          "open",
          "With --rate, messages are sent at their times, whatever the server does. Their latency counts from these times, so a stall is in it for every message that was due meanwhile. The service time beside it counts from when a message was sent.",
        ],
      ],
    },
    {
      title: "How late the generator was",
      rows: [[
        "",
        "A busy machine sends later than it should, and would measure itself. That is always shown, and never subtracted. If it is above a --limit at the same percentile, the run is void: this machine is the bottleneck. Then use --workers, or another machine.",
      ]],
    },
    {
      title: "Errors",
      rows: [
        ["connect", "a connection could not be opened, or opened again"],
        ["ended, reset", "the server closed, or the connection was lost"],
        ["timeout", "no answer within --timeout"],
        ["wrong, missing", "with --check same: another answer, none"],
        ["extra", "an answer without a message, or a second answer"],
        ["protocol", "what came breaks the framing, or HTTP"],
        ["status", "an HTTP status of 400 or more"],
        [
          "",
          "An answer is taken for the one to the oldest message of its connection. A server that answers in another order needs --in-flight 1, or its latencies are mixed up. Over UDP, the message is found by its number, if the answer equals it.",
        ],
        [
          "",
          "A connection that is lost is opened again, at once if it has had an answer, and the run goes on. An answer that is an error is not in the latency.",
        ],
      ],
    },
    {
      title: "The page of --report",
      rows: [[
        "",
        "One file that loads nothing and runs no script, for a browser and for paper: throughput over time, latency over time as bands of percentiles, latency by percentile on a logarithmic axis, what was asked for, and all numbers. With --compare the earlier run is in each picture. It names the server's address, and no file of this machine.",
      ]],
    },
    {
      title: "Ctrl-C",
      rows: [["", "ends the run and shows what was measured until then."]],
    },
  ],
  exitCodes: [
    EXIT.done,
    EXIT.failed,
    EXIT.usage,
    EXIT.resolve,
    EXIT.connect,
    EXIT.tls,
    EXIT.local,
    EXIT.interrupted,
  ],
};
