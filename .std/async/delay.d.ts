/** Options of `delay`. */
export interface DelayOptions {
  /** Ends the wait: the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Whether the process stays alive for it. */
  persistent?: boolean;
}

/** Waits for some milliseconds. */
export function delay(ms: number, options?: DelayOptions): Promise<void>;
