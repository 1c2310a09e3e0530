/**
 * A view of a connection hides nothing that the connection says of itself.
 *
 * @module
 */

import { MessageConnection, ProtocolError } from "@parley/parley";
import { parseFraming } from "@parley/parley/framing";
import { memoryPair } from "@parley/parley/testing";
import { assertRejects } from "@std/assert";
import { Log } from "../../../../cli/output/log.ts";
import { wireView } from "../../../../cli/output/frames/wire_options.ts";
import { OuterConnection } from "../../../../lib/transport/outer_connection.ts";
import type { Connection } from "../../../../mod.ts";
import { RecordedTerminal } from "../../../support/recorded_terminal.ts";

/** As a TLS connection whose peer was cut off: its end was not announced. */
class CutOff extends OuterConnection {
  constructor(readonly inner: Connection) {
    super(inner);
  }

  override get endedUnannounced(): boolean {
    return true;
  }

  override read(into: Uint8Array): Promise<number | null> {
    return this.inner.read(into);
  }

  override write(bytes: Uint8Array): Promise<number> {
    return this.inner.write(bytes);
  }

  override closeWrite(): Promise<void> {
    return this.inner.closeWrite();
  }

  override close(): void {
    this.inner.close();
  }

  override abort(): void {
    this.inner.abort();
  }
}

Deno.test("--chunks takes an end that was not announced for a cut, as without it", async () => {
  const [client, server] = memoryPair();
  const terminal = new RecordedTerminal();
  const view = await wireView({
    annotate: false,
    chunks: true,
    frame: parseFraming("close"),
    "max-message": 1000,
    "read-size": undefined,
    "write-delay": undefined,
    "write-size": undefined,
  }, {
    log: new Log(terminal, { format: "text", quiet: true, verbose: false }),
    side: "client",
    terminal,
  });
  await using connection = new MessageConnection(view!(new CutOff(client)), {
    framing: "close",
  });
  await server.write(new TextEncoder().encode("half of a document"));
  server.close();
  await assertRejects(() => connection.receive(), ProtocolError);
});
