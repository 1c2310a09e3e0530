/**
 * What errors are made of, and the one place that makes text of it.
 *
 * @module
 */

/** The parts that the text of an error is made of. */
export interface ErrorParts {
  /**
   * What could not be done, to be read after "Cannot": "connect to", "decode
   * message 3 from". The address follows it, where there is one.
   */
  readonly action?: string | undefined;
  /** The address it is about, such as `tcp://127.0.0.1:7342`. */
  readonly address?: string | undefined;
  /** Why, without a final period. */
  readonly reason: string;
  /**
   * The option whose value was reached or would change the result, by its name
   * in the library, such as `maxMessageBytes`.
   */
  readonly option?: string | undefined;
  /**
   * The value that the option cannot have. With it the option stands in front:
   * `Cannot use maxMessageBytes of -1: it must be an integer of at least 1`.
   */
  readonly value?: unknown;
  /** What to try next. */
  readonly advice?: string | undefined;
  /** The string of the framing that seems to be meant, such as `length:4,le`. */
  readonly framing?: string | undefined;
  /** How often it was tried, where it was tried again. */
  readonly attempts?: number | undefined;
}

/** What may be wrong with bytes that do not fit the framing. */
export interface Hint {
  /** A sentence for people: "as little-endian 256 fits exactly". */
  readonly text: string;
  /** The string of the framing that seems to be meant. */
  readonly framing?: string | undefined;
}

/**
 * Makes the text of an error: `Cannot ACTION ADDRESS: REASON (OPTION); ADVICE`.
 * What was tried more than once has `; tried N times` before the advice.
 *
 * @param error An error, or the parts of one. The library's errors have parts,
 * and so have its `RangeError` and `TypeError` for an option. Any other error
 * is described by its own text, and what is not an error as a string.
 * @param nameOption What an option is called where the text is read. A command
 * line maps `maxMessageBytes` to `--max-message`; `undefined` leaves it out.
 * @returns The text, without a final period.
 *
 * @example In the words of a command line
 * ```ts
 * import { ConnectionError, describeError } from "@parley/parley";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ConnectionError("refused", {
 *   action: "connect to",
 *   address: "tcp://127.0.0.1:7342",
 *   reason: "connection refused",
 *   advice: "is a server listening there?",
 * });
 * assertEquals(
 *   describeError(error),
 *   "Cannot connect to tcp://127.0.0.1:7342: connection refused; is a server listening there?",
 * );
 * ```
 */
export function describeError(
  error: unknown,
  nameOption: (option: string) => string | undefined = (option) => option,
): string {
  if (!hasParts(error)) {
    return error instanceof Error ? error.message : String(error);
  }
  const { action, address, reason, option, value, advice, framing } = error;
  const { attempts = 1 } = error;
  const name = option === undefined ? undefined : nameOption(option);
  const isValue = "value" in error && name !== undefined;
  const what = [
    action === undefined ? undefined : `Cannot ${action}`,
    isValue ? `${name} of ${shown(value)}` : undefined,
    address,
  ].filter((part) => part !== undefined).join(" ");
  return (what === "" ? "" : `${what}: `) + reason +
    (name === undefined || isValue ? "" : ` (${name})`) +
    (attempts === 1 ? "" : `; tried ${attempts} times`) +
    (advice === undefined ? "" : `; ${advice}`) +
    (framing === undefined
      ? ""
      : `; try ${nameOption("framing") ?? "framing"} ${framing}`);
}

/** Puts the parts onto an error, whose class declares them. */
export function setParts(error: Error & ErrorParts, parts: ErrorParts): void {
  const { action, address, advice, option, reason } = parts;
  Object.assign(error, { action, address, reason, option, advice });
  const { attempts, framing, value } = parts;
  // A value can be undefined, as an argument that was left out.
  if ("value" in parts) Object.assign(error, { value });
  if (framing !== undefined) Object.assign(error, { framing });
  if (attempts !== undefined) Object.assign(error, { attempts });
}

function hasParts(error: unknown): error is ErrorParts {
  return typeof error === "object" && error !== null &&
    typeof (error as Partial<ErrorParts>).reason === "string";
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  // An object's own text says something, and [object Object] does not.
  const { toString } = value;
  return toString === undefined || toString === Object.prototype.toString
    ? "an object"
    : String(value);
}
