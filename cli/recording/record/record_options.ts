/**
 * The options of everything that records what goes over its connections.
 *
 * @module
 */

import type { Framing } from "../../../lib/framing/mod.ts";
import type { Address } from "../../../mod.ts";
import { isWebSocket } from "../../arguments/kinds.ts";
import {
  about,
  flag,
  optional,
  type ValuesOf,
} from "../../arguments/option.ts";
import { asTyped } from "../../arguments/values.ts";
import { UsageError } from "../../output/failure.ts";
import type { Log } from "../../output/log.ts";

/** The options by name. */
export const RECORD_OPTIONS = about(
  { subject: "recording", appliesTo: ["stream", "datagrams", "http"] },
  {
    "record": optional(
      "FILE",
      asTyped,
      "writes what goes over every connection to FILE, read by read, for show and replay; replaces FILE",
    ),
    "pcapng": optional(
      "FILE",
      asTyped,
      "writes the same as a capture that Wireshark reads",
    ),
    "record-drop": flag(
      "leaves out of the recording what cannot be written fast enough, instead of making the connections wait",
    ),
  },
);

/** The options' values. */
export type RecordValues = ValuesOf<typeof RECORD_OPTIONS>;

/**
 * Refuses what does not go together.
 *
 * @param given The options that were given.
 * @throws {UsageError} If something is missing or contradicts another.
 */
export function checkRecord(
  { pcapng, record }: RecordValues,
  given: ReadonlySet<string>,
): void {
  if (record === "" || pcapng === "") {
    throw new UsageError(
      `--${record === "" ? "record" : "pcapng"} needs the name of a file`,
    );
  }
  if (record === "-" || pcapng === "-") {
    throw new UsageError(
      `--${
        record === "-" ? "record" : "pcapng"
      } needs a file, as messages go to standard output; write ./- for a file of that name`,
    );
  }
  if (record !== undefined && record === pcapng) {
    throw new UsageError(
      "--record and --pcapng write different formats; give each a file of its own",
    );
  }
  if (
    given.has("record-drop") && record === undefined && pcapng === undefined
  ) {
    throw new UsageError(
      "--record-drop is for --record and --pcapng; write for example: --record session.jsonl --record-drop",
    );
  }
}

/** Whether a command line asks for a recording in any form. */
export function isRecording({ pcapng, record }: RecordValues): boolean {
  return record !== undefined || pcapng !== undefined;
}

/** Where a recorded connection begins or ends. */
interface RecordedPlace {
  readonly address: Pick<Address, "transport">;
  readonly framing?: Framing | undefined;
}

/**
 * The framing that a recording names: none over UDP, where a datagram is a message,
 * nor where addresses have different ones. Over WebSocket it is WebSocket's own.
 *
 * @param frame The framing of the command line.
 * @param log For one line if there are several.
 */
export function recordedFrame(
  places: readonly RecordedPlace[],
  frame: Framing,
  log: Pick<Log, "soon">,
): string | undefined {
  const streams = places.filter(({ address }) => address.transport !== "udp");
  if (streams.length === 0) return undefined;
  const names = new Set(
    streams.map(({ address, framing = frame }) =>
      isWebSocket(address) ? "websocket" : String(framing)
    ),
  );
  if (names.size === 1) return [...names][0];
  const several = [...names].join(", ");
  log.soon(
    { event: "hint" },
    `the recording names no framing, as there are several (${several}); show and replay need --frame`,
  );
  return undefined;
}
