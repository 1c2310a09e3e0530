/**
 * Errors as a small page for browsers, and as one line of text for others.
 *
 * @module
 */

import { page, pageResponse } from "../page/html.ts";
import { markup } from "../page/markup.ts";
import type { HttpService } from "./http_service.ts";

/**
 * Makes pages of a service's errors, for clients that accept HTML.
 *
 * @param service Answers errors with a sentence of text.
 * @returns The same service, with pages.
 */
export function withErrorPages(service: HttpService): HttpService {
  return async (request, details) => {
    const response = await service(request, details);
    const isText = response.headers.get("content-type")?.startsWith(
      "text/plain",
    );
    return response.status >= 400 && isText && acceptsHtml(request)
      ? await errorPage(response)
      : response;
  };
}

/** Browsers name HTML first; curl and the like name everything or nothing. */
function acceptsHtml({ headers }: Request): boolean {
  return /\btext\/html\b/i.test(headers.get("accept") ?? "");
}

async function errorPage(response: Response): Promise<Response> {
  const { headers, status } = response;
  const sentence = (await response.text()).trim();
  const body = markup`<h1>${sentence}</h1>
<p class="lead">The server answered with status <b>${status}</b>.</p>
<p><a class="next" href="/">To the start</a></p>`;
  const document = await pageResponse(page(`${status}: ${sentence}`, body));
  // What the error says beside its sentence, such as Allow.
  for (const [name, value] of headers) {
    if (!/^content-(type|length)$/.test(name)) {
      document.headers.set(name, value);
    }
  }
  return new Response(document.body, { status, headers: document.headers });
}
