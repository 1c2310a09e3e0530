/**
 * The time as HTTP writes it.
 *
 * @module
 */

let second = -1;
let text = "";

/**
 * The value of `Date` now, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110
 * section 5.6.7). Made once a second, however many responses there are.
 *
 * @param nowMs Milliseconds since 1970.
 */
export function httpDate(nowMs: number = Date.now()): string {
  const now = Math.floor(nowMs / 1000);
  if (now !== second) {
    second = now;
    // ECMAScript specifies the same form as HTTP.
    text = new Date(now * 1000).toUTCString();
  }
  return text;
}
