/**
 * Listens, and keeps the hub's rooms.
 *
 * @module
 */

import type { FramedAddress, Listener, MessageOptions } from "../../mod.ts";
import { type Backbone, type Hub, serveHub } from "../../lib/hub/mod.ts";
import { counted } from "../output/counted.ts";
import type { Log } from "../output/log.ts";
import { listenSettings } from "../server/listening/listen_settings.ts";
import { type RunningServer, runningServer } from "../server/running_server.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { HubCommand } from "./hub_command.ts";
import { HubLog } from "./hub_log.ts";
import { noticedAtTerminal } from "./noticed_at_terminal.ts";

/** What a hub listens with, besides the command line. */
export interface HubParts {
  /** What it shares its rooms through, if not with itself alone. */
  readonly backbone: Backbone | undefined;
  /** Gives the connection of the terminal, if a person is there. */
  readonly terminalMember: Listener | undefined;
}

/**
 * Begins to listen.
 *
 * @throws As `serveHub`; then nothing listens.
 */
export async function startHub(
  { options, places }: HubCommand,
  { backbone, terminalMember }: HubParts,
  terminal: Terminal,
  log: Log,
): Promise<Hub> {
  const isNoticed = terminalMember !== undefined && options.log === "text" &&
    options.notices !== "none";
  const hubLog = new HubLog(log, isNoticed ? noticedAtTerminal() : undefined);
  const addresses = places.map(({ address }) => address);
  const { webSocket, ...settings } = await listenSettings(
    options,
    addresses,
    terminal,
  );
  const badFrames = options["bad-frames"];
  const messages: MessageOptions = {
    ...badFrames === undefined ? {} : { badFrames },
    framing: options.frame,
    idleTimeoutMs: options["idle-timeout"],
    maxMessageBytes: options["max-message"],
    messageTimeoutMs: options["message-timeout"],
    sendTimeoutMs: options["send-timeout"],
  };
  return await serveHub([
    ...places.map(({ address, framing }): FramedAddress | typeof address =>
      framing === undefined ? address : { address, framing }
    ),
    ...terminalMember === undefined ? [] : [terminalMember],
  ], {
    ...settings,
    ...messages,
    ...options.room,
    ...webSocket === undefined ? {} : {
      webSocket: { ...webSocket, messageType: options["ws-type"] ?? "auto" },
    },
    allowHalfOpen: !options["no-half-open"],
    backbone,
    history: options.history,
    maxRooms: options["max-rooms"],
    names: options.names,
    notices: options.notices,
    queueBytes: options.queue,
    whenSlow: options["when-slow"],
    onEvent: (event) => hubLog.hubEvent(event),
  });
}

/** The hub as a server of the command line; the terminal is not an address. */
export function runningHub(
  hub: Hub,
  addressCount: number,
  log: Log,
): RunningServer {
  const addresses = hub.addresses.slice(0, addressCount);
  const { connections } = hub;
  return {
    ...runningServer({
      addresses,
      connections,
      setCertificate: (certificate) => hub.setCertificate(certificate),
      async shutdown(options) {
        const report = await hub.shutdown(options);
        const { unpublished } = report;
        if (unpublished > 0) {
          log.now(
            { event: "unpublished", messages: unpublished },
            `${counted(unpublished, "message")} did not reach other hubs`,
          );
        }
        return report;
      },
    }),
    failed: hub.finished.then(() => new Promise<never>(() => {})),
  };
}
