/**
 * Listens for datagrams.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import {
  type DatagramHandler,
  type DatagramServer,
  type DatagramServerEvent,
  type DatagramSocket,
  serveDatagrams,
  type ServeDatagramsOptions,
} from "../../lib/session/datagrams/mod.ts";
import type { MessageOf } from "../../lib/encoding/mod.ts";
import { DatagramLog } from "./datagram_log.ts";
import type { JoinValues } from "./join_options.ts";
import type { Log } from "../output/log.ts";
import type { Part } from "../server/part.ts";
import type { ServerCommand } from "../server/server_options.ts";

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
 * @param command The command line.
 * @param on Where.
 * @param log Where it is told what happens.
 * @returns What listens.
 */
export async function startDatagrams(
  { datagramService: service, options }: ServerCommand,
  on: Address,
  log: Log,
): Promise<Part> {
  const lines = new DatagramLog(log, on);
  const settings = {
    maxMessageBytes: options["max-message"],
    onEvent: (event: DatagramServerEvent) => lines.event(event),
    // Whoever joins a group hears what others on this machine hear too.
    reuseAddress: options.join !== undefined,
  };
  const server: AnyDatagramServer = service!.encoding === "text"
    ? await serveDatagramsWith(service!, on, lines, settings)
    : await serveDatagramsWith(service!, on, lines, settings);
  lines.address = server.address;
  await join(server, options);
  return {
    addresses: [server.address],
    open: () => 0,
    cut: () => {},
    async shutdown(graceMs) {
      const { cut } = await server.shutdown({ graceMs });
      // What was answered meanwhile is no connection that anybody counts.
      return { cut, finished: 0 };
    },
    setCertificate: () => Promise.resolve(),
    tellTotals: () => lines.totals(server.stats),
  };
}

/** All groups, or the server is no more. */
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
    readonly handler: DatagramHandler<MessageOf<E>>;
  },
  on: Address,
  lines: DatagramLog,
  settings: ServeDatagramsOptions,
): Promise<DatagramServer<MessageOf<E>>> {
  return serveDatagrams<E>(
    on,
    { ...settings, encoding },
    (message, from, socket) => {
      lines.received(message, from);
      return handler(message, from, socket);
    },
  );
}
