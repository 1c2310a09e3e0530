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
import { dialDatagrams } from "../../lib/session/datagrams/mod.ts";
import type { Log } from "../output/log.ts";
import { listenSettings } from "../server/listening/listen_settings.ts";
import { type RunningServer, runningServer } from "../server/running_server.ts";
import { openedFor, openFirst } from "../target/prepared_target.ts";
import { targetTls } from "../target/target_tls.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { listenForPeers } from "../udp/peers_listener.ts";
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
    const server = openedFor<MessageConnection>(client) ?? open;
    const report = await bridge(client, server);
    bridgeLog.reported(client, report);
    if (report.failed !== undefined) throw report.error;
  };
  const { webSocket, ...settings } = await listenSettings(
    options,
    [listen],
    terminal,
  );
  const peerTimeoutMs = options["peer-timeout"];
  const peers = listen.transport === "udp"
    ? listenForPeers(listen, { peerTimeoutMs }, log)
    : undefined;
  const server = await serve(peers?.listener ?? listen, {
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
  void server.finished.then(() => peers?.end());
  return runningServer(server);
}
