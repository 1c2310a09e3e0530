import { memoryPair, parseFault } from "@parley/parley/testing";
import { assertEquals, assertGreater } from "@std/assert";
import { RunningFaults } from "../../../cli/faults/running_faults.ts";
import { Log } from "../../../cli/output/log.ts";
import { RecordedTerminal } from "../../support/recorded_terminal.ts";

/** Faults of connections, which are not shown. */
function faultsOf(fault: string) {
  const log = new Log(new RecordedTerminal(), {
    format: "text",
    quiet: true,
    verbose: false,
  });
  const options = { fault: [parseFault(fault)], seed: 1 };
  return new RunningFaults(options, log, true).ofConnections(undefined, 1_000);
}

Deno.test("ConnectionFaults give a recording what struck before it began", () => {
  const [, accepted] = memoryPair();
  const faults = faultsOf("refuse")();
  const received = faults.incoming(accepted);
  const names: string[] = [];
  faults.recordBy(({ name }) => void names.push(name));
  faults.outgoing(received);
  assertEquals(names[0], "refuse");
});

Deno.test("ConnectionFaults keep no strikes without a recording", async () => {
  const [client, accepted] = memoryPair();
  const faults = faultsOf("corrupt:50%")();
  const connection = faults.outgoing(faults.incoming(accepted));
  await client.write(new Uint8Array(1_000));
  const count = await connection.read(new Uint8Array(1_000));
  assertEquals(count, 1_000);
  const kept: string[] = [];
  faults.recordBy(({ name }) => void kept.push(name));
  assertEquals(kept, []);
  // They would be told of from now on.
  await client.write(new Uint8Array(1_000));
  await connection.read(new Uint8Array(1_000));
  assertGreater(kept.length, 100);
  for (const open of [client, connection]) open.close();
});
