/**
 * The formats in which messages are only shown, by name.
 *
 * @module
 */

/** The formats by name. */
export const VIEWS = ["msgpack", "cbor", "protobuf"] as const;

/** Name of a format in which messages are only shown. */
export type ViewName = typeof VIEWS[number];

/** Whether messages are only shown in a format. */
export function isView(name: string): name is ViewName {
  return VIEWS.some((view) => view === name);
}
