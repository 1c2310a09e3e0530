import { assertEquals } from "@std/assert";
import { ProtocolError } from "@parley/parley";
import { CLIENT_OPTIONS } from "../../../cli/client/client_option_table.ts";
import {
  errorText,
  flagOf,
  nameFlags,
} from "../../../cli/output/error_text.ts";
import { counted } from "../../../cli/output/counted.ts";
import { SERVER_OPTIONS } from "../../../cli/server/server_option_table.ts";

Deno.test("flagOf() finds flags by the table of the command that runs, and names none that it lacks", () => {
  nameFlags(SERVER_OPTIONS);
  assertEquals(
    [
      ...["maxMessageBytes", "idleTimeoutMs", "headerTimeoutMs", "framing"],
      ...["caCerts", "cert, key", "proxyProtocol.maxHeaderBytes"],
    ].map(flagOf),
    [
      ...["--max-message", "--idle-timeout", "--message-timeout", "--frame"],
      ...["--ca", "--cert, --key", "--max-proxy-header"],
    ],
  );
  assertEquals(["serverName", "cert, serverName"].map(flagOf), [
    undefined,
    undefined,
  ]);
  nameFlags(CLIENT_OPTIONS);
  assertEquals(
    ["serverName", "responseTimeoutMs", "tlsHandshakeTimeoutMs"].map(flagOf),
    ["--server-name", "--idle-timeout", "--handshake-timeout"],
  );
  assertEquals(flagOf("maxConnections"), undefined);
});

Deno.test("errorText() names the flag in place of the library's option", () => {
  nameFlags(SERVER_OPTIONS);
  const error = new ProtocolError("too_large", {
    action: "decode message 1 from",
    address: "tcp://127.0.0.1:1",
    reason: "it is too large",
    option: "maxMessageBytes",
  });
  assertEquals(
    errorText(error),
    "cannot decode message 1 from tcp://127.0.0.1:1: it is too large (--max-message)",
  );
});

Deno.test("counted() writes one thing without an s", () => {
  assertEquals([0, 1, 2].map((count) => counted(count, "message")), [
    "0 messages",
    "1 message",
    "2 messages",
  ]);
});
