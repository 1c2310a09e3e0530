/**
 * A page that shows the visitor what their own browser sent, byte for byte.
 *
 * @module
 */

import type { Exchange, HttpService } from "./exchange.ts";
import { fieldNote, requestLineNote } from "./field_notes.ts";
import { type Html, html, page, pageResponse } from "./html.ts";
import { notFound } from "./plain_response.ts";

/**
 * Makes the service: whatever is asked for, the answer is the page.
 *
 * @returns The service. It counts the requests of each connection.
 */
export function visitorPage(): HttpService {
  // A connection is known by its peer's address, the object and not the text.
  const counts = new WeakMap<object, number>();
  return async (request, exchange) => {
    const count = (counts.get(exchange.remoteAddress) ?? 0) + 1;
    counts.set(exchange.remoteAddress, count);
    const bodyBytes = await sizeOf(request.body);
    // Asked for by browsers that have not seen the page's own icon.
    if (exchange.target === "/favicon.ico") return notFound();
    const document = page(
      "What your browser sent",
      content(exchange, count, bodyBytes),
    );
    return await pageResponse(document, { "cache-control": "no-store" });
  };
}

async function sizeOf(
  body: ReadableStream<Uint8Array> | null,
): Promise<number> {
  let size = 0;
  for await (const bytes of body ?? []) size += bytes.length;
  return size;
}

function content(
  { headBytes, localAddress, remoteAddress }: Exchange,
  count: number,
  bodyBytes: number,
): Html {
  const lines = linesOf(headBytes);
  return html`
    <h1>What your browser sent</h1>
    <p
      class="lead">A connection came from <b><code>${String(
        remoteAddress,
      )}</code></b> to <b><code>${String(
        localAddress,
      )}</code></b>${localAddress.transport === "tls"
        ? ", encrypted by TLS; inside it are these"
        : ", and on it these"} <b>${headBytes.length} bytes</b>, in <b>${lines
        .length} lines</b>. Each ends with a carriage return and a line feed, shown as <code>␍␊</code>; other bytes that are no ASCII text are shown as <code>\\x</code> and two digits.</p>
    <ol class="lines">${lines.map((line, i) => lineItem(line, i === 0))}
    </ol>
    <p>${bodyText(bodyBytes)}</p>
    <h2>One connection, many requests</h2>
    <p>${countText(count)}</p>
    <p><a class="next" href="/request-${count + 1}">Ask once more</a></p>
    <footer>Any path shows this page. It is made of nothing but your request; there is no script, and nothing else is loaded.</footer>
  `;
}

function bodyText(bytes: number): string {
  if (bytes === 0) return "No body followed.";
  return `A body of ${bytes} byte${bytes === 1 ? "" : "s"} followed.`;
}

function countText(count: number): string {
  return count === 1
    ? "This was the first request on its connection, which stays open for a while. The next one can use it, without the delay of a new connection."
    : `This was request number ${count} on the same connection: it was kept alive, and nothing had to be opened for this page.`;
}

const LF = 10;

/** Cuts a head into its lines, each with its line end. */
function linesOf(head: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < head.length;) {
    const at = head.indexOf(LF, start);
    const end = at === -1 ? head.length : at + 1;
    lines.push(head.subarray(start, end));
    start = end;
  }
  return lines;
}

function lineItem(line: Uint8Array, isFirst: boolean): Html {
  const text = String.fromCharCode(...line).replace(/\r?\n$/, "");
  const end = html`<s>${endOf(line)}</s>`;
  if (isFirst) {
    const [method = "", target = "", version = ""] = text.split(" ");
    const bytes = html`<b>${shown(method)}</b> ${
      shown(text.slice(method.length + 1))
    }`;
    return item(bytes, end, requestLineNote(method, target, version));
  }
  if (text === "") {
    return item(html``, end, "The empty line: the head is over.");
  }
  const colon = text.indexOf(":");
  const name = text.slice(0, colon);
  const bytes = html`<b>${shown(name)}</b>${shown(text.slice(colon))}`;
  return item(bytes, end, fieldNote(name));
}

function item(bytes: Html, end: Html, note: string): Html {
  return html`
    <li><code class="bytes">${bytes}${end}</code><span class="note">${note}</span></li>
  `;
}

function endOf(line: Uint8Array): string {
  return (line.includes(13) ? "␍" : "") + (line.includes(LF) ? "␊" : "");
}

/** Shows each byte that is no printable ASCII as an escape that stands out. */
function shown(text: string): Html {
  const parts = text.split(/([^\x20-\x7e]+)/);
  return html`${
    parts.map((part, i) =>
      i % 2 === 0 ? html`${part}` : html`<i>${escapes(part)}</i>`
    )
  }`;
}

function escapes(text: string): string {
  return Array.from(
    text,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  ).join("");
}
