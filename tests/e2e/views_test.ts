/**
 * Formats that are loaded when they are asked for, in both executables, from
 * source and compiled.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { e2e } from "../support/processes.ts";

/** A message in hexadecimal, and the line that shows it. */
const SHOWN = {
  msgpack: ["82a2696407a162c401ff", `{"id": 7, "b": h'ff'}`],
  cbor: ["a262696407616241ff", `{"id": 7, "b": h'ff'}`],
  protobuf: ["089601120568656c6c6f", '{1: 150, 2: "hello"}'],
} as const;

for (const [format, [message, line]] of Object.entries(SHOWN)) {
  e2e(`parley-server print shows ${format}`, async (run) => {
    await using server = await run.server(
      ...["print", "0", "--frame", "length:4", "--format", format],
    );
    const sent = await run.client(
      ...[`${server.port}`, message!, "c1", "--frame", "length:4"],
      ...["--format", "hex", "--replies", "0"],
    );
    assertEquals(sent.code, 0, sent.stderr);
    await server.process.outputLine(/^c1 {2}# not /);
    assertEquals(server.process.stdout.split("\n")[0], line);
  });

  e2e(`parley-client shows ${format}, and refuses to send it`, async (run) => {
    await using server = await run.server(
      ...["greet", "0", "--frame", "line", "--message", "\x01"],
    );
    const options = ["--format", format, "--replies", "1"];
    const got = await run.client(`${server.port}`, ...options);
    assertEquals(got.code, 0, got.stderr);
    assertMatch(got.stdout, /^(1|01 {2}# not Protocol Buffers: .+)\n$/);
    const refused = await run.client(`${server.port}`, message!, ...options);
    assertEquals([refused.code, refused.stdout], [2, ""]);
    assertMatch(refused.stderr, /is read-only/);
  });
}
