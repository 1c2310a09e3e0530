/**
 * Dates in header fields (RFC 9110 section 5.6.7).
 *
 * @module
 */

const TIME = "([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)";
const MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";

/** The form that is written, and the two that old programs still send. */
const FORMS: readonly RegExp[] = [
  new RegExp(`^[A-Z][a-z]{2}, \\d\\d ${MONTH} \\d{4} ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]+day, \\d\\d-${MONTH}-\\d\\d ${TIME} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`),
];

/**
 * Reads a date.
 *
 * @param text The date in one of the three forms.
 * @returns Milliseconds since 1970, or `undefined` if the text is not a date.
 */
export function parseHttpDate(text: string): number | undefined {
  if (!FORMS.some((form) => form.test(text))) return undefined;
  // The third form has no zone and means GMT.
  const ms = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Writes a date.
 *
 * @param ms Milliseconds since 1970.
 * @returns The date, to the second.
 */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}
