/**
 * Framings by the names of the protocols that use them.
 *
 * People do not think `length:4,offset=3,adjust=1`; they think "AMQP". A message
 * of a named protocol is the whole packet, header included, unless the header is
 * nothing but its length. So a program that sends back what came sends the same
 * bytes, and what a tool shows is what the protocol's documentation draws.
 *
 * @module
 */

import { ber } from "../formats/ber.ts";
import { contentLength } from "../formats/content_length.ts";
import { fix } from "../formats/fix.ts";
import { lengthPrefix } from "../formats/length_prefix.ts";
import { line } from "../formats/line.ts";
import { mllp } from "../formats/mllp.ts";
import { explaining } from "../formats/named_framing.ts";
import { packetFraming } from "../formats/packet.ts";
import { recordMarking } from "../formats/record_marking.ts";
import { resp } from "../formats/resp.ts";
import { varintPrefix } from "../formats/varint_prefix.ts";
import { syslog } from "../formats/syslog.ts";
import type { Framing } from "../framing.ts";
import { AmqpScanner } from "./amqp.ts";
import * as headers from "./headers.ts";
import { memcachedScanner } from "./memcached.ts";
import { MqttScanner } from "./mqtt.ts";
import { mysqlScanner } from "./mysql.ts";
import { NATS } from "./nats.ts";
import { NmeaScanner } from "./nmea.ts";
import { headerParts } from "./parts/packet.ts";
import { partsOfProtocol } from "./parts/protocol_parts.ts";
import { PayloadLineScanner } from "./payload_lines.ts";
import { postgresScanner } from "./postgres.ts";
import { smtpScanner } from "./smtp/smtp.ts";
import { StompScanner } from "./stomp.ts";
import { websocketScanner } from "./websocket.ts";
import { HeaderScanner, type PacketHeader } from "./packet_header.ts";

/** A protocol whose name is the name of a framing. */
export interface Protocol {
  /** The name, such as `redis`. */
  readonly name: string;
  /** The port on which its servers listen by default, if there is one. */
  readonly port: number | undefined;
  /** What a message is, in a few words. */
  readonly summary: string;
}

interface Entry {
  readonly port?: number;
  readonly summary: string;
  make(name: string): Framing;
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  "9p": {
    port: 564,
    summary: "9P2000 messages",
    make: packets("9P message", headers.NINE_P),
  },
  amqp: {
    port: 5672,
    summary: "AMQP 0-9-1 frames, and the header that opens a connection",
    make: (name) =>
      packetFraming(name, "AMQP frame", (max) => new AmqpScanner(max)),
  },
  bgp: {
    port: 179,
    summary: "BGP-4 messages",
    make: packets("BGP message", headers.BGP),
  },
  bitcoin: {
    port: 8333,
    summary: "messages between Bitcoin nodes",
    make: packets("Bitcoin message", headers.BITCOIN),
  },
  dap: {
    summary: "Debug Adapter Protocol, the JSON without its header block",
    make: renamed(contentLength()),
  },
  diameter: {
    port: 3868,
    summary: "Diameter messages",
    make: packets("Diameter message", headers.DIAMETER),
  },
  dns: {
    port: 53,
    summary: "DNS messages over TCP, without their length",
    make: renamed(lengthPrefix({ bytes: 2 })),
  },
  docker: {
    port: 2375,
    summary: "output of a container, as docker attach and logs send it",
    make: packets("Docker frame", headers.DOCKER),
  },
  fix: {
    summary: "FIX messages in tag=value form",
    make: fix,
  },
  irc: {
    port: 6667,
    summary: "IRC lines, without CR LF",
    make: renamed(line({ crlf: true })),
  },
  iso8583: {
    summary: "ISO 8583 messages after a length of two bytes",
    make: renamed(lengthPrefix({ bytes: 2 })),
  },
  kafka: {
    port: 9092,
    summary: "Kafka requests and responses, without their length",
    make: renamed(lengthPrefix({ bytes: 4 })),
  },
  ldap: {
    port: 389,
    summary: "LDAP messages",
    make: renamed(ber()),
  },
  lsp: {
    summary: "Language Server Protocol, the JSON without its header block",
    make: renamed(contentLength()),
  },
  memcached: {
    port: 11211,
    summary: "memcached lines with their data blocks, and binary packets",
    make: (name) => packetFraming(name, "memcached message", memcachedScanner),
  },
  minecraft: {
    port: 25565,
    summary: "Minecraft packets, without their length",
    make: renamed(varintPrefix({ bytes: 3 })),
  },
  mllp: {
    port: 2575,
    summary: "HL7 messages, without the bytes around them",
    make: mllp,
  },
  modbus: {
    port: 502,
    summary: "Modbus over TCP",
    make: packets("Modbus packet", headers.MODBUS),
  },
  mongodb: {
    port: 27017,
    summary: "MongoDB wire messages",
    make: packets("MongoDB message", headers.MONGODB),
  },
  mqtt: {
    port: 1883,
    summary: "MQTT control packets",
    make: (name) =>
      packetFraming(name, "MQTT packet", (max) => new MqttScanner(max)),
  },
  mysql: {
    port: 3306,
    summary: "MySQL and MariaDB packets",
    make: (name) => packetFraming(name, "MySQL packet", mysqlScanner),
  },
  nats: {
    port: 4222,
    summary: "NATS lines with their payloads",
    make: (name) =>
      packetFraming(
        name,
        "NATS message",
        (max) => new PayloadLineScanner(NATS, max),
      ),
  },
  nmea: {
    port: 10110,
    summary: "NMEA 0183 sentences of GPS and AIS receivers",
    make: (name) =>
      packetFraming(name, "NMEA sentence", (max) => new NmeaScanner(max), {
        lastByte: 0x0a,
      }),
  },
  postgres: {
    port: 5432,
    summary: "PostgreSQL messages, and the packets before the first one",
    make: (name) => packetFraming(name, "PostgreSQL message", postgresScanner),
  },
  redis: {
    port: 6379,
    summary: "RESP values of Redis and Valkey, versions 2 and 3",
    make: renamed(resp()),
  },
  rpc: {
    port: 111,
    summary: "ONC RPC records, such as NFS, without their fragment headers",
    make: recordMarking,
  },
  smpp: {
    port: 2775,
    summary: "SMPP packets",
    make: packets("SMPP packet", headers.SMPP),
  },
  smtp: {
    port: 25,
    summary: "SMTP commands, mails after DATA, and whole replies",
    make: (name) => packetFraming(name, "SMTP message", smtpScanner),
  },
  stomp: {
    port: 61613,
    summary: "STOMP frames, and heart-beats between them",
    make: (name) =>
      packetFraming(name, "STOMP frame", (max) => new StompScanner(max)),
  },
  syslog: {
    port: 514,
    summary: "syslog messages over TCP, counted or in lines",
    make: syslog,
  },
  tls: {
    port: 443,
    summary: "TLS records, not decrypted",
    make: packets("TLS record", headers.TLS),
  },
  websocket: {
    port: 80,
    summary: "WebSocket frames, and the HTTP heads before them",
    make: (name) => packetFraming(name, "WebSocket frame", websocketScanner),
  },
};

const FRAMINGS: ReadonlyMap<string, Framing> = new Map(
  Object.entries(ENTRIES).map(([name, { make }]) => [
    name,
    explaining(make(name), partsOfProtocol(name)),
  ]),
);

/** The protocols that can be named, in the order of their names. */
export const PROTOCOLS: readonly Protocol[] = Object.entries(ENTRIES)
  .map(([name, { port, summary }]) => ({ name, port, summary }));

/**
 * The framing of a protocol.
 *
 * @param name The protocol's name.
 * @returns The framing, or `undefined` if there is no such protocol.
 */
export function protocolFraming(name: string): Framing | undefined {
  return FRAMINGS.get(name);
}

/** Gives a framing the protocol's name, for errors and `toString()`. */
function renamed(framing: Framing): (name: string) => Framing {
  return (name) => ({
    badFrames: framing.badFrames ?? "fail",
    boundary: framing.boundary,
    decoder: (options) => framing.decoder(options),
    encoder: (options) => framing.encoder(options),
    ...(framing.explain === undefined ? {} : {
      explain: (frame, place) => framing.explain!(frame, place),
    }),
    toString: () => name,
  });
}

function packets(
  packet: string,
  header: PacketHeader,
): (name: string) => Framing {
  return (name) =>
    packetFraming(
      name,
      packet,
      (maxMessageBytes) => new HeaderScanner(header, maxMessageBytes),
      { explain: headerParts(header) },
    );
}
