/**
 * Agreeing on permessage-deflate: the offers of sections 12 and 13 of the Autobahn
 * test suite, the examples of RFC 7692, and those that are wrong.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { ConnectionError } from "../../../lib/errors.ts";
import {
  chooseOffer,
  OFFER,
  readChoice,
} from "../../../lib/websocket/opening/extensions.ts";

const NAME = "permessage-deflate";
// This side compresses each message for itself, and says so.
const ALONE = `${NAME}; server_no_context_takeover`;

/** What an offer gets: the field of the answer, `undefined` if it is declined. */
const answer = (...fields: string[]) => chooseOffer(fields)?.field;

Deno.test("offers that a server keeps, and what it answers", () => {
  for (
    const [offer, expected] of [
      ["", ""],
      ["; client_max_window_bits", ""],
      ["; server_no_context_takeover", ""],
      ["; client_no_context_takeover", "; client_no_context_takeover"],
      ["; server_max_window_bits=9", "; server_max_window_bits=9"],
      ["; server_max_window_bits=15", ""],
      [
        "; server_no_context_takeover; server_max_window_bits=9",
        "; server_max_window_bits=9",
      ],
      // A limit of the client's own is repeated, so that it has to keep to it.
      ["; client_max_window_bits=10", "; client_max_window_bits=10"],
      ["; client_max_window_bits=8", "; client_max_window_bits=8"],
      // RFC 7692 section 5.1: a value may stand in quotes.
      ['; server_max_window_bits="10"', "; server_max_window_bits=10"],
      ["  ;server_max_window_bits = 10", "; server_max_window_bits=10"],
    ] as const
  ) {
    assertEquals(answer(NAME + offer), ALONE + expected, offer);
  }
});

Deno.test("sections 12 and 13: each offer of the suite is kept", () => {
  // What Autobahn's client says of itself in every offer.
  const client = "; client_no_context_takeover; client_max_window_bits";
  for (
    const [number, offers, expected] of [
      ["12, 13.1", [""], ""],
      ["13.2", ["; server_no_context_takeover"], ""],
      ["13.3", ["; server_max_window_bits=9"], "; server_max_window_bits=9"],
      ["13.4", ["; server_max_window_bits=15"], ""],
      [
        "13.5",
        ["; server_no_context_takeover; server_max_window_bits=9"],
        "; server_max_window_bits=9",
      ],
      [
        "13.6",
        ["; server_no_context_takeover; server_max_window_bits=15"],
        "",
      ],
      [
        "13.7",
        [
          "; server_no_context_takeover; server_max_window_bits=9",
          "; server_no_context_takeover",
          "",
        ],
        "; server_max_window_bits=9",
      ],
    ] as const
  ) {
    const field = offers.map((offer) => NAME + offer + client).join(", ");
    assertEquals(
      answer(field),
      `${ALONE}; client_no_context_takeover${expected}`,
      number,
    );
  }
});

Deno.test("sections 12 and 13: each choice of the suite's server is kept", () => {
  for (
    const [number, choice, receiving, windowBits] of [
      ["12, 13.1", "", true, 15],
      ["13.2", "; client_no_context_takeover", true, 15],
      ["13.3", "; client_max_window_bits=9", true, 9],
      ["13.4", "; client_max_window_bits=15", true, 15],
      [
        "13.5",
        "; client_no_context_takeover; client_max_window_bits=9",
        true,
        9,
      ],
      [
        "13.6, and no memory of the server's own",
        "; server_no_context_takeover; client_max_window_bits=15",
        false,
        15,
      ],
    ] as const
  ) {
    assertEquals(readChoice([NAME + choice], true), {
      sending: { takesOver: false, windowBits },
      receiving: { takesOver: receiving, windowBits: 15 },
    }, number);
  }
});

Deno.test("both sides say that what they send needs no memory", () => {
  assertEquals(
    OFFER,
    `${NAME}; client_no_context_takeover; client_max_window_bits`,
  );
  const choice = chooseOffer([OFFER])!;
  assertEquals(choice.field, `${ALONE}; client_no_context_takeover`);
  const none = { takesOver: false, windowBits: 15 };
  assertEquals(choice.compression, { sending: none, receiving: none });
  assertEquals(readChoice([choice.field], true), choice.compression);
});

Deno.test("every window of 9 to 15 bits is kept", () => {
  for (let bits = 9; bits <= 15; bits++) {
    const choice = chooseOffer([`${NAME}; server_max_window_bits=${bits}`]);
    assertEquals(choice?.compression, {
      sending: { takesOver: false, windowBits: bits },
      receiving: { takesOver: true, windowBits: 15 },
    });
    const field = `${NAME}; client_max_window_bits=${bits}`;
    assertEquals(readChoice([field], true), {
      sending: { takesOver: false, windowBits: bits },
      receiving: { takesOver: true, windowBits: 15 },
    });
  }
});

Deno.test("the first offer that can be kept is chosen", () => {
  const limited = `${NAME}; server_max_window_bits=10`;
  const kept = `${ALONE}; server_max_window_bits=10`;
  assertEquals(answer(`${limited}, ${NAME}`), kept);
  assertEquals(answer(limited, NAME), kept);
  assertEquals(answer(`${NAME}; server_max_window_bits=8, ${NAME}`), ALONE);
  assertEquals(answer(`x-webkit-deflate-frame, ${NAME}`), ALONE);
  assertEquals(answer(`${NAME}; unknown, ${limited}`), kept);
});

Deno.test("offers that are wrong are declined", () => {
  for (
    const offer of [
      ...["", ",", "x-webkit-deflate-frame", "PERMESSAGE-DEFLATE2"],
      // zlib cannot write raw data for a window of 256 bytes.
      `${NAME}; server_max_window_bits=8`,
      ...["7", "16", "09", "1e1", "+9", "0x9", "9.0", "-9", '""'].flatMap((
        bits,
      ) => [
        `${NAME}; server_max_window_bits=${bits}`,
        `${NAME}; client_max_window_bits=${bits}`,
      ]),
      `${NAME}; server_max_window_bits`,
      `${NAME}; server_no_context_takeover=1`,
      `${NAME}; client_no_context_takeover=true`,
      `${NAME}; server_no_context_takeover; server_no_context_takeover`,
      `${NAME}; client_max_window_bits; client_max_window_bits=9`,
      `${NAME}; unknown`,
      ...[
        `${NAME};`,
        `${NAME};;`,
        `${NAME} server`,
        `${NAME}; a=`,
        `; ${NAME}`,
      ],
      `${NAME}; server_max_window_bits="10`,
    ]
  ) {
    assertEquals(answer(offer), undefined, offer);
  }
});

Deno.test("a server's choice that was not offered is refused", () => {
  assertEquals(readChoice([], true), undefined);
  assertEquals(readChoice([], false), undefined);
  for (
    const field of [
      ...["x-unknown", `${NAME}, ${NAME}`, `${NAME}; unknown`],
      ...[`${NAME};`, `${NAME}; client_max_window_bits`],
      ...["7", "8", "16"].map((bits) =>
        `${NAME}; client_max_window_bits=${bits}`
      ),
      `${NAME}; server_max_window_bits=16`,
      `${NAME}; server_no_context_takeover=1`,
    ]
  ) {
    assertThrows(
      () => readChoice([field], true),
      ConnectionError,
      "not offered",
      field,
    );
  }
  assertThrows(() => readChoice([NAME], false), ConnectionError);
});

Deno.test("a long field of offers is read in time that grows with its length", () => {
  const begun = performance.now();
  assertEquals(answer(`${NAME}${"; a".repeat(20_000)} !"`), undefined);
  assertEquals(answer(`${NAME}${" ".repeat(60_000)}"`), undefined);
  assertEquals(answer(",".repeat(60_000)), undefined);
  // A pattern that goes back on itself would take hours.
  assertEquals(performance.now() - begun < 5_000, true);
});
