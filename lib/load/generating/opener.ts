/**
 * Makes what opens one more connection of a run.
 *
 * @module
 */

import { parseFraming } from "../../framing/parse.ts";
import { parseAddress } from "../../transport/address.ts";
import { BodyCheck } from "../links/body_check.ts";
import { openDatagramLink } from "../links/datagram_link.ts";
import { openHttpLink } from "../links/http_link.ts";
import type { OpenLink } from "../links/link.ts";
import { openMessageLink } from "../links/message_link.ts";
import { withProxyHeader } from "../links/proxy_header.ts";
import type { LoadPlan } from "../planning/plan.ts";

/** Makes the opener. Responses of all its connections are compared with each other. */
export function openerOf(plan: LoadPlan): OpenLink {
  const { check, maxMessageBytes, proxyProtocol, request } = plan;
  const address = parseAddress(plan.opens);
  if (plan.spoken === "datagrams") return () => openDatagramLink(address);
  const { to, wrap } = proxyProtocol === undefined
    ? { to: address, wrap: undefined }
    : withProxyHeader(address, proxyProtocol, plan.link);
  if (request === undefined) {
    const framing = typeof plan.framing === "string"
      ? parseFraming(plan.framing)
      : plan.framing;
    const options = { ...plan.link, framing, maxMessageBytes, wrap };
    return (signal) => openMessageLink(to, options, signal);
  }
  const options = { ...plan.link, alpn: ["http/1.1"], wrap };
  const body = check === "same" ? new BodyCheck() : undefined;
  return (signal) =>
    openHttpLink(to, request, body, maxMessageBytes, { ...options, signal });
}
