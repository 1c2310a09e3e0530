/**
 * Decides which file a request asks for.
 *
 * The target is read as it is in the request line. A URL parser would resolve
 * `..` first, and it takes more than a dot for a dot.
 *
 * ```text
 * /docs/a%20b.txt?v=1   docs, "a b.txt"
 * /docs/                docs, a folder
 * /../etc, /a%2f..      nothing that can be here
 * ```
 *
 * @module
 */

/** A path below the root, not looked up yet. */
export interface FilePath {
  /** The names on the way, decoded; none is empty, `.` or `..`. */
  readonly names: readonly string[];
  /** Whether it ends with a slash, as a folder's does. */
  readonly isFolder: boolean;
  /** The query with its `?`, or `""`. */
  readonly query: string;
}

/** Why there can be no such file. */
export type Refusal =
  | "malformed" // not a path: an escape is broken, or the bytes are not UTF-8
  | "impossible"; // names that a file here cannot have, or that lead outside

/** Rules that depend on the system. */
export interface PathRules {
  /** Whether names have the further meanings that Windows gives them. */
  readonly windows?: boolean;
}

/**
 * Reads the target of a request.
 *
 * @param target The target as it was written.
 * @param rules What depends on the system.
 * @returns The path, or why there is none.
 */
export function parseFilePath(
  target: string,
  rules: PathRules = {},
): FilePath | Refusal {
  const [path, query] = split(target);
  if (!path.startsWith("/")) return "malformed";
  const names: string[] = [];
  for (const part of path.slice(1).split("/")) {
    const name = decoded(part);
    if (name === undefined) return "malformed";
    names.push(name);
  }
  const isFolder = names.at(-1) === "";
  if (isFolder) names.pop();
  const { windows = false } = rules;
  return names.every((name) => canBeName(name, windows))
    ? { names, isFolder, query }
    : "impossible";
}

/**
 * Writes a path as the target of a request, which a `Location` may hold: it
 * begins with one slash, so it stays on this server.
 *
 * @param names The names on the way.
 * @param isFolder Whether a slash ends it.
 */
export function targetOf(names: readonly string[], isFolder: boolean): string {
  if (names.length === 0) return "/";
  const path = names.map((name) => `/${encodeURIComponent(name)}`).join("");
  return isFolder ? `${path}/` : path;
}

/**
 * Tells whether a name is hidden: it begins with a dot, as the folders of
 * version control and files with passwords do. `.well-known` is meant to be
 * found (RFC 8615).
 *
 * @param name The name of a file or folder.
 */
export function isHidden(name: string): boolean {
  return name.startsWith(".") && name !== ".well-known";
}

/**
 * Tells whether a name can be asked for at all. What is in a folder need not
 * be: elsewhere than on Windows, a file's name may hold a backslash.
 *
 * @param name The name of a file or folder.
 * @param windows Whether names have the further meanings that Windows gives
 * them.
 */
export function canBeName(name: string, windows: boolean): boolean {
  return isName(name) && !(windows && isSpecial(name));
}

/**
 * Takes the query off, and scheme and authority where a proxy's form has them.
 */
function split(target: string): [path: string, query: string] {
  const local = target.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = local.indexOf("?");
  const path = mark === -1 ? local : local.slice(0, mark);
  const query = mark === -1 ? "" : local.slice(mark);
  // "http://host" asks for "/" (RFC 9112 3.2.2).
  return [path === "" && local !== target ? "/" : path, query];
}

function decoded(part: string): string | undefined {
  try {
    // Decoded once: %252e is the name "%2e".
    return decodeURIComponent(part);
  } catch {
    // A broken escape, or bytes that are not UTF-8: the name is malformed.
    return undefined;
  }
}

/**
 * Whether a decoded part can be a name. A backslash is refused everywhere: on
 * some systems it separates, so the same link would lead to another file there.
 */
function isName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." &&
    !/[/\\\0]/.test(name);
}

/** Devices of Windows, with any extension. */
const DEVICE =
  /^(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])[ .:]*(\.|:|$)/i;

/**
 * Whether Windows opens something else by this name: a device, a stream of a
 * file after a colon, a short name, or a name without the dots and spaces at
 * its end.
 */
function isSpecial(name: string): boolean {
  return DEVICE.test(name) || /[:*?"<>|]|~\d|[. ]$/.test(name);
}
