/** What the options of `hub --nats` come to, without a server. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseArguments } from "../../../../cli/arguments/parse.ts";
import { natsBackboneFor } from "../../../../cli/hub/nats/nats_backbone_for.ts";
import {
  checkNats,
  NATS_OPTIONS,
} from "../../../../cli/hub/nats/nats_options.ts";
import { UsageError } from "../../../../cli/output/failure.ts";
import { Log } from "../../../../cli/output/log.ts";
import { RecordedTerminal } from "../../../support/recorded_terminal.ts";

async function backboneOf(...args: string[]) {
  const terminal = new RecordedTerminal();
  const log = new Log(terminal, {
    format: "text",
    quiet: false,
    verbose: false,
  });
  const { given, options } = parseArguments(args, NATS_OPTIONS, {});
  checkNats(given);
  return await natsBackboneFor(options, terminal, log);
}

Deno.test("hub loads the backbone of --nats", async () => {
  const backbone = await backboneOf(
    ...["--nats", "nats://127.0.0.1", "--nats", "tls://h:1"],
    ...["--retry", "1s", "--nats-replicas", "3"],
  );
  assertEquals(typeof backbone?.open, "function");
});

Deno.test("hub refuses options of NATS without --nats, and halves of pairs", () => {
  const given = (...names: string[]) => new Set(names);
  assertThrows(() => checkNats(given("retry")), UsageError, "--nats nats://");
  assertThrows(
    () => checkNats(given("nats-ca")),
    UsageError,
    "--nats-ca is for",
  );
  assertThrows(
    () => checkNats(given("nats", "nats-cert")),
    UsageError,
    "--nats-cert needs --nats-key",
  );
  checkNats(given("nats", "nats-cert", "nats-key", "retry"));
  checkNats(given("history"));
});

Deno.test("hub says which file of NATS cannot be read, or is no such file", async () => {
  const nats = ["--nats", "nats://127.0.0.1"];
  for (const option of ["creds", "nkey", "ca"]) {
    await assertRejects(
      () => backboneOf(...nats, `--nats-${option}`, "/no/such/file"),
      UsageError,
      `--nats-${option}: cannot read /no/such/file`,
    );
  }
  await assertRejects(
    () => backboneOf(...nats, "--nats-creds", "README.md"),
    TypeError,
    "not the content of a .creds file",
  );
  await assertRejects(() => backboneOf("--nats", "ws://h"), TypeError);
});
