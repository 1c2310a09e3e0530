/**
 * Listens for connections. What speaks on them is loaded after that.
 *
 * @module
 */

import type { Connection, ServeOptions, WrapConnection } from "../../mod.ts";
import { checkServeOptions, listenAll } from "../../lib/start.ts";
import type { ConnectionFaults } from "../faults/service_faults.ts";
import { messageSettings } from "../arguments/common_options.ts";
import type { Place } from "../arguments/place.ts";
import {
  type ListenSettings as SharedSettings,
  listenSettings,
} from "./listening/listen_settings.ts";
import { ListeningServer } from "./listening_server.ts";
import type { Log } from "../output/log.ts";
import { wireView } from "../output/frames/wire_options.ts";
import {
  type RunningServer,
  runningServer,
  type WorkerCommand,
} from "./running_server.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** The options that every protocol shares. */
export type ListenSettings =
  & SharedSettings
  & Pick<ServeOptions, "resettable" | "reusePort" | "wrap">;

/**
 * Listens for connections.
 *
 * @param task The command line, and which worker this is.
 * @param places Where, and how the messages are framed there.
 * @param terminal Where certificates are.
 * @returns The server. It speaks once its `begin`, if it has one, was called.
 */
export async function startStreams(
  task: WorkerCommand,
  places: readonly Place[],
  terminal: Terminal,
  log: Log,
): Promise<RunningServer> {
  const { given, options, service } = task.command;
  const settings = await settingsOf(task, places, terminal, log);
  const addresses = places.map(({ address }) => address);
  if (service.protocol !== undefined) {
    const { startHttp } = await service.protocol.load();
    return runningServer(
      await startHttp(task, addresses, settings, terminal, log),
    );
  }
  const serveSettings = {
    ...settings,
    ...messageSettings(options),
    idleTimeoutMs: options["idle-timeout"],
    messageTimeoutMs: options["message-timeout"],
    sendTimeoutMs: options["send-timeout"],
  };
  // The defaults are right, and go together.
  if (given.size > 0) await checkServeOptions(serveSettings);
  const listeners = await listenAll(addresses, settings);
  return new ListeningServer(listeners, async () => {
    const { serveStreams } = await import("./serve_streams.ts");
    const where = listeners.map((listener, i) => {
      const { framing } = places[i]!;
      return framing === undefined ? listener : { address: listener, framing };
    });
    return await serveStreams(task, where, serveSettings, { log, terminal });
  });
}

async function settingsOf(
  { command: { options, service }, faults, recording, worker }: WorkerCommand,
  places: readonly Place[],
  terminal: Terminal,
  log: Log,
): Promise<ListenSettings> {
  const addresses = places.map(({ address }) => address);
  const settings = await listenSettings(options, addresses, terminal);
  const view = await wireView(options, { log, side: "server", terminal });
  const framing = service.protocol === undefined ? options.frame : undefined;
  const faultsOf = faults?.ofConnections(framing, options["max-message"]);
  return {
    ...settings,
    maxConnections: Math.ceil(settings.maxConnections / options.workers),
    reusePort: worker !== undefined,
    resettable: faults?.resets === true,
    wrap: recording?.wrap("server", view, faultsOf) ??
      (faultsOf && broken(faultsOf, view)) ?? view,
  };
}

/** Puts faults onto connections that are not recorded. */
function broken(
  faultsOf: () => ConnectionFaults,
  view: ((connection: Connection) => Connection) | undefined,
): WrapConnection {
  return (connection) => {
    const faults = faultsOf();
    const received = faults.incoming(view?.(connection) ?? connection);
    return faults.outgoing(received);
  };
}
