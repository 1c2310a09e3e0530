/**
 * Rooms that hubs on several machines share, through
 * [NATS](https://nats.io). `natsBackbone` is given to `serveHub` of
 * `@parley/parley/hub`; `parley-server hub --nats URL` does the same.
 *
 * A hub needs a server of NATS, which is one program and one package of most
 * systems:
 *
 * ```sh
 * nats-server                                       # rooms, nothing stored
 * nats-server --jetstream --store_dir /var/lib/nats # rooms with a history
 * ```
 *
 * Without `history` a hub uses core NATS, which stores nothing. With it, it uses
 * JetStream: one stream `PARLEY` for all rooms, which keeps the last `history`
 * messages of each. All hubs must have the same `history`.
 *
 * | | core: no `history` | JetStream: `history: N` |
 * | --- | --- | --- |
 * | when members see a message | those of the same hub at once | all once the store has it |
 * | order | of each sender; two senders may be seen in another order on another machine | one order for each room, on all machines |
 * | a server of NATS dies | what it had is lost, as a gap that members see | nothing is lost that a hub has accepted |
 * | the hub is cut off from NATS, or the server is stopped | its own members go on; what they publish waits up to `backboneQueueBytes` (16 MiB), the rest is dropped; members on both sides see gaps | messages wait up to `backboneQueueBytes`, then their senders wait; what waited goes out once |
 * | away while `history` or more messages came | - | its members see a gap |
 * | a hub dies | what it had not handed over is lost with it, as its members are | the same; what the store has is not lost |
 * | duplicates | none | none: the store takes each id once within 2 minutes, and a hub skips ids among the last 1,024 messages of a room |
 * | a slow hub | the server ends its connection when too much waits for it: a gap | it catches up from the store |
 * | a full store | nothing is stored | rooms are never forgotten, so the store grows with each new name of a room, up to `max_file_store` of nats-server. Then members see that their room is cut off, and messages wait, then their senders, until there is space |
 * | power loss of a server | nothing is stored | the last messages are lost, though they were acknowledged: nats-server does not wait for the disk, but writes to it every 2 minutes (`sync_interval: always` changes that, from nats-server 2.10 on). With `replicas: 3` that takes two machines that fail at once |
 * | partition of a cluster | each side goes on by itself, and members see gaps when it is over | the side with the majority goes on, the other one waits |
 * | clocks that jump | nothing depends on them | the 2 minutes are of the server's clock |
 *
 * This was measured with three servers in a cluster, two hubs and 50 members, where
 * each server and each hub in turn was killed, stopped for 12 seconds and cut from
 * the network for 12 seconds. With `history` and three replicas, 55,970 messages were
 * accepted, and none was lost, doubled or out of order on any member that stayed or
 * came back. On core NATS members missed 229,850 of 2.6 million deliveries, in the
 * seconds until a hub notices that its server is gone, and the gaps that they saw
 * had exactly that number. A member of another hub gets a message 0.5 ms later than
 * one of the same hub without NATS, 0.8 ms with `history`.
 *
 * Power loss was measured with one server and its store on a file system that was shut
 * down without its pending writes. After 12 seconds all 2,146 messages that members had
 * seen were gone; after 165 seconds the last 154 of 3,247 were. What was kept was in
 * order and without holes.
 *
 * A sender has one message under way to the store, so that a change of leader
 * cannot change the order. That bounds what one member can send with `history` to
 * one message for each round trip; members do not bound each other.
 *
 * Subjects are `parley.room.<name in base32>` for messages and
 * `parley.hub.<name in base32>` for what hubs tell each other. The payload is the
 * message as it is, so other programs can take part. A user of NATS needs to
 * publish and subscribe `parley.>` and `_INBOX.>`, and with `history` to publish
 * `$JS.API.>`.
 *
 * @example Two hubs on two machines
 * ```ts ignore
 * import { serveHub } from "@parley/parley/hub";
 * import { natsBackbone } from "@parley/parley/nats";
 *
 * await using hub = await serveHub("tcp://0.0.0.0:7342", {
 *   backbone: natsBackbone({ servers: ["nats://10.0.0.1", "nats://10.0.0.2"] }),
 * });
 * ```
 *
 * @module
 */

export { natsBackbone } from "./nats_backbone.ts";
export type { NatsBackboneOptions, NatsCredentials } from "./nats_options.ts";
