/**
 * What names the parts of a protocol's packets, by the protocol's name.
 *
 * @module
 */

import type { Explain } from "../../formats/named_framing.ts";
import { addVarintParts } from "../../formats/varint_prefix.ts";
import { MQTT_LAYOUT } from "../mqtt.ts";
import { addAmqpParts } from "./amqp.ts";
import { addMemcachedParts } from "./memcached.ts";
import { addMysqlParts } from "./mysql.ts";
import { addNmeaParts } from "./nmea.ts";
import { addLineParts } from "./payload_line.ts";
import { addPostgresParts } from "./postgres.ts";
import { addSmtpParts } from "./smtp.ts";
import { addStompParts } from "./stomp.ts";
import { addWebsocketParts } from "./websocket.ts";

const PARTS: Readonly<Record<string, Explain>> = {
  amqp: addAmqpParts,
  memcached: addMemcachedParts,
  mqtt: (parts, frame) => addVarintParts(parts, frame, MQTT_LAYOUT),
  mysql: addMysqlParts,
  nats: addLineParts,
  nmea: addNmeaParts,
  postgres: addPostgresParts,
  smtp: addSmtpParts,
  stomp: addStompParts,
  websocket: addWebsocketParts,
};

/**
 * What names the parts of a protocol with packets of its own.
 *
 * @returns It, or `undefined` if the protocol's framing names them.
 */
export function partsOfProtocol(name: string): Explain | undefined {
  return PARTS[name];
}
