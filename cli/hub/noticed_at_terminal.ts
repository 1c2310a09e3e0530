/**
 * Which events a person at the hub's terminal sees as notices. The log leaves them
 * out, so that each is shown once.
 *
 * @module
 */

import type { HubEvent, HubMember } from "../../lib/hub/mod.ts";

/**
 * Makes what tells such events from others. What the terminal itself does not see, or
 * not all of it, is logged in any case: a member that was cut, what others miss, and
 * why the hub is cut off from others.
 */
export function noticedAtTerminal(): (event: HubEvent) => boolean {
  let terminal: HubMember | undefined;
  const isIn = (room: string) => terminal?.rooms.includes(room) === true;
  return (event) => {
    switch (event.type) {
      case "joined":
        // No address of the command line is in memory.
        if (event.member.remoteAddress.transport === "memory") {
          terminal = event.member;
        }
        return isIn(event.room);
      case "left":
        // The end of the hub has one notice for all members.
        return event.why !== "slow" && event.why !== "stopping" &&
          isIn(event.room);
      case "finished":
      case "renamed":
        return event.member.rooms.some(isIn);
      case "dropped":
      case "skipped":
      case "not_passed_on":
        return event.member === terminal;
      case "gap":
        return isIn(event.room);
      case "backbone":
        return event.state.type === "back" && terminal !== undefined;
      default:
        return false;
    }
  };
}
