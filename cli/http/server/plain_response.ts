/**
 * Answers of one sentence.
 *
 * @module
 */

/**
 * Makes a response of a sentence.
 *
 * @param sentence The sentence; nothing of the request is in it.
 * @param fields Further header fields.
 */
export function plainResponse(
  status: number,
  sentence: string,
  fields: Readonly<Record<string, string>> = {},
): Response {
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    ...fields,
  };
  return new Response(`${sentence}\n`, { status, headers });
}

/** The answer where there is nothing. */
export function notFound(): Response {
  return plainResponse(404, "There is nothing here.");
}
