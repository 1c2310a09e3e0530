/**
 * Tells whether text is a URL as the platform would write it, without having it
 * parsed for every request.
 *
 * @module
 */

const SLASH = 0x2f;
const PERCENT = 0x25;

// Characters that are not escaped in a path and its query, besides "/".
const PLAIN = new Uint8Array(128);
for (let code = 0; code < PLAIN.length; code++) {
  const isPlain = /[\w\-.~,;:@!$&()*+=%?]/.test(String.fromCharCode(code));
  PLAIN[code] = isPlain ? 1 : 0;
}

// Clients of one server nearly always write the same host.
let knownScheme = "";
let knownHost = "";

/**
 * Tells whether a URL is in its normal form already.
 *
 * @param scheme The scheme, such as `http`.
 * @param host Host and port, such as `example.org:8080`.
 * @param target Path and query.
 * @returns Whether it surely is; `false` says nothing.
 */
export function isPlainUrl(
  scheme: string,
  host: string,
  target: string,
): boolean {
  if (!isPlainTarget(target)) return false;
  return (host === knownHost && scheme === knownScheme) ||
    isNormal(scheme, host);
}

/**
 * Whether nothing of a target would be escaped, and no segment begins with a dot,
 * which might be "." or ".."; all else is for the platform to look at.
 */
function isPlainTarget(target: string): boolean {
  const { length } = target;
  if (target.charCodeAt(0) !== SLASH) return false;
  for (let i = 0; i < length; i++) {
    const code = target.charCodeAt(i);
    if (code === SLASH) {
      if (i + 1 < length && isDot(target, i + 1)) return false;
    } else if (code > 0x7f || PLAIN[code] === 0) {
      return false;
    }
  }
  return true;
}

/** Whether a dot is there, escaped or not. */
function isDot(target: string, at: number): boolean {
  const code = target.charCodeAt(at);
  if (code !== PERCENT) return code === 0x2e;
  return target.slice(at, at + 3).toLowerCase() === "%2e";
}

function isNormal(scheme: string, host: string): boolean {
  const origin = `${scheme}://${host}`;
  if (URL.parse(origin)?.href !== `${origin}/`) return false;
  knownScheme = scheme;
  knownHost = host;
  return true;
}
