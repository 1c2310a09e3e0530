/**
 * What this library is tested with, for those who build on it: a check of your
 * own framing.
 *
 * @module
 */

export type { Framing } from "../framing/framing.ts";
