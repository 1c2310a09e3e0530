/**
 * Tells whether text is a URL as the platform would write it, without having it
 * parsed for every request.
 *
 * @module
 */

// Nothing that would be escaped, and no segment that begins with a dot, which
// might be "." or ".."; all else is for the platform to look at.
const PLAIN_TARGET = /^(?:\/(?!\.|%2e)[\w\-.~,;:@!$&()*+=%?]*)+$/i;

// Clients of one server nearly always write the same host.
let known = "";

/**
 * Tells whether a URL is in its normal form already.
 *
 * @param origin Scheme, host and port, such as `http://example.org:8080`.
 * @param target Path and query.
 * @returns Whether it surely is; `false` says nothing.
 */
export function isPlainUrl(origin: string, target: string): boolean {
  return PLAIN_TARGET.test(target) && (origin === known || isNormal(origin));
}

function isNormal(origin: string): boolean {
  if (URL.parse(origin)?.href !== `${origin}/`) return false;
  known = origin;
  return true;
}
