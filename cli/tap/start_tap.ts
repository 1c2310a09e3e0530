/**
 * Listens, and joins every connection with one to the target.
 *
 * @module
 */

import {
  type Address,
  connect,
  type Connection,
  type ConnectOptions,
  type MessageConnection,
  serve,
} from "../../mod.ts";
import { relay, type RelayReport } from "../../lib/relay/mod.ts";
import type { Log } from "../output/log.ts";
import { errorText } from "../output/error_text.ts";
import { listenSettings } from "../server/listening/listen_settings.ts";
import { type RunningServer, runningServer } from "../server/running_server.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { openedFor, openFirst } from "../target/prepared_target.ts";
import { targetTls } from "../target/target_tls.ts";
import type { TapCommand } from "./tap_command.ts";
import { TapFaults } from "./tap_faults.ts";
import { TapLog } from "./tap_log.ts";
import type { TapOptions } from "./tap_option_table.ts";
import { TappedConnection, type TapSettings } from "./tapped_connection.ts";

// Of a connection that a fault closes at once.
const REFUSED: RelayReport = {
  toServer: 0,
  toClient: 0,
  endedBy: "self",
  failed: undefined,
  error: undefined,
  observerError: undefined,
};

/** How long either side may be silent, or not read. */
type Deadlines = Required<
  Pick<ConnectOptions, "idleTimeoutMs" | "sendTimeoutMs">
>;

/**
 * Begins to listen.
 *
 * @param settings How messages are found, and who looks at them.
 * @param terminal Where certificates are.
 * @throws As `serve`; then nothing listens.
 */
export async function startTap(
  command: TapCommand,
  settings: TapSettings,
  terminal: Terminal,
  log: Log,
): Promise<RunningServer> {
  const { listen, options, target } = command;
  const tapLog = new TapLog(log);
  const faults = settings.faults &&
    new TapFaults(settings.faults, settings);
  const deadlines = deadlinesOf(options);
  const resettable = settings.faults?.resets === true;
  const tls = await targetTls(target, options, terminal, log);
  const dialled = { ...dialSettings(options), ...tls, resettable };
  const joint: Joint = { command, dialled, faults, log, settings, tapLog };
  const { webSocket, ...listening } = await listenSettings(
    options,
    [listen],
    terminal,
  );
  const server = await serve(listen, {
    ...listening,
    ...deadlines,
    ...webSocket !== undefined && {
      webSocket: {
        ...webSocket,
        ...options.connect === "early" && {
          beforeAccept: (request) =>
            openFirst(
              (signal) => openBelow(target, dialled, signal),
              request,
              tapLog,
            ),
        },
      },
    },
    framing: "raw",
    wrap: faults?.wrapClient,
    resettable,
    onEvent: (event) => tapLog.event(event),
  }, (client) => join(client, joint));
  return runningServer(server);
}

/** What every connection is joined with. */
interface Joint {
  readonly command: TapCommand;
  readonly dialled: ConnectOptions;
  readonly faults: TapFaults | undefined;
  readonly log: Log;
  readonly settings: TapSettings;
  readonly tapLog: TapLog;
}

/** Joins a connection with one to the target, until both are over. */
async function join(
  client: MessageConnection,
  { command, dialled, faults, log, settings, tapLog }: Joint,
): Promise<void> {
  const { options, target } = command;
  const tapped = new TappedConnection(tapLog.numberOfOpened(client), settings);
  tapLog.tapped(client, tapped);
  tapped.opened(client.remoteAddress);
  const prepared = openedFor<Connection>(client);
  if (faults?.begin(tapped)) {
    prepared?.abort();
    tapped.closed(REFUSED, false);
    return faults.end(tapped);
  }
  const wrap = faults?.wrapServer(tapped);
  let wasJoined = prepared !== undefined;
  const open = async (signal: AbortSignal) => {
    const connection = await connect(target, { ...dialled, signal, wrap });
    wasJoined = true;
    return connection;
  };
  const other = prepared === undefined ? open : wrap?.(prepared) ?? prepared;
  const report = await relay(client, other, {
    ...deadlinesOf(options),
    connect: options.connect,
    onChunk: tapped.onChunk,
    onEnd: tapped.onEnd,
    ready: settings.ready,
  });
  tapLog.reported(client, report);
  tapped.closed(report, wasJoined);
  faults?.end(tapped);
  const { error, failed, observerError } = report;
  if (observerError !== undefined) {
    const text = errorText(observerError);
    log.now({ event: "fault", error: text }, `not shown: ${text}`);
  }
  if (failed !== undefined) throw error;
}

function deadlinesOf(options: TapOptions): Deadlines {
  return {
    idleTimeoutMs: options["idle-timeout"],
    sendTimeoutMs: options["send-timeout"],
  };
}

/** How the target is connected to, besides TLS and what faults need. */
function dialSettings(options: TapOptions): ConnectOptions {
  return {
    ...deadlinesOf(options),
    connectTimeoutMs: options["connect-timeout"],
    framing: "raw",
    tlsHandshakeTimeoutMs: options["handshake-timeout"],
  };
}

/**
 * Connects to the target without messages and deadlines: faults and the relay are put
 * onto it later, when it is known which connection it belongs to.
 */
async function openBelow(
  target: Address,
  dialled: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  let below: Connection;
  const wrap = (connection: Connection) => below = connection;
  const limits = { idleTimeoutMs: Infinity, sendTimeoutMs: Infinity };
  await connect(target, { ...dialled, ...limits, signal, wrap });
  return below!;
}
