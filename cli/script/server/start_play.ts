/**
 * Listens for connections, and plays the script to each.
 *
 * @module
 */

import { ScriptFailure } from "../../../lib/testing/mod.ts";
import { type MessageConnection, serve } from "../../../mod.ts";
import { messageSettings } from "../../arguments/common_options.ts";
import { hasOwnMessages } from "../../arguments/kinds.ts";
import { errorText } from "../../output/error_text.ts";
import { Failure } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";
import type { Recording } from "../../recording/record/begin_recording.ts";
import { listenSettings } from "../../server/listening/listen_settings.ts";
import {
  type RunningServer,
  runningServer,
} from "../../server/running_server.ts";
import { ServerLog } from "../../server/server_log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { listenForPeers, type LoggedPeers } from "../../udp/peers_listener.ts";
import type { PlayCommand } from "./play_command.ts";
import type { Plays } from "./plays.ts";

/**
 * Begins to listen.
 *
 * @throws As `serve`; then nothing listens.
 */
export async function startPlay(
  { addresses, options, script }: PlayCommand,
  plays: Plays,
  recording: Recording | undefined,
  terminal: Terminal,
  log: Log,
): Promise<RunningServer> {
  const playLog = new PlayLog(log);
  const limits = script.connections.map(({ options: { maxMessageBytes } }) =>
    maxMessageBytes ?? options["max-message"]
  );
  const peers: LoggedPeers[] = [];
  const where = addresses.map((address) => {
    if (address.transport !== "udp") return address;
    // The script itself bounds how long a peer may be quiet.
    const of = listenForPeers(address, { peerTimeoutMs: Infinity }, log);
    peers.push(of);
    return of.listener;
  });
  const server = await serve(where, {
    ...await listenSettings(options, addresses, terminal),
    ...messageSettings(options),
    // Which connection of the script it will be is not known yet.
    maxMessageBytes: Math.max(1, ...limits),
    onEvent: (event) => playLog.event(event),
    wrap: recording?.wrap("server"),
  }, (connection) =>
    plays.client({
      peer: String(connection.remoteAddress),
      prepare: ({ options: { framing } }) => {
        if (framing !== undefined && !isSame(connection, framing)) {
          connection.useFraming(framing);
        }
        return connection;
      },
    }));
  void server.finished.then(() => peers.forEach((of) => of.end()));
  return runningServer(server);
}

function isSame(
  { framing, remoteAddress }: MessageConnection,
  wanted: unknown,
): boolean {
  return hasOwnMessages(remoteAddress) ||
    String(framing) === String(wanted);
}

/** The log of the connections that a script is played to. */
class PlayLog extends ServerLog {
  protected override reason(
    connection: unknown,
    error: unknown,
  ): readonly [why: string, text: string] {
    if (error instanceof ScriptFailure) return ["script", errorText(error)];
    if (error instanceof Failure) return ["cut", error.text];
    return super.reason(connection, error);
  }
}
