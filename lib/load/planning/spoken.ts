/**
 * What can be spoken in a run: a row for each, with all that depends on it.
 *
 * @module
 */

import { checkSendSize } from "../../framing/limits.ts";
import { parseFraming } from "../../framing/parse.ts";
import { parseAddress } from "../../transport/address.ts";
import { BodyCheck } from "../links/body_check.ts";
import { openDatagramLink } from "../links/datagram_link.ts";
import { openHttpLink } from "../links/http_link.ts";
import type { OpenLink } from "../links/link.ts";
import { openMessageLink } from "../links/message_link.ts";
import { withProxyHeader } from "../links/proxy_header.ts";
import { checkContent, checkDatagrams } from "./content.ts";
import type { LoadPlan } from "./plan.ts";

/** What is spoken. */
export type Spoken = "messages" | "websocket" | "datagrams" | "http";

/** What is to be known of it. */
export interface SpokenRow {
  /** Whether `framing` says where messages end. */
  readonly isFramed: boolean;
  /** Whether answers come in the order of the messages. */
  readonly isOrdered: boolean;
  /** Whether a connection that ends between two messages is as it should be. */
  readonly mayEnd: boolean;
  /** Whether a message is sent, unless messages or a size are given. */
  readonly hasContent: boolean;
  /** Whether a PROXY protocol header can come before all else. */
  readonly takesProxyHeader: boolean;
  /** Whether the link itself compares answers with each other. */
  readonly comparesItself: boolean;
  /** If a message always waits for its answer: why, where an option says otherwise. */
  readonly awaits?: { readonly inFlight: string; readonly check: string };
  /** Looks whether the messages can be sent. */
  readonly check: (plan: LoadPlan) => void;
  /** Makes what opens connections. */
  readonly opener: (plan: LoadPlan) => OpenLink;
}

const MESSAGES = {
  isOrdered: true,
  mayEnd: false,
  hasContent: true,
  comparesItself: false,
  opener: openMessages,
};

/** What can be spoken, by name. */
export const SPOKEN: Readonly<Record<Spoken, SpokenRow>> = {
  messages: {
    ...MESSAGES,
    isFramed: true,
    takesProxyHeader: true,
    check(plan) {
      checkMadeSize(plan);
      const { content, framing, maxMessageBytes, seed } = plan;
      checkContent(content, seed, framing, maxMessageBytes);
    },
  },
  websocket: {
    ...MESSAGES,
    isFramed: false,
    takesProxyHeader: false,
    check: checkMadeSize,
  },
  datagrams: {
    ...MESSAGES,
    isFramed: false,
    isOrdered: false,
    takesProxyHeader: false,
    check(plan) {
      checkMadeSize(plan);
      checkDatagrams(plan.content, plan.opens);
    },
    opener({ opens }) {
      const address = parseAddress(opens);
      return () => openDatagramLink(address);
    },
  },
  http: {
    isFramed: false,
    isOrdered: true,
    mayEnd: true,
    hasContent: false,
    takesProxyHeader: true,
    comparesItself: true,
    awaits: {
      inFlight:
        "over HTTP a request waits for its response; use more connections",
      check: "over HTTP the response is awaited",
    },
    check() {},
    opener: openHttp,
  },
};

/** Refuses a size that no message may have, before messages of it are made. */
function checkMadeSize({ content, maxMessageBytes }: LoadPlan): void {
  if ("most" in content) checkSendSize(content.most, maxMessageBytes);
}

/** Connections that have agreed on a framing of their own, as WebSocket, keep it. */
function openMessages(plan: LoadPlan): OpenLink {
  const { maxMessageBytes } = plan;
  const { to, wrap } = dialled(plan);
  const framing = typeof plan.framing === "string"
    ? parseFraming(plan.framing)
    : plan.framing;
  const options = { ...plan.link, framing, maxMessageBytes, wrap };
  return (signal) => openMessageLink(to, options, signal);
}

/** Responses of all connections are compared with each other. */
function openHttp(plan: LoadPlan): OpenLink {
  const { check, maxMessageBytes, request } = plan;
  const { to, wrap } = dialled(plan);
  const options = { ...plan.link, alpn: ["http/1.1"], wrap };
  const body = check === "same" ? new BodyCheck() : undefined;
  return (signal) =>
    openHttpLink(to, request!, body, maxMessageBytes, { ...options, signal });
}

function dialled({ link, opens, proxyProtocol }: LoadPlan) {
  const address = parseAddress(opens);
  return proxyProtocol === undefined
    ? { to: address, wrap: undefined }
    : withProxyHeader(address, proxyProtocol, link);
}
