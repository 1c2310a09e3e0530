/**
 * Serves messages on listeners that are open. It is loaded once a server listens.
 *
 * @module
 */

import type {
  MessageConnection,
  ServeAddress,
  ServeOptions,
  Server,
  ServerEvent,
} from "../../mod.ts";
import { serve } from "../../lib/serving.ts";
import {
  type RunningServer,
  runningServer,
  type WorkerCommand,
} from "./running_server.ts";
import { ServerLog } from "./server_log.ts";
import type { ServiceContext, StreamHandler } from "./service.ts";

/** A server of messages of either encoding. */
type AnyServer = Pick<
  Server<
    unknown,
    Pick<MessageConnection<unknown>, "abort" | "remoteAddress" | "stats">
  >,
  "addresses" | "connections" | "setCertificate" | "shutdown"
>;

/** The library's options without those that depend on the message's type. */
export type StreamSettings = Omit<ServeOptions, "encoding" | "onEvent">;

/**
 * Loads the service and gives it every connection.
 *
 * @param task The command line, and which worker this is.
 * @param where The listeners, and how the messages are framed there.
 */
export async function serveStreams(
  { command: { options, service }, worker }: WorkerCommand,
  where: readonly ServeAddress[],
  settings: StreamSettings,
  surroundings: Pick<ServiceContext, "log" | "terminal">,
): Promise<RunningServer> {
  const { stream } = await service.load!();
  const handler = await stream({ options, ...surroundings });
  const log = new ServerLog(surroundings.log, worker);
  return runningServer(await serveWith(handler, where, log, settings));
}

function serveWith(
  service: StreamHandler,
  where: readonly ServeAddress[],
  log: ServerLog,
  settings: StreamSettings,
): Promise<AnyServer> {
  if (service.encoding === "text") {
    const { encoding, handler } = service;
    const onEvent = (event: ServerEvent<string>) => log.event(event);
    return serve(where, { ...settings, encoding, onEvent }, handler);
  }
  const { encoding, handler } = service;
  const onEvent = (event: ServerEvent) => log.event(event);
  return serve(where, { ...settings, encoding, onEvent }, handler);
}
