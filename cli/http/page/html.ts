/**
 * Pages of HTML that a server shows.
 *
 * @module
 */

import { Html, markup } from "./markup.ts";
import { STYLE } from "./style.ts";

// Speech bubbles, inside the page: it loads nothing.
const ICON = "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 2h10v7H6l-3 3V9H1z" fill="#2f6f9f"/><path d="M13 6h2v7h-2v2l-2-2H7v-2h6z" fill="#c8702f"/></svg>`,
);

/**
 * Makes a page.
 */
export function page(title: string, body: Html): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.source;
}

let policy: Promise<string> | undefined;

/**
 * Makes a response of a page. Its policy lets the browser run and load nothing,
 * in case a value was not escaped.
 *
 * @param init Further fields.
 */
export async function pageResponse(
  document: string,
  init: HeadersInit = {},
  { hasForm = false }: { readonly hasForm?: boolean } = {},
): Promise<Response> {
  policy ??= contentPolicy();
  const headers = new Headers(init);
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set(
    "content-security-policy",
    (await policy) +
      (hasForm ? "; form-action 'self'" : "; form-action 'none'"),
  );
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  return new Response(document, { headers });
}

/** Allows the one style by its hash, and the icon. */
async function contentPolicy(): Promise<string> {
  const style = new TextEncoder().encode(STYLE);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", style));
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash.toBase64()}'`,
    "img-src data:",
    ...["base-uri 'none'", "frame-ancestors 'none'"],
  ].join("; ");
}
