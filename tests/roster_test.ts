import { assert, assertEquals, assertLess } from "@std/assert";
import { type Member, Roster } from "../lib/roster.ts";

function members(count: number): (Member & { readonly id: number })[] {
  return Array.from({ length: count }, (_, id) => ({ id, place: -1 }));
}

Deno.test("Roster holds what a Set holds, in the same order, whatever comes and goes", () => {
  const all = members(200);
  const roster = new Roster<Member & { readonly id: number }>();
  const set = new Set<Member & { readonly id: number }>();
  let seed = 1;
  for (let step = 0; step < 20_000; step++) {
    seed = (seed * 48_271) % 2_147_483_647;
    const member = all[seed % (step % 2_000 < 1_000 ? 200 : 7)]!;
    if (seed % 3 === 0) {
      assertEquals(roster.delete(member), set.delete(member));
    } else {
      roster.add(member);
      set.add(member);
    }
    assertEquals(roster.size, set.size);
    assertEquals(roster.has(member), set.has(member));
    if (step % 97 === 0) assertEquals([...roster], [...set]);
  }
  assertEquals([...roster.entries()], [...set.entries()]);
  assertEquals([...roster.keys()], [...roster.values()]);
  roster.clear();
  assertEquals([roster.size, ...roster], [0]);
  assert(all.every((member) => !roster.has(member)));
});

Deno.test("Roster leaves out of an iteration what has left before its turn", () => {
  const all = members(100);
  const roster = new Roster<Member & { readonly id: number }>();
  for (const member of all) roster.add(member);
  const seen: number[] = [];
  for (const { id } of roster) {
    seen.push(id);
    // So many that the others are moved together.
    if (id === 0) all.slice(1, 90).forEach((member) => roster.delete(member));
    if (id === 95) roster.delete(all[96]!);
  }
  assertEquals(seen, [0, 90, 91, 92, 93, 94, 95, 97, 98, 99]);
});

Deno.test("Roster does not take a member for its own by its place", () => {
  const [one, other] = members(2);
  const first = new Roster<Member>();
  const second = new Roster<Member>();
  first.add(one!);
  second.add(other!);
  assertEquals([first.has(other!), first.delete(other!)], [false, false]);
  assertEquals([first.size, second.has(other!)], [1, true]);
});

Deno.test("Roster combines with sets as a set does", () => {
  const [a, b, c] = members(3);
  const roster = new Roster<Member>();
  roster.add(a!);
  roster.add(b!);
  const other = new Set([b!, c!]);
  assertEquals([...roster.union(other)], [a, b, c]);
  assertEquals([...roster.intersection(other)], [b]);
  assertEquals([...roster.difference(other)], [a]);
  assertEquals([...roster.symmetricDifference(other)], [a, c]);
  assert(roster.isSupersetOf(new Set([a!])));
  assert(roster.isSubsetOf(new Set([a!, b!, c!])));
  assert(roster.isDisjointFrom(new Set([c!])));
  const seen: Member[] = [];
  roster.forEach((member) => seen.push(member));
  assertEquals(seen, [a!, b!]);
  assertEquals(Deno.inspect(roster), Deno.inspect(new Set([a, b])));
});

// The reason for the roster: see its file. In the same program a set keeps 8 to 32 MB.
Deno.test("Roster keeps nothing in memory that has left, also of what is younger than it", async () => {
  const roster = JSON.stringify(import.meta.resolve("../lib/roster.ts"));
  const program = `
    const { Roster } = await import(${roster});
    const roster = new Roster();
    const open = [];
    const collect = () => gc({ type: "minor" });
    collect(), collect(), gc();
    const before = Deno.memoryUsage().heapUsed;
    for (let i = 0; i < 20_000; i++) {
      const member = { place: -1, held: new Array(500).fill(i) };
      roster.add(member);
      open.push(member);
      if (open.length > 16) roster.delete(open.shift());
      if (i % 1_000 === 0) collect();
    }
    collect(), collect();
    console.log(Deno.memoryUsage().heapUsed - before);
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--v8-flags=--expose-gc", program],
  }).output();
  const grownBytes = Number.parseInt(new TextDecoder().decode(stdout));
  assertLess(grownBytes, 2_000_000);
});
