/**
 * The reasons of the system's and the runtime's refusals.
 *
 * @module
 */

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  AlreadyExists: "it is there already",
  IsADirectory: "it is a folder",
  NotADirectory: "a part of its path is not a folder",
  NotFound: "there is no such file",
  PermissionDenied: "the system does not permit it",
  ReadonlyFilesystem: "the file system is read-only",
};

/**
 * Returns the reason of a refusal by the system, for a file or a stream.
 *
 * @param reasons Reasons by the error's name that replace the usual ones.
 * @returns The reason, for after a colon.
 */
export function systemReason(
  error: unknown,
  reasons: Readonly<Record<string, string>> = {},
): string {
  const name = error instanceof Error ? error.name : "";
  // The number of the system's error is left out.
  const known = reasons[name] ?? SYSTEM_REASONS[name];
  if (known !== undefined) return known;
  const said = runtimeText(error);
  // The runtime requires every permission for most of /dev, /proc and /sys.
  if (name === "NotCapable" && said.startsWith("Requires all access")) {
    return "it is a part of the system that is out of reach";
  }
  const text = said.replace(/ \(os error \d+\).*$/s, "");
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/**
 * Returns the text of an error without parts: one of the runtime's, or of a
 * check of arguments. No other place reads a `message`.
 */
export function runtimeText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
