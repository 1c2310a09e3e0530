/**
 * The defaults of the options of connections, servers and requests. They are apart
 * from the code that uses them, as the help of the executables shows them without
 * it.
 *
 * @module
 */

/**
 * The default of `ChannelOptions.highWaterMarkBytes`: 64 KiB, as in
 * Netty and .NET's pipelines.
 */
export const DEFAULT_HIGH_WATER_MARK_BYTES: number = 64 * 1024;

/**
 * The default of `ChannelOptions.maxBufferedBytes`: 16 MiB. That is 256
 * times the high-water mark, so a program that awaits `send` never comes near it,
 * and a hundred connections that reach it hold 1.6 GB and not all memory.
 */
export const DEFAULT_MAX_BUFFERED_BYTES: number = 16 * 1024 * 1024;

/** The default of `ConnectOptions.connectTimeoutMs`: 10 s. */
export const DEFAULT_CONNECT_TIMEOUT_MS: number = 10_000;

/** The default of `tlsHandshakeTimeoutMs`: 10 s, as Netty. */
export const DEFAULT_TLS_HANDSHAKE_TIMEOUT_MS: number = 10_000;

/**
 * The default of `ServeOptions.maxConnections`: 10,000, some 200 MiB
 * of idle connections.
 */
export const DEFAULT_MAX_CONNECTIONS: number = 10_000;

/** The default of `ShutdownOptions.graceMs`: 5 s, as Ranch. */
export const DEFAULT_GRACE_MS: number = 5_000;

/** The default of `DatagramRequestOptions.attempts`: 3. */
export const DEFAULT_ATTEMPTS: number = 3;
