/**
 * Listens for datagrams.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import {
  type DatagramEndpoint,
  type DatagramHandler,
  type DatagramServer,
  type DatagramServerEvent,
  type DatagramSocket,
  serveDatagrams,
  type ServeDatagramsOptions,
} from "../../lib/session/datagrams/mod.ts";
import type { MessageOf, SentOf } from "../../lib/encoding/mod.ts";
import { DatagramLog } from "./datagram_log.ts";
import type { JoinValues } from "./join_options.ts";
import type { Log } from "../output/log.ts";
import type { RunningServer, WorkerCommand } from "../server/running_server.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A server of datagrams of any type. */
type AnyDatagramServer =
  & Pick<
    DatagramServer<unknown>,
    "address" | "shutdown" | "stats"
  >
  & { readonly socket: Pick<DatagramSocket, "joinMulticast"> };

/**
 * Listens for datagrams.
 *
 * @param terminal What the service has around it.
 */
export async function startDatagrams(
  { command: { service, options }, faults, recording }: WorkerCommand,
  on: Address,
  terminal: Terminal,
  log: Log,
): Promise<RunningServer> {
  const lines = new DatagramLog(log, on);
  const broken = faults?.ofEndpoint();
  const settings = {
    maxMessageBytes: options["max-message"],
    onEvent: (event: DatagramServerEvent) => lines.event(event),
    // Several programs on one machine can join a group, and all receive.
    reuseAddress: options.join !== undefined,
    wrap: recording?.wrapDatagrams("server", broken) ?? (broken && (
      (endpoint: DatagramEndpoint) => broken.outgoing(broken.incoming(endpoint))
    )),
  };
  const { datagram } = await service.load!();
  const handler = await datagram!({ options, terminal, log });
  const server: AnyDatagramServer = handler.encoding === "text"
    ? await serveDatagramsWith(handler, on, lines, settings)
    : await serveDatagramsWith(handler, on, lines, settings);
  lines.address = server.address;
  await join(server, options);
  return {
    addresses: [server.address],
    open: () => 0,
    cut: () => {},
    async shutdown(graceMs) {
      const { cut } = await server.shutdown({ graceMs });
      // Datagrams that were answered meanwhile are not connections.
      return { cut, finished: 0 };
    },
    setCertificate: () => Promise.resolve(),
    tellTotals: () => lines.totals(server.stats),
  };
}

/** Joins all groups, or closes the server. */
async function join(
  server: AnyDatagramServer,
  { interface: on, join: groups = [] }: JoinValues,
): Promise<void> {
  try {
    for (const group of groups) await server.socket.joinMulticast(group, on);
  } catch (error) {
    await server.shutdown({ graceMs: 0 });
    throw error;
  }
}

function serveDatagramsWith<E extends "bytes" | "text">(
  { encoding, handler }: {
    readonly encoding: E;
    readonly handler: DatagramHandler<MessageOf<E>, SentOf<E>>;
  },
  on: Address,
  lines: DatagramLog,
  settings: ServeDatagramsOptions,
): Promise<DatagramServer<MessageOf<E>, SentOf<E>>> {
  return serveDatagrams<E>(
    on,
    { ...settings, encoding },
    (message, from, socket) => {
      lines.received(message, from);
      return handler(message, from, socket);
    },
  );
}
