/**
 * `deno task demo`: a server and a client hold real conversations, and every
 * step is checked.
 *
 * @module
 */

import { FAULT_STORY } from "./fault_story.ts";
import { HUB_STORY } from "./hub_story.ts";
import { LOAD_STORY } from "./load_story.ts";
import { Stage } from "./stage.ts";
import { STORY } from "./story.ts";
import { UDP_STORY } from "./udp_story.ts";
import { WEB_STORY } from "./web_story.ts";

const STEPS = [
  ...STORY,
  ...UDP_STORY,
  ...WEB_STORY,
  ...FAULT_STORY,
  ...LOAD_STORY,
  ...HUB_STORY,
];

/**
 * Plays the whole story.
 *
 * @returns 0 if every step came out as it should, else 1.
 */
async function main(): Promise<number> {
  const begun = performance.now();
  let [right, wrong] = [0, 0];
  const stage = new Stage();
  stage.begin();
  for (const step of STEPS) {
    try {
      await using scene = stage.scene(step.title);
      await step.play(scene);
      right += scene.right;
      wrong += scene.wrong;
    } catch (error) {
      stage.broken(error);
      wrong++;
    }
  }
  stage.end(right, wrong, performance.now() - begun);
  return wrong === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
