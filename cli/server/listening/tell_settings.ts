/**
 * Tells the settings of a server.
 *
 * @module
 */

import type { Framing } from "../../../lib/framing/mod.ts";
import type { Place } from "../../arguments/place.ts";
import { formatSize } from "../../arguments/sizes.ts";
import type { Log } from "../../output/log.ts";
import type { ServerCommand } from "../server_command.ts";

/** Tells what a server serves, and within which limits. Loaded with --verbose. */
export function tellSettings(command: ServerCommand, log: Log): void {
  const { name, options, places, service } = command;
  if (service.protocol !== undefined) return tellHttpSettings(command, log);
  const frame = framingsOf(places, options.frame);
  const maxMessageBytes = options["max-message"];
  log.now(
    { event: "settings", service: name, frame, maxMessageBytes },
    `serving ${name} with --frame ${frame}, messages up to ${
      formatSize(maxMessageBytes)
    }`,
  );
}

function tellHttpSettings({ options }: ServerCommand, log: Log): void {
  const { "max-body": maxBodyBytes, root, ws } = options;
  const sockets = ws.map(({ path, service }) => `${service} at ${path}`);
  log.now(
    {
      event: "settings",
      service: "http",
      ...(root === undefined ? {} : { root }),
      maxBodyBytes,
      ...(ws.length === 0 ? {} : { ws }),
    },
    (root === undefined
      ? `serving http: what was sent, bodies up to ${formatSize(maxBodyBytes)}`
      : `serving http: the files below ${root}`) +
      sockets.map((socket) => `; ${socket} over WebSocket`).join(""),
  );
}

/**
 * Lists the framings of a server's addresses, each once.
 *
 * @param usual The framing of an address without one of its own.
 */
export function framingsOf(places: readonly Place[], usual: Framing): string {
  const framings = places.map(({ framing = usual }) => String(framing));
  return [...new Set(framings)].join(", ");
}
