/**
 * Serves HTTP.
 *
 * @module
 */

import {
  type HttpHandler,
  type HttpServer,
  serveHttp,
} from "../../../lib/http/mod.ts";
import type { Address } from "../../../mod.ts";
import { UsageError } from "../../output/failure.ts";
import { systemReason } from "../../output/system_reason.ts";
import type { Log } from "../../output/log.ts";
import type { WorkerCommand } from "../../server/running_server.ts";
import type { ServerCommand } from "../../server/server_command.ts";
import type { ListenSettings } from "../../server/start_streams.ts";
import type { HttpService } from "./http_service.ts";
import { withErrorPages } from "./error_page.ts";
import { HttpLog } from "./http_log.ts";
import type { ServiceContext } from "../../server/service.ts";
import type { SocketService } from "./socket_paths.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { staticFiles } from "../files/static_files.ts";
import { requestPage } from "../page/request_page.ts";

/**
 * Serves HTTP.
 *
 * @param task The command line, and which worker this is.
 * @param settings How it listens.
 * @param terminal What services of messages have around them.
 * @throws {UsageError} If the root is not a folder that can be read.
 */
export async function startHttp(
  { command, worker }: WorkerCommand,
  addresses: readonly Address[],
  settings: ListenSettings,
  terminal: Terminal,
  log: Log,
): Promise<HttpServer> {
  const { given, options } = command;
  const pages = withErrorPages(await serviceOf(options));
  const sockets = await socketsOf(options, { log, terminal });
  const service: HttpHandler = (request, info) =>
    sockets?.(request, info) ?? pages(request, info);
  const httpLog = new HttpLog(log, worker);
  const ifGiven = (name: "idle-timeout" | "send-timeout") =>
    given.has(name) ? options[name] : undefined;
  const keepAliveTimeoutMs = ifGiven("idle-timeout");
  const sendTimeoutMs = ifGiven("send-timeout");
  return await serveHttp(addresses, {
    ...settings,
    // For clients that support HTTP/2 too: without it, some fail.
    ...(settings.cert !== undefined && settings.alpn === undefined
      ? { alpn: ["http/1.1"] }
      : {}),
    headerTimeoutMs: options["message-timeout"],
    ...(keepAliveTimeoutMs === undefined ? {} : { keepAliveTimeoutMs }),
    ...(sendTimeoutMs === undefined ? {} : { sendTimeoutMs }),
    maxBodyBytes: options["max-body"],
    onEvent: (event) => httpLog.event(event),
  }, service);
}

/** Loaded only if there are such services. */
async function socketsOf(
  options: ServerCommand["options"],
  surroundings: Pick<ServiceContext, "log" | "terminal">,
): Promise<SocketService | undefined> {
  if (options.ws.length === 0) return undefined;
  const { socketService } = await import("./socket_paths.ts");
  return await socketService(options, surroundings);
}

async function serviceOf(
  { index, root }: ServerCommand["options"],
): Promise<HttpService> {
  if (root === undefined) return requestPage;
  return staticFiles({ root: await folderAt(root), index });
}

/** The real path of a folder. */
async function folderAt(path: string): Promise<string> {
  try {
    const real = await Deno.realPath(path);
    // Reading it also checks the permission.
    for await (const _ of Deno.readDir(real)) break;
    return real;
  } catch (cause) {
    throw new UsageError(
      `--root: cannot read ${path}: ${systemReason(cause, ROOT_REASONS)}`,
      {
        cause,
      },
    );
  }
}

const ROOT_REASONS = {
  NotFound: "there is no such folder",
  NotADirectory: "it is not a folder",
};
