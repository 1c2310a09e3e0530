/**
 * The grammar of `Sec-WebSocket-Extensions` (RFC 6455 section 9.1).
 *
 * ```text
 * extension-list = extension *( "," extension )
 * extension      = token *( ";" token [ "=" ( token | quoted token ) ] )
 * ```
 *
 * @module
 */

/** One extension and its parameters. */
export interface Extension {
  readonly name: string;
  /** Their values; `""` for one without a value. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const EXTENSION = new RegExp(
  `^\\s*(${TOKEN})((?:\\s*;\\s*${TOKEN}(?:\\s*=\\s*(?:${TOKEN}|"${TOKEN}"))?)*)\\s*$`,
);
const PARAMETER = new RegExp(
  `;\\s*(${TOKEN})(?:\\s*=\\s*(?:(${TOKEN})|"(${TOKEN})"))?`,
  "g",
);

/**
 * Reads the extensions of all fields.
 *
 * @returns The extensions, or `undefined` if the fields break the grammar or name
 * a parameter twice.
 */
export function parseExtensions(
  fields: readonly string[],
): Extension[] | undefined {
  const extensions: Extension[] = [];
  // No token has a comma, and quoted values are tokens too.
  for (const text of fields.join(",").split(",")) {
    if (text.trim() === "") continue;
    const match = EXTENSION.exec(text);
    if (match === null) return undefined;
    const parameters = new Map<string, string>();
    for (const [, name, plain, quoted] of match[2]!.matchAll(PARAMETER)) {
      if (parameters.has(name!)) return undefined;
      parameters.set(name!, plain ?? quoted ?? "");
    }
    extensions.push({ name: match[1]!, parameters });
  }
  return extensions;
}
