/**
 * One attempt over UDP, where only an answer shows that a server is there.
 *
 * @module
 */

import { Address } from "../../../lib/start.ts";
import { everyInterfaceFor } from "../../../lib/core.ts";
import { bindUdp } from "../../../lib/session/datagrams/mod.ts";
import { absent, type Probe, READY } from "../finding.ts";
import { type Asked, unmatched } from "./answer.ts";

const EMPTY = new Uint8Array();

/**
 * Makes the attempt. The datagram is empty if there is nothing to send.
 *
 * @param everyMs How often to send it, as what is sent to nothing is lost.
 */
export function datagramProbe(
  to: Address,
  { expect, send = EMPTY }: Asked,
  everyMs: number,
): Probe {
  return async (signal) => {
    await using socket = bindUdp(
      new Address("udp", everyInterfaceFor(to.hostname)),
    );
    let last: Uint8Array | undefined;
    const accepts = (reply: Uint8Array) => {
      last = reply;
      return expect === undefined || expect(reply);
    };
    try {
      await socket.request(send, to, {
        accepts,
        // The signal ends it.
        attempts: Number.MAX_SAFE_INTEGER,
        backoff: 1,
        signal,
        timeoutMs: everyMs,
      });
      return READY;
    } catch (error) {
      if (!signal.aborted) throw error;
      return last === undefined
        ? absent(
          "unanswered",
          send.length === 0
            ? "no answer to an empty datagram; --send TEXT sends another"
            : "no answer",
        )
        : unmatched(last);
    }
  };
}
