/**
 * Listens, and joins every connection with one to the target.
 *
 * @module
 */

import {
  type ChannelOptions,
  connect,
  MessageConnection,
  type MessageOptions,
  serve,
} from "../../mod.ts";
import { bridge, type OpenBridge } from "../../lib/relay/mod.ts";
import {
  dialDatagrams,
  listenForDatagrams,
} from "../../lib/session/datagrams/mod.ts";
import { webSocketOf, type WebSocketRequest } from "../../lib/websocket/mod.ts";
import type { Log } from "../output/log.ts";
import { listenSettings } from "../server/listening/listen_settings.ts";
import { type RunningServer, runningServer } from "../server/running_server.ts";
import { targetTls } from "../target/target_tls.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { BridgeCommand } from "./bridge_command.ts";
import { BridgeLog } from "./bridge_log.ts";

/** What the connections of both sides have in common. */
export function connectionSettings(
  { options }: BridgeCommand,
): Pick<MessageOptions, keyof ChannelOptions | "maxMessageBytes"> {
  return {
    idleTimeoutMs: options["idle-timeout"],
    maxBufferedBytes: options["max-buffered"],
    maxMessageBytes: options["max-message"],
    messageTimeoutMs: options["message-timeout"],
    sendTimeoutMs: options["send-timeout"],
  };
}

/** Makes what connects to the target. */
export async function openerOf(
  command: BridgeCommand,
  terminal: Terminal,
  log: Log,
): Promise<OpenBridge> {
  const { options, target } = command;
  const settings = {
    ...connectionSettings(command),
    ...await targetTls(target, options, terminal, log),
    connectTimeoutMs: options["connect-timeout"],
    framing: options["target-frame"] ?? options.frame,
    // The bridge reports what went wrong.
    onEvent: () => {},
    tlsHandshakeTimeoutMs: options["handshake-timeout"],
    webSocket: { messageType: options["ws-type"] ?? "auto" },
  };
  if (target.transport === "udp") {
    return async () =>
      new MessageConnection(await dialDatagrams(target), settings);
  }
  return (signal) => connect(target, { ...settings, signal });
}

/** A target's side that waits for its client. */
class Prepared {
  readonly #target: MessageConnection;
  readonly #gone: AbortSignal;
  readonly #abort = () => this.#target.abort();

  /**
   * Keeps a connection for a client.
   *
   * @param gone Aborted when the client is lost; the connection is then aborted too.
   */
  constructor(target: MessageConnection, gone: AbortSignal) {
    this.#target = target;
    this.#gone = gone;
    gone.addEventListener("abort", this.#abort, { once: true });
    if (gone.aborted) target.abort();
  }

  /** Gives the connection away: the bridge ends it, and knows what for. */
  take(): MessageConnection {
    this.#gone.removeEventListener("abort", this.#abort);
    return this.#target;
  }
}

/** Takes what was opened before the client's request was answered. */
function openedFor(client: MessageConnection): MessageConnection | undefined {
  const prepared = webSocketOf(client)?.prepared;
  return prepared instanceof Prepared ? prepared.take() : undefined;
}

/** Opens the target's side while a client of WebSocket waits for an answer. */
async function openFirst(
  open: OpenBridge,
  { signal }: WebSocketRequest,
  log: BridgeLog,
): Promise<Prepared> {
  try {
    return new Prepared(await open(signal), signal);
  } catch (error) {
    log.targetFailed(error);
    throw error;
  }
}

/**
 * Begins to listen.
 *
 * @param terminal Where certificates are.
 * @throws As `serve`; then nothing listens.
 */
export async function startBridge(
  command: BridgeCommand,
  terminal: Terminal,
  log: Log,
): Promise<RunningServer> {
  const { listen, options } = command;
  if (listen === "-") throw new TypeError("- is not listened on");
  const bridgeLog = new BridgeLog(log);
  const open = await openerOf(command, terminal, log);
  const join = async (client: MessageConnection) => {
    const report = await bridge(client, openedFor(client) ?? open);
    bridgeLog.reported(client, report);
    if (report.failed !== undefined) throw report.error;
  };
  const { webSocket, ...settings } = await listenSettings(
    options,
    [listen],
    terminal,
  );
  const peerTimeoutMs = options["peer-timeout"];
  const where = listen.transport === "udp"
    ? listenForDatagrams(listen, { peerTimeoutMs })
    : listen;
  const server = await serve(where, {
    ...settings,
    ...connectionSettings(command),
    ...webSocket === undefined ? {} : {
      webSocket: {
        ...webSocket,
        messageType: options["ws-type"] ?? "auto",
        beforeAccept: (request) => openFirst(open, request, bridgeLog),
      },
    },
    framing: options.frame,
    onEvent: (event) => bridgeLog.event(event),
  }, join);
  return runningServer(server);
}
