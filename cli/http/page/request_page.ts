/**
 * A page that shows the visitor what their own browser sent, byte for byte.
 *
 * @module
 */

import type { RequestDetails } from "../server/http_service.ts";
import { fieldNote, requestLineNote } from "./field_notes.ts";
import { page, pageResponse } from "./html.ts";
import { type Html, markup } from "./markup.ts";
import { notFound } from "../server/plain_response.ts";

/**
 * Answers every request with the page.
 *
 * @param request The request; its body is read and counted.
 * @param details What is shown.
 */
export async function requestPage(
  request: Request,
  details: RequestDetails,
): Promise<Response> {
  // Browsers that have not seen the page's icon yet ask for this one.
  if (details.target === "/favicon.ico") return notFound();
  // The view is valid now only, and the body may come slowly.
  const head = details.headBytes.slice();
  const bodyBytes = await sizeOf(request.body);
  const document = page(
    "What your browser sent",
    content(details, head, bodyBytes),
  );
  return await pageResponse(document, { "cache-control": "no-store" });
}

async function sizeOf(
  body: ReadableStream<Uint8Array> | null,
): Promise<number> {
  let size = 0;
  for await (const bytes of body ?? []) size += bytes.length;
  return size;
}

function content(
  { localAddress, ordinal, remoteAddress }: RequestDetails,
  head: Uint8Array,
  bodyBytes: number,
): Html {
  const lines = linesOf(head);
  const encrypted = localAddress.transport === "tls"
    ? ", encrypted by TLS, and inside it came"
    : ", and on it came";
  return markup`<h1>What your browser sent</h1>
<p class="lead">A connection was made from <code>${String(remoteAddress)}</code>
to <code>${
    String(localAddress)
  }</code>${encrypted} these <b>${head.length} bytes</b>
in <b>${lines.length} lines</b>. Each ends with a carriage return and a line feed,
shown as ${CR_MARK}${LF_MARK}. Bytes that are not text are shown as <code>\\x</code> and two digits.</p>
<ol class="lines">${lines.map((line, i) => lineItem(line, i === 0))}
</ol>
<p>${bodyText(bodyBytes)}</p>
<h2>One connection, many requests</h2>
<p>${countText(ordinal)}</p>
<p><a class="next" href="/request-${ordinal + 1}">Ask once more</a></p>
<footer>Any path shows this page. It is made of your request alone: it has no script and loads nothing else.</footer>`;
}

function bodyText(bytes: number): string {
  if (bytes === 0) return "No body followed.";
  return `A body of ${bytes} byte${bytes === 1 ? "" : "s"} followed.`;
}

function countText(ordinal: number): string {
  return ordinal === 1
    ? "This was the first request on its connection, which stays open for a while: the next one can use it, without the delay of opening another."
    : `This was request number ${ordinal} on the same connection: it was kept alive, and nothing had to be opened for this page.`;
}

const CR = 13;
const LF = 10;
const CR_MARK = markup`<s class="cr">␍</s>`;
const LF_MARK = markup`<s class="lf">␊</s>`;

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
  const end = endOf(line);
  if (isFirst) {
    const [method = "", target = "", version = ""] = text.split(" ");
    const bytes = markup`<b>${shown(method)}</b> ${
      shown(text.slice(method.length + 1))
    }`;
    return item(bytes, end, requestLineNote(method, target, version));
  }
  if (text === "") {
    return item(markup``, end, "The empty line: the head is over.");
  }
  const colon = text.indexOf(":");
  const name = text.slice(0, colon);
  const bytes = markup`<b>${shown(name)}</b>${shown(text.slice(colon))}`;
  return item(bytes, end, fieldNote(name));
}

function item(bytes: Html, end: Html, note: string): Html {
  return markup`
<li><code class="bytes">${bytes}${end}</code><span class="note">${note}</span></li>`;
}

function endOf(line: Uint8Array): Html {
  return markup`${line.includes(CR) ? CR_MARK : ""}${
    line.includes(LF) ? LF_MARK : ""
  }`;
}

/** Shows each byte that is not printable ASCII as a marked escape. */
function shown(text: string): Html {
  const parts = text.split(/([^\x20-\x7e]+)/);
  return markup`${
    parts.map((part, i) =>
      i % 2 === 0 ? markup`${part}` : markup`<i>${escapes(part)}</i>`
    )
  }`;
}

function escapes(text: string): string {
  return Array.from(
    text,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  ).join("");
}
