/**
 * The gate: every check that a commit must pass.
 *
 * Usage: `deno task ok [--without-tests]`
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a script prints its result

import config from "../deno.json" with { type: "json" };

const PURE = [
  ...["lib/errors.ts", "lib/bytes", "lib/encoding", "lib/framing", "lib/time"],
  ...["lib/stream", "lib/session", "lib/testing", "lib/http/wire"],
  "lib/script",
  ...["lib/recording", "lib/websocket/wire", "lib/websocket/speaking"],
  ...["lib/transport/address.ts", "lib/transport/connection.ts"],
  ...["lib/transport/datagram_endpoint.ts", "lib/transport/ip.ts"],
  ...["lib/transport/memory", "lib/transport/proxy"],
];

const STEPS: Record<string, readonly string[]> = {
  "format": ["fmt", "--check"],
  "lint": ["lint"],
  "types": ["check", "--doc", "--quiet"],
  "purity": ["check", "--quiet", "--config", "tests/pure.json", ...PURE],
  "documentation": ["doc", "--lint", ...Object.values(config.exports)],
  "package": ["task", "--quiet", "stage"],
  "tests": ["task", "--quiet", "test"],
};

Deno.chdir(new URL("../", import.meta.url));
const failed: string[] = [];
for (const [name, args] of Object.entries(STEPS)) {
  if (name === "tests" && Deno.args.includes("--without-tests")) continue;
  console.log(`\n${name}: deno ${args.join(" ")}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
  })
    .spawn().status;
  if (!success) failed.push(name);
}
console.log(failed.length === 0 ? "\nok" : `\nfailed: ${failed.join(", ")}`);
Deno.exit(failed.length === 0 ? 0 : 1);
