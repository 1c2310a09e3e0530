/**
 * Serves the live page of a tap.
 *
 * What passes through a tap may be secret, so the page is for the one who started
 * it: it listens on this machine unless an address is given, its path has a random
 * token, and requests for another host are refused, as a page of an attacker could
 * send them by a name that leads here (DNS rebinding).
 *
 * @module
 */

import type { Address } from "../../../mod.ts";
import { serveHttp } from "../../../lib/http/mod.ts";
import { eventStream } from "./event_stream.ts";
import type { FrameRing } from "./frame_ring.ts";
import { PAGE_BODY } from "./page_body.ts";
import { PageHosts } from "./page_hosts.ts";
import { PAGE_SCRIPT } from "./page_script.ts";
import { PAGE_STYLE } from "./page_style.ts";

/** A page that is served. */
export interface ServedPage {
  /** Where it listens. */
  readonly address: Address;
  /** Who may ask for it. */
  readonly hosts: PageHosts;
  /** The path with its token, such as `/0123/`. */
  readonly path: string;
  /** Says where the tap listens, once that is known. */
  listensAt(address: Address): void;
  /** Ends it. */
  close(): Promise<void>;
}

/** What the page says about its tap. */
export interface PageSubject {
  readonly listen: string;
  readonly target: string;
  readonly framing: string;
}

/**
 * Begins to serve.
 *
 * @throws {ConnectionError} If the system refuses the address.
 */
export async function startPage(
  address: Address,
  ring: FrameRing,
  subject: PageSubject,
): Promise<ServedPage> {
  const token = crypto.getRandomValues(new Uint8Array(16)).toHex();
  const page = await pageFor(subject);
  let { listen } = subject;
  const ended = new AbortController();
  const server = await serveHttp(
    address,
    { maxBodyBytes: 0, onEvent: () => {} },
    (request) => {
      const { host, pathname } = new URL(request.url);
      if (!hosts.has(host)) {
        return refuse(403, "This page has another address.");
      }
      const [, given, ...rest] = pathname.split("/");
      if (given !== token) return refuse(404, "There is no page here.");
      if (request.method !== "GET") return refuse(405, "Only GET.");
      switch (rest[0]) {
        case "":
          return new Response(page.htmlAt(listen), { headers: page.headers });
        case "events": {
          const last = Number(request.headers.get("last-event-id") ?? 0);
          return new Response(eventStream(ring, last, ended.signal), {
            headers: {
              ...SAFE,
              "cache-control": "no-store",
              "content-type": "text/event-stream",
            },
          });
        }
        case "frame":
          return frameOf(ring, Number(rest[1]));
      }
      return refuse(404, "There is no page here.");
    },
  );
  const hosts = new PageHosts(address, server.address);
  return {
    address: server.address,
    hosts,
    path: `/${token}/`,
    listensAt: (address) => listen = String(address),
    async close() {
      ended.abort();
      await server.shutdown({ graceMs: 200 });
    },
  };
}

const SAFE = {
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function refuse(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: SAFE });
}

function frameOf(ring: FrameRing, number: number): Response {
  const frame = ring.frame(number);
  if (frame === undefined) {
    return refuse(404, "This frame is not kept any more.");
  }
  const { bytes } = frame;
  return Response.json({ bytes: bytes.toBase64(), parts: frame.explain() }, {
    headers: { ...SAFE, "cache-control": "no-store" },
  });
}

async function pageFor({ framing, target }: PageSubject) {
  const [script, style] = await Promise.all(
    [PAGE_SCRIPT, PAGE_STYLE].map(hashOf),
  );
  const htmlAt = (listen: string) => {
    const subject = [listen, target, framing].map(escapeHtml);
    return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>tap ${subject[0]}</title>
<style>${PAGE_STYLE}</style>
<body data-listen="${subject[0]}" data-target="${subject[1]}" data-framing="${
      subject[2]
    }">
${PAGE_BODY}
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
  };
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${script}'`,
    `style-src 'sha256-${style}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    htmlAt,
    headers: {
      ...SAFE,
      "cache-control": "no-store",
      "content-security-policy": policy,
      "content-type": "text/html; charset=utf-8",
    },
  };
}

async function hashOf(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
    .toBase64();
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;");
}
