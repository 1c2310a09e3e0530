/**
 * The stream that stores the last messages of all rooms.
 *
 * @module
 */

import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamAPI,
  type StreamConfig,
} from "@nats-io/jetstream";
import { nanos, type NatsConnection, RequestError } from "@nats-io/nats-core";
import { OptionTypeError } from "../../check.ts";
import { ROOMS } from "../nats_message.ts";

/** The name of the stream. */
export const STREAM = "PARLEY";
/** The most milliseconds that the store may take for an answer. */
export const STORE_TIMEOUT_MS = 3_000;

// Within it, the store takes each message id once. A restarted server takes it from
// the ids of the messages that it has.
const DUPLICATE_WINDOW_MS = 120_000;

/** What a hub needs of the stream. */
export interface StreamNeeds {
  readonly history: number;
  readonly replicas: number | undefined;
}

// Codes of errors that trying again does not mend, and that of a name in use.
const NOT_ENABLED = 10_076;
const NO_REPLICAS = 10_074;
const NAME_IN_USE = 10_058;

/**
 * Makes the stream if it does not exist, and compares its configuration.
 *
 * @param made When the stream was made that the hub has used so far, if any.
 * @returns When the stream was made.
 * @throws {TypeError} If there is no store, or the stream is another one.
 * @throws {Error} If the store does not answer for now.
 */
export async function roomStream(
  nc: NatsConnection,
  needs: StreamNeeds,
  made: string | undefined,
): Promise<string> {
  try {
    // The check would ask for the limits of the account, which not every user may.
    const { streams } = await jetstreamManager(nc, {
      checkAPI: false,
      timeout: STORE_TIMEOUT_MS,
    });
    const { config, created } = await streams.info(STREAM).catch((error) => {
      if (isMissing(error) && made === undefined) {
        return makeStream(streams, needs);
      }
      throw error;
    });
    if (made !== undefined && made !== created) throw replaced(nc);
    compare(nc, config, needs);
    return created;
  } catch (error) {
    throw inOurTerms(error, nc, needs);
  }
}

async function makeStream(streams: StreamAPI, needs: StreamNeeds) {
  try {
    return await streams.add({
      ...wanted(needs),
      name: STREAM,
      num_replicas: needs.replicas ?? 1,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    });
  } catch (error) {
    // Another hub has made it at the same moment.
    if (error instanceof JetStreamApiError && error.code === NAME_IN_USE) {
      return await streams.info(STREAM);
    }
    throw error;
  }
}

/** What would change the promise if it were different. */
function wanted(
  { history }: StreamNeeds,
): Partial<StreamConfig> & Pick<StreamConfig, "name"> {
  return {
    name: STREAM,
    subjects: [ROOMS],
    max_msgs_per_subject: history,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_msgs: -1,
    max_bytes: -1,
    max_age: 0,
  };
}

/** Hubs that keep different histories would each promise what the other breaks. */
function compare(
  nc: NatsConnection,
  config: StreamConfig,
  needs: StreamNeeds,
): void {
  const { history, replicas } = needs;
  if (config.max_msgs_per_subject !== history) {
    throw new OptionTypeError({
      action: "use",
      option: "history",
      value: history,
      reason: `the stream ${STREAM} at ${
        addressOf(nc)
      } keeps ${config.max_msgs_per_subject} messages of each room`,
      advice: "use its number, or delete the stream",
    });
  }
  if (replicas !== undefined && config.num_replicas !== replicas) {
    throw new OptionTypeError({
      action: "use",
      option: "replicas",
      value: replicas,
      reason: `the stream ${STREAM} at ${
        addressOf(nc)
      } has ${config.num_replicas}`,
      advice: "use its number, or change the stream",
    });
  }
  for (const [field, value] of Object.entries(wanted(needs))) {
    const found = config[field as keyof StreamConfig];
    if (JSON.stringify(found) === JSON.stringify(value)) continue;
    throw new OptionTypeError({
      action: "use the stream",
      address: STREAM,
      reason: `its ${field} is ${JSON.stringify(found)} and must be ${
        JSON.stringify(value)
      }`,
      advice: "change or delete the stream",
    });
  }
}

function replaced(nc: NatsConnection): OptionTypeError {
  return new OptionTypeError({
    action: "go on with the stream",
    address: STREAM,
    reason: `it was deleted at ${addressOf(nc)} and made again`,
  });
}

function inOurTerms(
  error: unknown,
  nc: NatsConnection,
  { replicas }: StreamNeeds,
): unknown {
  if (isWithoutStore(error, nc)) return withoutStore(nc, error);
  if (!(error instanceof JetStreamApiError)) return error;
  if (isMissing(error)) {
    return new OptionTypeError({
      action: "go on with the stream",
      address: STREAM,
      reason: `it was deleted at ${addressOf(nc)}`,
      cause: error,
    });
  }
  if (error.code === NO_REPLICAS) {
    return new OptionTypeError({
      action: "use",
      option: "replicas",
      value: replicas,
      reason: `${addressOf(nc)} is not in a cluster`,
      cause: error,
    });
  }
  return error;
}

function isWithoutStore(error: unknown, nc: NatsConnection): boolean {
  const { cause } = error instanceof Error ? error : {};
  // In a cluster that is starting, nothing answers for a moment.
  if (cause instanceof RequestError && cause.isNoResponders()) {
    return nc.info?.jetstream !== true;
  }
  const api = error instanceof JetStreamApiError ? error : cause;
  return api instanceof JetStreamApiError &&
    (api.code === NOT_ENABLED ||
      api.code === JetStreamApiCodes.JetStreamNotEnabledForAccount);
}

function isMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError &&
    error.code === JetStreamApiCodes.StreamNotFound;
}

function withoutStore(nc: NatsConnection, cause: unknown): OptionTypeError {
  return new OptionTypeError({
    action: "keep the history of rooms at",
    address: addressOf(nc),
    reason: "that server has no JetStream",
    advice: "start it with `nats-server --jetstream`",
    cause,
  });
}

function addressOf(nc: NatsConnection): string {
  return `nats://${nc.getServer()}`;
}
