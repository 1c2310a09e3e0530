/**
 * Listens on every address of the command line: connections on some, datagrams
 * on others, all of them one server for the person who started it.
 *
 * @module
 */

import { type Address, ConnectionError } from "../../lib/start.ts";
import type { Log } from "../output/log.ts";
import type { RunningServer, WorkerCommand } from "./running_server.ts";
import type { ServerCommand } from "./server_command.ts";
import { Servers } from "./servers.ts";
import { startStreams } from "./start_streams.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What comes between connections and the service. */
export type Between = Pick<WorkerCommand, "faults" | "recording">;

/**
 * Listens on every address.
 *
 * @param terminal Where certificates are.
 * @param between What comes between connections and the service.
 * @throws As `serve` and `serveDatagrams`; then nothing listens.
 */
export async function startServers(
  command: ServerCommand,
  terminal: Terminal,
  log: Log,
  { faults, recording }: Between,
): Promise<Servers> {
  const { addresses, places } = command;
  const streams = places.filter(({ address }) => address.transport !== "udp");
  const servers: RunningServer[] = [];
  const bound = new Map<Address, Address>();
  try {
    if (streams.length > 0) {
      const { workers } = command.options;
      if (workers > 1) streams.forEach(({ address }) => checkFree(address));
      const task = workers > 1
        ? { command, worker: 1 }
        : { command, faults, recording };
      const server = await startStreams(task, streams, terminal, log);
      servers.push(server);
      streams.forEach(({ address }, i) =>
        bound.set(address, server.addresses[i]!)
      );
    }
    const shared = servers.flatMap((server) => server.addresses)
      .filter(({ path }) => path === "");
    for (let worker = 2; worker <= command.options.workers; worker++) {
      const { startWorker } = await import("./workers/start_worker.ts");
      servers.push(await startWorker({ command, worker }, shared, terminal));
    }
    for (const address of addresses) {
      if (address.transport !== "udp") continue;
      // Loaded only if there is a UDP address.
      const { startDatagrams } = await import("../udp/start_datagrams.ts");
      const server = await startDatagrams(
        { command, faults, recording },
        address,
        terminal,
        log,
      );
      servers.push(server);
      bound.set(address, server.addresses[0]!);
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.shutdown(0)));
    throw error;
  }
  return new Servers(addresses.map((asked) => bound.get(asked)!), servers);
}

/**
 * Checks that a port to be shared is free: sharing would hide that another
 * program has it, such as another server with `--workers`.
 */
function checkFree(address: Address): void {
  const { hostname, path, port } = address;
  if (path !== "" || port === 0) return;
  try {
    Deno.listen({ hostname, port }).close();
  } catch (cause) {
    // Listening reports every other failure.
    if (!(cause instanceof Deno.errors.AddrInUse)) return;
    throw new ConnectionError("address_in_use", {
      action: "listen on",
      address: String(address),
      reason: "the address is already in use",
      cause,
    });
  }
}
