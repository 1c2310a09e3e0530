/**
 * Why the system or the runtime refused something.
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
 * Says why the system refused something, about a file or a stream.
 *
 * @param error What the runtime threw.
 * @param reasons Reasons by the error's name that fit better than the usual.
 * @returns The reason, to stand behind a colon.
 */
export function systemReason(
  error: unknown,
  reasons: Readonly<Record<string, string>> = {},
): string {
  const name = error instanceof Error ? error.name : "";
  // The number of the system's error helps nobody.
  const known = reasons[name] ?? SYSTEM_REASONS[name];
  if (known !== undefined) return known;
  const said = runtimeText(error);
  // The runtime wants every permission for most of /dev, /proc and /sys.
  if (name === "NotCapable" && said.startsWith("Requires all access")) {
    return "it is a part of the system that is out of reach";
  }
  const text = said.replace(/ \(os error \d+\).*$/s, "");
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/**
 * Gives the text of an error that has no parts: one of the runtime's, or of a
 * check of the caller's arguments. The one place that reads a `message`.
 *
 * @param error What was thrown.
 * @returns Its text.
 */
export function runtimeText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
