/**
 * The deadlines of a channel, looked at by its clock.
 *
 * All three count only time spent waiting for the peer: a handler that takes
 * long to answer is not the peer's fault.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type { ChannelSettings } from "./channel_settings.ts";
import type { Machine } from "./machine.ts";
import type { ReceivingHalf } from "./receiving/receiving_half.ts";
import type { SendingHalf } from "./sending_half.ts";
import type { Traffic } from "./traffic.ts";

/** What the deadlines of a channel look at. */
export interface Timed {
  readonly reader: Machine | undefined;
  readonly remoteAddress: Address;
  readonly receiving: ReceivingHalf;
  readonly settings: ChannelSettings;
  readonly traffic: Traffic;
}

/**
 * Tells which deadline has run out.
 *
 * @returns The error, or `undefined` if there is time left.
 */
export function deadlinePassed(
  { reader, remoteAddress, receiving, settings, traffic }: Timed,
  sending: SendingHalf | undefined,
  nowMs: number,
): TimeoutError | undefined {
  const { idleTimeoutMs, messageTimeoutMs, sendTimeoutMs } = settings;
  // A time noted between two steps of the clock may be up to a step old; waiting
  // one step longer makes sure that no deadline is early.
  const nowSure = nowMs - (settings.clock?.stepMs ?? 0);
  if (receiving.partialMs(nowSure) >= messageTimeoutMs) {
    return new TimeoutError("message", messageTimeoutMs, {
      action: "receive from",
      address: String(remoteAddress),
      reason:
        `a message that has begun did not complete within ${messageTimeoutMs} ms`,
      option: "messageTimeoutMs",
      advice: reader?.waitHint?.text,
      framing: reader?.waitHint?.framing,
    });
  }
  const isSending = sending?.isWriting === true;
  if (isSending && nowSure - traffic.writeMs >= sendTimeoutMs) {
    return new TimeoutError("send", sendTimeoutMs, {
      action: "send to",
      address: String(remoteAddress),
      reason:
        `the peer took none of ${sending.buffered} waiting bytes for ${sendTimeoutMs} ms`,
      option: "sendTimeoutMs",
    });
  }
  const isReceiving = receiving.isReading && !receiving.isLookingLast;
  const progressMs = Math.max(traffic.readMs, traffic.writeMs);
  if (
    (isSending || isReceiving) &&
    nowSure - progressMs >= idleTimeoutMs
  ) {
    return new TimeoutError("idle", idleTimeoutMs, {
      action: "keep the connection to",
      address: String(remoteAddress),
      reason: `no byte came or went for ${idleTimeoutMs} ms`,
      option: "idleTimeoutMs",
    });
  }
  return undefined;
}
