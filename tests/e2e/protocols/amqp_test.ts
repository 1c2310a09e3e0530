/**
 * Framing `amqp` against RabbitMQ and amqplib of npm; where RabbitMQ is not
 * installed, amqplib gets its answers from `serve()`. RabbitMQ speaks STOMP too.
 *
 * @module
 */

import { type MessageConnection, serve } from "@parley/parley";
import { assert, assertEquals } from "@std/assert";
import {
  opened,
  peerTest,
  portOf,
  run,
  start,
} from "../../support/protocol_peers.ts";
import { type Recorded, Recorder } from "../../support/recorder.ts";
import { wholePackets } from "../../support/whole_packets.ts";
import * as amqp from "../../support/amqp_frames.ts";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";
import { checkStompit } from "../../support/stompit.ts";
import { npmProgram } from "../../support/npm_program.ts";
import type { Process } from "../../support/processes.ts";
import { freePort } from "../../support/ports.ts";

const START = [10, 10] as const;
const START_OK = [10, 11] as const;
const TUNE = [10, 30] as const;
const TUNE_OK = [10, 31] as const;
const OPEN = [10, 40] as const;
const OPEN_OK = [10, 41] as const;
const CLOSE = [10, 50] as const;
const CLOSE_OK = [10, 51] as const;
const CHANNEL_OPEN = [20, 10] as const;
const CHANNEL_OPEN_OK = [20, 11] as const;
const DECLARE = [50, 10] as const;
const DECLARE_OK = [50, 11] as const;
const CONSUME = [60, 20] as const;
const CONSUME_OK = [60, 21] as const;
const PUBLISH = [60, 40] as const;
const DELIVER = [60, 60] as const;

// The script that Debian has in the PATH changes the user; this one does not.
const BROKER =
  (await run("ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
    .text.trim();

/** A broker of its own; all that it starts ends with it. */
async function rabbitmq(
  folder: string,
  port: number,
  stompPort: number,
): Promise<Process> {
  await Deno.writeTextFile(
    `${folder}/rabbitmq.conf`,
    `listeners.tcp.default = 127.0.0.1:${port}
stomp.listeners.tcp.1 = 127.0.0.1:${stompPort}
log.console = true
`,
  );
  await Deno.writeTextFile(`${folder}/plugins`, "[rabbitmq_stomp].\n");
  const server = start(
    ...["unshare", "--pid", "--fork", "--kill-child", "env"] as const,
    ...[`HOME=${folder}`, `RABBITMQ_CONFIG_FILE=${folder}/rabbitmq.conf`],
    ...[`RABBITMQ_MNESIA_BASE=${folder}/data`, "RABBITMQ_LOGS=-"],
    ...[`RABBITMQ_LOG_BASE=${folder}`, "RABBITMQ_PID_FILE=/dev/null"],
    ...[`RABBITMQ_ENABLED_PLUGINS_FILE=${folder}/plugins`],
    ...["RABBITMQ_NODENAME=parley@localhost"],
    // The service by which nodes find each other.
    ...["ERL_EPMD_ADDRESS=127.0.0.1", `ERL_EPMD_PORT=${freePort()}`],
    ...[`RABBITMQ_DIST_PORT=${freePort()}`, BROKER],
  );
  await server.outputLine(/Server startup complete/);
  return server;
}

/** Checks what went by between amqplib and a broker. */
function checkConversation({ client, server }: Recorded): void {
  const sent = wholePackets("amqp", client);
  assertEquals(fromLatin1(sent[0]!), amqp.PROTOCOL_HEADER);
  const asked = sent.slice(1).map(amqp.read);
  const answered = wholePackets("amqp", server).map(amqp.read);
  const methods = (frames: typeof asked) =>
    frames.filter(({ type }) => type === amqp.FRAME.method)
      .map(({ method }) => method);
  assertEquals(methods(asked), [
    ...[START_OK, TUNE_OK, OPEN, CHANNEL_OPEN, DECLARE, CONSUME],
    ...Array(5).fill(PUBLISH),
    CLOSE,
  ]);
  assertEquals(methods(answered), [
    ...[START, TUNE, OPEN_OK, CHANNEL_OPEN_OK, DECLARE_OK, CONSUME_OK],
    ...Array(5).fill(DELIVER),
    CLOSE_OK,
  ]);
  // A header for each message, and bodies for those that are not empty.
  for (const frames of [asked, answered]) {
    const count = (type: number) =>
      frames.filter((frame) => frame.type === type).length;
    assertEquals(count(amqp.FRAME.header), 5);
    assert(count(amqp.FRAME.body) >= 4);
  }
}

/** Runs amqplib against a port. */
async function amqplib(port: number): Promise<Recorded> {
  await using recorder = new Recorder({ port });
  await using client = npmProgram("amqp", `${recorder.port}`);
  await client.end();
  const { code, stdout, stderr } = await client.ended();
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout), [0, 1, 4088, 4089, 300_000]);
  const [recorded, ...more] = await recorder.over();
  assertEquals(more, []);
  return recorded!;
}

Deno.test("amqp: amqplib of npm talks with serve()", async () => {
  await using server = await serve(
    "tcp://127.0.0.1:0",
    { framing: "amqp" },
    answer,
  );
  checkConversation(await amqplib(portOf(server)));
});

/** A broker of one queue, whose messages go to its consumer at once. */
async function answer(peer: MessageConnection<Uint8Array>): Promise<void> {
  const send = (frame: string) => peer.send(latin1(frame));
  assertEquals(fromLatin1((await peer.receive())!), amqp.PROTOCOL_HEADER);
  await send(amqp.method(
    ...[0, START, "\0\x09", amqp.longString("")] as const,
    ...[amqp.longString("PLAIN"), amqp.longString("en_US")],
  ));
  for await (const frame of peer) {
    const { type, channel, method } = amqp.read(frame);
    if (type !== amqp.FRAME.method) {
      await peer.send(frame);
      continue;
    }
    const next = NEXT.get(method.join());
    if (next !== undefined) await send(next(channel));
  }
}

/** What follows each method. */
const NEXT = new Map<string, (channel: number) => string>([
  [
    START_OK.join(),
    (c) => amqp.method(c, TUNE, amqp.short(9), amqp.long(4096), amqp.short(0)),
  ],
  [OPEN.join(), (c) => amqp.method(c, OPEN_OK, amqp.shortString(""))],
  [
    CHANNEL_OPEN.join(),
    (c) => amqp.method(c, CHANNEL_OPEN_OK, amqp.longString("")),
  ],
  [
    DECLARE.join(),
    (c) =>
      amqp.method(
        ...[c, DECLARE_OK, amqp.shortString("q")] as const,
        ...[amqp.long(0), amqp.long(0)],
      ),
  ],
  [CONSUME.join(), (c) => amqp.method(c, CONSUME_OK, amqp.shortString("me"))],
  [
    PUBLISH.join(),
    (c) =>
      amqp.method(
        ...[
          c,
          DELIVER,
          amqp.shortString("me"),
          "\0".repeat(7) + "\x01",
        ] as const,
        ...["\0", amqp.shortString(""), amqp.shortString("q")],
      ),
  ],
  [CLOSE.join(), (c) => amqp.method(c, CLOSE_OK)],
]);

await peerTest({
  name: "amqp, stomp: amqplib, connect() and stompit talk with RabbitMQ",
  needs: ["unshare", "epmd"],
  unless: BROKER === "" || !await canSeparate()
    ? "rabbitmq-server is not installed, or process namespaces cannot be made"
    : undefined,
  async fn(folder) {
    const port = freePort();
    const stompPort = freePort();
    await using _server = await rabbitmq(folder, port, stompPort);
    checkConversation(await amqplib(port));
    await checkStompit(stompPort);

    await using peer = await opened(port, "amqp");
    const receive = async () => amqp.read(await peer.receive()).method;
    await peer.send(amqp.PROTOCOL_HEADER);
    assertEquals(await receive(), START);
    await peer.send(amqp.method(
      ...[0, START_OK, amqp.longString(""), amqp.shortString("PLAIN")] as const,
      ...[amqp.longString("\0guest\0guest"), amqp.shortString("en_US")],
    ));
    assertEquals(await receive(), TUNE);
    await peer.send(
      amqp.method(0, TUNE_OK, amqp.short(2047), amqp.long(4096), amqp.short(0)),
    );
    await peer.send(
      amqp.method(0, OPEN, amqp.shortString("/"), amqp.shortString(""), "\0"),
    );
    assertEquals(await receive(), OPEN_OK);
    for (let channel = 1; channel <= 100; channel++) {
      void peer.send(amqp.method(channel, CHANNEL_OPEN, amqp.shortString("")));
    }
    const channels = new Set<number>();
    for (let count = 0; count < 100; count++) {
      const { channel, method } = amqp.read(await peer.receive());
      assertEquals(method, CHANNEL_OPEN_OK);
      channels.add(channel);
    }
    assertEquals(channels.size, 100);

    // It answers a version that it does not speak with its own.
    await using other = await opened(port, "amqp");
    await other.send("AMQP\0\0\x07\x07");
    assertEquals(fromLatin1(await other.receive()), amqp.PROTOCOL_HEADER);
  },
});

async function canSeparate(): Promise<boolean> {
  return (await run("unshare --pid --fork --kill-child true")).code === 0;
}
