/**
 * The names of the formats in which messages are typed and shown.
 *
 * @module
 */

/** The formats in which messages are only shown, by name. */
export const VIEWS = ["msgpack", "cbor", "protobuf"] as const;

/** Name of a format in which messages are only shown. */
export type ViewName = typeof VIEWS[number];

/** Whether messages are only shown in a format. */
export function isView(name: string): name is ViewName {
  return VIEWS.some((view) => view === name);
}

/** The formats in which messages are typed and shown, by name. */
export const TYPED_FORMATS = ["text", "json", "hex", "base64"] as const;

/** All formats by name. */
export const FORMATS = [...TYPED_FORMATS, ...VIEWS] as const;

/** Name of a format. */
export type FormatName = typeof FORMATS[number];
