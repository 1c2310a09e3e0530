/**
 * The table of services: each row is all that the command line needs.
 *
 * @module
 */

import { assertEquals, assertGreater } from "@std/assert";
import { DEFAULTS } from "../../../cli/server/defaults.ts";
import { parseServerArguments } from "../../../cli/server/server_command.ts";
import { SERVER_OPTIONS } from "../../../cli/server/server_option_table.ts";
import { SERVICES } from "../../../cli/server/services.ts";
import type { OptionTable } from "../../../cli/arguments/option.ts";
import { DEFAULT_MAX_BODY_BYTES } from "../../../lib/http/server/http_server_options.ts";

/** Splits a command line at spaces, except between single quotes. */
function words(line: string): string[] {
  return Array.from(
    line.matchAll(/'([^']*)'|(\S+)/g),
    ([, quoted, plain]) => quoted ?? plain!,
  );
}

for (const [name, { examples }] of Object.entries(SERVICES)) {
  Deno.test(`each example of ${name} is a command line of ${name}`, async () => {
    assertGreater(examples.length, 0);
    for (const example of examples) {
      const [program, ...args] = words(example);
      const terminal = { isSocket: () => false };
      const command = await parseServerArguments(args, terminal);
      assertEquals([program, command.name], ["parley-server", name], example);
    }
  });
}

Deno.test("an option of one service names a service of the table", () => {
  const table: OptionTable = SERVER_OPTIONS;
  const kinds = Object.values(table).flatMap(({ appliesTo = [] }) => appliesTo);
  const own = kinds.filter((kind) => kind.startsWith("service "));
  assertGreater(own.length, 0);
  const known = Object.keys(SERVICES).map((name) => `service ${name}`);
  assertEquals(own.filter((kind) => !known.includes(kind)), []);
});

Deno.test("the limit of a request's body is the library's, which is not loaded for it", () => {
  assertEquals(DEFAULTS.maxBodyBytes, DEFAULT_MAX_BODY_BYTES);
});
