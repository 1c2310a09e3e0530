/**
 * Programs that speak a protocol over standard input and output, such as
 * language servers.
 *
 * @module
 */

import { MessageConnection, streamConnection } from "@parley/parley";
import type { Side } from "@parley/parley/framing";
import { Peer } from "./protocol_peers.ts";
import { Recorded } from "./recorder.ts";

/** A program with which messages are exchanged; it ends with the test. */
export class SpokenProcess extends Peer {
  /** What went by: we are the client. */
  readonly recorded: Recorded;
  readonly #child: Deno.ChildProcess;

  private constructor(
    child: Deno.ChildProcess,
    recorded: Recorded,
    connection: MessageConnection<Uint8Array>,
  ) {
    super(connection);
    this.#child = child;
    this.recorded = recorded;
  }

  /**
   * Starts a program.
   *
   * @param framing How it frames its messages.
   * @param file The program, which tests may run.
   * @param args Its arguments.
   */
  static start(
    framing: string,
    file: string,
    ...args: string[]
  ): SpokenProcess {
    const child = new Deno.Command(file, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const recorded = new Recorded();
    const sent = keeping(recorded, "client");
    const done = sent.readable.pipeTo(child.stdin);
    // After the program has ended; what failed by that is seen by the reader.
    done.catch(() => {});
    const connection = new MessageConnection(
      streamConnection({
        readable: child.stdout.pipeThrough(keeping(recorded, "server")),
        writable: sent.writable,
      }),
      { framing },
    );
    return new SpokenProcess(child, recorded, connection);
  }

  /** Waits for its end. */
  async ended(): Promise<Deno.CommandStatus> {
    return await this.#child.status;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
  }
}

function keeping(
  { pieces }: Recorded,
  from: Side,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform(piece, controller) {
      pieces.push({ from, bytes: piece.slice() });
      controller.enqueue(piece);
    },
  });
}
