/**
 * Listens for connections.
 *
 * @module
 */

import {
  type Address,
  type Connection,
  type MessageConnection,
  serve,
  type ServeAddress,
  type ServeOptions,
  type Server,
  type ServerEvent,
  type WrapConnection,
} from "../../lib/core.ts";
import type { ConnectionFaults } from "../faults/service_faults.ts";
import { messageSettings } from "../arguments/common_options.ts";
import type { Place } from "../arguments/place.ts";
import {
  type ListenSettings as SharedSettings,
  listenSettings,
} from "./listening/listen_settings.ts";
import type { Log } from "../output/log.ts";
import { wireView } from "../output/frames/wire_view.ts";
import {
  type RunningServer,
  runningServer,
  type WorkerCommand,
} from "./running_server.ts";
import { ServerLog } from "./server_log.ts";
import type { StreamHandler } from "./service.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A server, whatever it speaks. */
type AnyServer = Pick<
  Server<
    unknown,
    Pick<MessageConnection<unknown>, "abort" | "remoteAddress" | "stats">
  >,
  "addresses" | "connections" | "setCertificate" | "shutdown"
>;

/** The library's options without those that depend on the message's type. */
type ServerSettings = Omit<ServeOptions, "encoding" | "onEvent">;

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
 */
export async function startStreams(
  task: WorkerCommand,
  places: readonly Place[],
  terminal: Terminal,
  log: Log,
): Promise<RunningServer> {
  const { command, worker } = task;
  const { options, service } = command;
  const addresses = places.map(({ address }) => address);
  const settings = await settingsOf(task, addresses, terminal, log);
  let server: AnyServer;
  if (service.protocol !== undefined) {
    const { startHttp } = await service.protocol.load();
    server = await startHttp(task, addresses, settings, terminal, log);
  } else {
    const handler = await service.stream!({ options, terminal, log });
    const serverLog = new ServerLog(log, worker);
    server = await serveWith(handler, places.map(served), serverLog, {
      ...settings,
      ...messageSettings(options),
      idleTimeoutMs: options["idle-timeout"],
      messageTimeoutMs: options["message-timeout"],
      sendTimeoutMs: options["send-timeout"],
    });
  }
  return runningServer(server);
}

async function settingsOf(
  { command: { options, service }, faults, recording, worker }: WorkerCommand,
  addresses: readonly Address[],
  terminal: Terminal,
  log: Log,
): Promise<ListenSettings> {
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

function served({ address, framing }: Place): ServeAddress {
  return framing === undefined ? address : { address, framing };
}

function serveWith(
  service: StreamHandler,
  addresses: readonly ServeAddress[],
  log: ServerLog,
  options: ServerSettings,
): Promise<AnyServer> {
  if (service.encoding === "text") {
    const { encoding, handler } = service;
    const onEvent = (event: ServerEvent<string>) => log.event(event);
    return serve(addresses, { ...options, encoding, onEvent }, handler);
  }
  const { encoding, handler } = service;
  const onEvent = (event: ServerEvent) => log.event(event);
  return serve(addresses, { ...options, encoding, onEvent }, handler);
}
