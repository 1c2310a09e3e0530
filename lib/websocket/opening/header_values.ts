/**
 * Fields of a head by their names.
 *
 * @module
 */

import type { HeaderField } from "../../http/wire/events.ts";
import { membersOf } from "../../http/wire/fields.ts";

/** The values of all fields of a name, in their order. */
export function valuesOf(
  headers: readonly HeaderField[],
  name: string,
): string[] {
  return headers
    .filter(([field]) => field.toLowerCase() === name)
    .map(([, value]) => value);
}

/** The members of the lists in all fields of a name. */
export function listOf(
  headers: readonly HeaderField[],
  name: string,
): string[] {
  return valuesOf(headers, name).flatMap(membersOf)
    .filter((member) => member !== "");
}

/** Whether a list has a member; case does not matter. */
export function listHas(
  headers: readonly HeaderField[],
  name: string,
  member: string,
): boolean {
  return listOf(headers, name).some((one) => one.toLowerCase() === member);
}
