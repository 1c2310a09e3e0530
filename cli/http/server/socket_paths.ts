/**
 * Services of messages over WebSocket, beside what the service `http` answers: a page
 * and its socket on one port.
 *
 * @module
 */

import { upgradeWebSocket } from "../../../lib/websocket/mod.ts";
import type { HttpRequestInfo } from "../../../lib/http/mod.ts";
import { UsageError } from "../../output/failure.ts";
import { didYouMean } from "../../arguments/nearest.ts";
import { messageSettings } from "../../arguments/common_options.ts";
import type { ServerOptions } from "../../server/server_option_table.ts";
import type { ServiceContext, StreamHandler } from "../../server/service.ts";
import { SERVICES } from "../../server/services.ts";
import { webSocketServer } from "../../websocket/websocket_options.ts";
import type { SocketPath } from "./socket_path.ts";

/** Answers a request for WebSocket; `undefined` if its path has none. */
export type SocketService = (
  request: Request,
  info: HttpRequestInfo,
) => Response | undefined;

/**
 * Makes what answers at the paths of `--ws`.
 *
 * @param surroundings What a service has around it.
 * @throws {UsageError} If a service does not exist, or two have one path.
 */
export async function socketService(
  options: ServerOptions,
  surroundings: Pick<ServiceContext, "log" | "terminal">,
): Promise<SocketService> {
  const handlers = new Map<string, StreamHandler>();
  for (const { path, service } of options.ws) {
    if (handlers.has(path)) {
      throw new UsageError(`--ws: the path ${path} has two services`);
    }
    handlers.set(path, await handlerOf(service, { ...surroundings, options }));
  }
  const settings = {
    ...messageSettings(options),
    idleTimeoutMs: options["idle-timeout"],
    messageTimeoutMs: options["message-timeout"],
    sendTimeoutMs: options["send-timeout"],
    webSocket: webSocketServer(options),
  };
  return (request, info) => {
    const found = handlers.get(new URL(request.url).pathname);
    if (found === undefined) return undefined;
    if (found.encoding === "text") {
      const { encoding, handler } = found;
      return upgradeWebSocket(
        request,
        info,
        { ...settings, encoding },
        handler,
      );
    }
    const { encoding, handler } = found;
    return upgradeWebSocket(request, info, { ...settings, encoding }, handler);
  };
}

async function handlerOf(
  name: SocketPath["service"],
  context: ServiceContext,
): Promise<StreamHandler> {
  const service = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
  if (service?.load !== undefined) {
    const { stream } = await service.load();
    return await stream(context);
  }
  const names = Object.keys(SERVICES)
    .filter((known) => SERVICES[known]!.load !== undefined);
  throw new UsageError(
    `--ws: there is no service of messages "${name}"${
      didYouMean(name, names)
    }; there are ${names.join(", ")}${
      name === "hub" ? "; a hub has a port of its own: hub ws://:8080" : ""
    }`,
  );
}
