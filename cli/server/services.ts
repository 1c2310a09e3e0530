/**
 * The services: a row of this table and a file each. Their names are commands,
 * and `--help` is made of their summaries.
 *
 * @module
 */

import { HTTP_DETAILS, urlOf } from "../http/server/http_manual.ts";
import type { Service } from "./service.ts";
import { discard, discardDatagram } from "./services/discard.ts";
import { echo, echoDatagram } from "./services/echo.ts";
import { greet } from "./services/greet.ts";
import { print, printDatagram } from "./services/print.ts";
import { reverse, reverseDatagram } from "./services/reverse.ts";
import { upper, upperDatagram } from "./services/upper.ts";

/** The services by name. */
export const SERVICES: Readonly<Record<string, Service>> = {
  echo: {
    summary: "answers each message with itself",
    stream: echo,
    datagram: echoDatagram,
  },
  upper: {
    summary: "answers in Unicode upper case; only UTF-8 is text",
    stream: upper,
    datagram: upperDatagram,
  },
  reverse: {
    summary: "answers with the bytes in reverse order",
    stream: reverse,
    datagram: reverseDatagram,
  },
  greet: {
    summary: "speaks first, see --message, --every and --count",
    stream: greet,
    notOverUdp:
      "it speaks first, and over UDP it knows of no peer before a datagram comes",
  },
  discard: {
    summary: "reads and counts",
    stream: discard,
    datagram: discardDatagram,
  },
  print: {
    summary: "shows each message on standard output, in --format",
    stream: print,
    datagram: printDatagram,
  },
  http: {
    summary: "shows a browser what it sent; with --root, serves files",
    protocol: {
      load: () => import("../http/server/start_http.ts"),
      write: urlOf,
    },
    notOverUdp: "HTTP/1.1 needs connections, and UDP has none",
    details: HTTP_DETAILS,
  },
};
