/**
 * What the executables speak with once they listen or connect: values of several
 * entry points, without the table of framings and what else only some command lines
 * need. Those are loaded from the entry points with `import()`; what comes before is
 * in `start.ts`.
 *
 * It is not an entry point: programs import those.
 *
 * @module
 */

export { ByteSink } from "./bytes/byte_sink.ts";
export { FrameDecoder } from "./framing/frame_decoder.ts";
export { line } from "./framing/formats/line.ts";
export { otherSide } from "./framing/side.ts";
export { shakeHands } from "./session/channel/handshake.ts";
export { drawsOf, fork, type Random, seeded } from "./random.ts";
export { Recent } from "./recent.ts";
export { connect } from "./session/messages/connect.ts";
export {
  isTransient,
  retrying,
  type RetryOptions,
} from "./session/messages/retry.ts";
export { startTls } from "./session/messages/start_tls.ts";
export { pause } from "./time/pause.ts";
export { LONGEST_TIMER_MS, SYSTEM_TIME, type Time } from "./time/time.ts";
export { everyInterfaceFor } from "./transport/ip.ts";
export { OuterConnection } from "./transport/outer_connection.ts";
export { OuterEndpoint } from "./transport/udp/outer_endpoint.ts";
