/**
 * What listens on some of the addresses of a command line, whatever it speaks.
 *
 * @module
 */

import type { Address, Server, ShutdownReport } from "../../mod.ts";
import type { TlsCertificate } from "../../lib/transport/tls/mod.ts";
import type { RunningFaults } from "../faults/running_faults.ts";
import type { Recording } from "../recording/record/begin_recording.ts";
import type { ServerCommand } from "./server_command.ts";

/** What listens on some of the addresses. */
export interface RunningServer {
  /** Where. */
  readonly addresses: readonly Address[];
  /** Rejects if it fails as a whole. */
  readonly failed?: Promise<never>;
  /** Begins to speak on connections, if that did not begin with listening. */
  begin?(): void;
  /** How many connections are open. */
  open(): number | Promise<number>;
  /** Cuts them; the report of the shutdown has them. */
  cut(): void;
  /** Lets them finish within a time. */
  shutdown(graceMs: number): Promise<ShutdownReport>;
  /** Shows another certificate from now on, where one is shown. */
  setCertificate(certificate: TlsCertificate): Promise<void>;
  /** Tells what went over it, once it was shut down. */
  tellTotals(): void;
}

/** What a command needs of a server of the library. */
type StreamServer =
  & Pick<
    Server<never>,
    "addresses" | "setCertificate" | "shutdown"
  >
  & { readonly connections: ReadonlySet<{ abort(): void }> };

/** A server of connections, each of which has a line of its own in the log. */
export function runningServer(server: StreamServer): RunningServer {
  const { addresses } = server;
  return {
    addresses,
    open: () => server.connections.size,
    cut() {
      for (const connection of server.connections) connection.abort();
    },
    shutdown: (graceMs) => server.shutdown({ graceMs }),
    setCertificate: (certificate) =>
      addresses.some(({ isTls }) => isTls)
        ? server.setCertificate(certificate)
        : Promise.resolve(),
    tellTotals: () => {},
  };
}

/** A command line, and the worker that follows it. */
export interface WorkerCommand {
  /** The command line. */
  readonly command: ServerCommand;
  /** Number of the worker, if there are several. */
  readonly worker?: number;
  /** Records what goes over its connections. */
  readonly recording?: Recording | undefined;
  /** Breaks its connections on purpose. */
  readonly faults?: RunningFaults | undefined;
}
