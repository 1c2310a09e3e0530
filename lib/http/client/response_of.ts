/**
 * The response of a request that was answered.
 *
 * @module
 */

import { type Answer, hasBody } from "./follow_up.ts";
import { type Codings, codingsOf } from "./response/decompression.ts";
import { incomingBody } from "./response/incoming_body.ts";
import { IncomingResponse } from "./response/incoming_response.ts";

const NO_CODINGS: Codings = { known: [], unknown: [] };
const OF_CODING = /^content-(?:encoding|length)$/i;

/**
 * Makes the response. A body that arrived with the head is whole in it, and the
 * connection is free again.
 *
 * @param redirected Whether it came by a redirect.
 * @param maxBodyBytes Largest body in bytes, decompressed.
 */
export async function responseOf(
  { running, head }: Answer,
  redirected: boolean,
  maxBodyBytes: number,
): Promise<IncomingResponse> {
  const { request } = running;
  const { known: codings, unknown: undecoded } = request.decompresses
    ? codingsOf(head.headers)
    : NO_CODINGS;
  const origin = {
    head,
    url: request.target.href,
    redirected,
    trailers: () => running.trailers,
    forgiven: running.forgiven,
    undecoded,
  };
  if (running.isSwitched) {
    return new IncomingResponse(null, head.headers, origin);
  }
  if (!hasBody(request, head)) {
    await running.discard();
    return new IncomingResponse(null, head.headers, origin);
  }
  const whole = codings.length === 0 ? await running.readWhole() : undefined;
  const body = whole ?? incomingBody(running, codings, maxBodyBytes);
  const headers = codings.length === 0
    ? head.headers
    : head.headers.filter(([name]) => !OF_CODING.test(name));
  return new IncomingResponse(body, headers, origin);
}
