/**
 * Answers of one sentence.
 *
 * @module
 */

/**
 * Makes a response of a sentence.
 *
 * @param status Its status.
 * @param sentence The sentence; nothing of the request is in it.
 * @param fields Further header fields.
 * @returns The response.
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

/**
 * The answer where there is nothing.
 *
 * @returns The response.
 */
export function notFound(): Response {
  return plainResponse(404, "There is nothing here.");
}
