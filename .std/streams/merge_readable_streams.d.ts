/** Reads several streams into one, chunks in the order they arrive. */
export function mergeReadableStreams<T>(
  ...streams: ReadableStream<T>[]
): ReadableStream<T>;
