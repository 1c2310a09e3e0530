/**
 * Another connection below a channel, such as TLS on top of the one before.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { Connection } from "../../transport/connection.ts";
import type { Channel } from "./channel.ts";

/**
 * Lets a channel go on over another connection. If that fails the channel is
 * aborted.
 *
 * @param step Takes the connection over and gives the one to use from now on.
 * @throws {ProtocolError} If more has arrived than was taken: those bytes must not
 * be taken for what comes over the new connection.
 * @throws {TypeError} If bytes are being waited for.
 */
export async function replaceConnection(
  channel: Channel,
  step: (connection: Connection) => Promise<Connection>,
): Promise<void> {
  await channel.flushed();
  const address = String(channel.remoteAddress);
  if (channel.receiving.isReading) {
    throw new TypeError(
      `Cannot go on over another connection to ${address}: a message is being waited for`,
    );
  }
  try {
    const { length } = channel.queue;
    if (length > 0) {
      throw new ProtocolError("malformed", {
        action: "go on over another connection to",
        address,
        reason: `${length} bytes have arrived that belong to this one`,
      });
    }
    const next = await step(channel.connection);
    // Aborted in the meantime.
    if (channel.state === "closed") next.abort();
    channel.moveTo(next);
  } catch (error) {
    channel.abort(error);
    throw error;
  }
}
