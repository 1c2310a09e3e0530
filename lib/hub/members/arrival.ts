/**
 * The room that a member arrives in, and the error that ends a member without one.
 *
 * @module
 */

import { OptionRangeError } from "../../check.ts";
import { ProtocolError } from "../../errors.ts";
import type { HubSettings } from "../hub_options.ts";
import type { Member } from "./member.ts";
import { LOBBY, roomOfPath } from "./routing.ts";

// The code of a close frame in the registry of RFC 6455 section 11.7.
const TRY_AGAIN_LATER = 1013;

/**
 * The room that a member begins in; `undefined` if its messages name their rooms.
 *
 * @throws {ProtocolError} If the path of a WebSocket client is not the name of a room.
 */
export function firstRoom(
  member: Member,
  settings: HubSettings,
): string | undefined {
  const path = roomOfPath(member.connection.framing);
  if (typeof path === "object") {
    throw new ProtocolError("malformed", {
      action: "let in",
      address: String(member.remoteAddress),
      reason: path.reason,
    });
  }
  member.fixedRoom = path ?? settings.room;
  return member.fixedRoom ??
    (settings.roomOf === undefined ? LOBBY : undefined);
}

/**
 * The error that ends a member whose first room cannot be opened. If there are too
 * many rooms, it is one whose reason the close frame of a WebSocket gives.
 */
export function notLetIn(error: unknown): unknown {
  if (!(error instanceof OptionRangeError)) return error;
  const { action, option, reason } = error;
  return new ProtocolError(
    "malformed",
    { action, option, reason, cause: error },
    { closeCode: TRY_AGAIN_LATER },
  );
}
