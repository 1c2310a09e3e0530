import { assertEquals, assertThrows } from "@std/assert";
import { parseFault } from "../../lib/testing/mod.ts";

const READ: Record<string, object> = {
  "split:3": { name: "split", bytes: 3 },
  "split:64KiB": { name: "split", bytes: 65_536 },
  "delay:200ms": { name: "delay", ms: 200, jitterMs: 0 },
  "delay:1.5s,jitter=200ms": { name: "delay", ms: 1500, jitterMs: 200 },
  "rate:64KiB/s": { name: "rate", bytesPerSecond: 65_536 },
  "corrupt:1%": { name: "corrupt", probability: 0.01 },
  "drop:0.25": { name: "drop", probability: 0.25 },
  "duplicate:100%": { name: "duplicate", probability: 1 },
  "reorder:.5": { name: "reorder", probability: 0.5 },
  "truncate:0": { name: "truncate", after: 0, unit: "bytes" },
  "reset-after:10": { name: "reset-after", after: 10, unit: "bytes" },
  "stall-after:3msg": { name: "stall-after", after: 3, unit: "messages" },
  "slow-end:2s": { name: "slow-end", ms: 2000 },
  "refuse": { name: "refuse" },
  "refuse,share=30%": { name: "refuse", share: 0.3 },
  "to-server:drop:1%": {
    name: "drop",
    probability: 0.01,
    direction: "toServer",
    text: "drop:1%",
  },
  "to-client:split:1,connection=2-4,message=7": {
    name: "split",
    bytes: 1,
    direction: "toClient",
    connections: { first: 2, last: 4 },
    messages: { first: 7, last: 7 },
    text: "split:1,connection=2-4,message=7",
  },
  // Commas, colons and slashes inside an expression are its own.
  [String.raw`drop:1,when=/a,b:\/[/,]x/,times=2`]: {
    name: "drop",
    probability: 1,
    when: /a,b:\/[/,]x/,
    times: 2,
  },
};

for (const [text, fault] of Object.entries(READ)) {
  Deno.test(`parseFault() reads ${text}`, () => {
    assertEquals<object>(parseFault(text), { text, ...fault });
  });
}

const REFUSED: Record<string, string> = {
  "":
    "column 1: there is no fault here; write one of refuse, drop, duplicate, reorder, corrupt, truncate, reset-after, stall-after, delay, split, rate, slow-end",
  "delya:1s": 'column 1: there is no fault "delya" (did you mean "delay"?)',
  "latency:1s":
    'column 1: there is no fault "latency"; write one of refuse, drop, duplicate, reorder, corrupt, truncate, reset-after, stall-after, delay, split, rate, slow-end',
  "to-sever:drop:1%":
    'column 1: there is no direction "to-sever" (did you mean "to-server"?)',
  "up:drop:1%":
    'column 1: there is no direction "up"; write to-server: or to-client:, or neither',
  "to-client":
    "column 10: a fault comes behind to-client:, such as to-client:delay:200ms",
  "to-client:dely:1s":
    'column 11: there is no fault "dely" (did you mean "delay"?)',
  "to-client:refuse":
    "column 1: refuse closes the whole connection and has no direction",
  "refuse:1": 'column 8: refuse takes no value "1"',
  "delay": "column 6: delay needs a value; write delay:D[,jitter=D]",
  "delay:": "column 7: delay needs a value; write delay:D[,jitter=D]",
  "delay:20":
    'column 7: "20" is not a duration (did you mean "20s"?); write a number with ms, s, m or h, such as 700ms, 3s or 2m',
  "delay:1s:2s": 'column 10: "2s" does not belong to delay:D[,jitter=D]',
  "delay:9999h":
    "column 7: a duration of 9999h is out of range; it must be from 1ms to 576h",
  "delay:1ms,jitter=1s":
    "column 18: a jitter of 1s is more than the delay of 1ms, and nothing can leave before it came",
  "split:3,jitter=1s": "column 9: split takes no jitter=: only delay has it",
  "split:0":
    "column 7: a size of 0 is out of range; it must be from 1 byte to 8191 TiB",
  "split:x":
    'column 7: "x" is not a size; write a whole number of bytes or one with a unit, such as 1000, 64KiB or 16MiB',
  "split:3,times=1": "column 9: split takes no times=: it cuts every write",
  "reset-after:3mgs":
    'column 13: "3mgs" is not a size; write a number of bytes such as 10 or 64KiB, or of messages such as 3msg',
  "truncate:3,times=2":
    "column 12: truncate takes no times=: it strikes once in each direction of a connection",
  "slow-end:1s,when=/x/":
    "column 13: slow-end takes no when=: it strikes at the end, behind all messages",
  "refuse,message=1":
    "column 8: refuse takes no message=: it strikes before the first message",
  "rate:5":
    'column 6: "5" is not a rate (did you mean "5/s"?); write a size a second, such as 64KiB/s',
  "rate:0/s":
    "column 6: a size of 0 is out of range; it must be from 1 byte to 8191 TiB",
  "corrupt:10":
    "column 9: a share of 10 is out of range; write 10% for 10 percent",
  "corrupt:0":
    "column 9: a share of 0 is out of range; write a share above 0, such as 10% or 0.1, up to 100% or 1",
  "corrupt:101%":
    "column 9: a share of 101% is out of range; write a share above 0, such as 10% or 0.1, up to 100% or 1",
  "corrupt:ten":
    'column 9: "ten" is not a share; write a share above 0, such as 10% or 0.1, up to 100% or 1',
  "drop:1%,tmes=1":
    'column 9: there is no parameter "tmes" (did you mean "times"?)',
  "drop:1%,xyz=1":
    'column 9: there is no parameter "xyz"; write one of connection=, share=, message=, when=, times=',
  "drop:1%,":
    "column 9: there is no parameter here; write for example connection=1 or times=3",
  "drop:1%,times":
    'column 9: "times" has no value; write for example connection=1 or times=3',
  "drop:1%,times=1,times=2": "column 17: times= is given twice",
  "drop:1%,times=0": 'column 15: "0" is not a whole number of at least 1',
  "drop:1%,connection=3-1": "column 20: the range 3-1 ends before it begins",
  "drop:1%,connection=0":
    'column 20: "0" is not a number of at least 1, or a range such as 1-3',
  "drop:1%,message=a":
    'column 17: "a" is not a number of at least 1, or a range such as 1-3',
  "drop:1%,share=0%":
    "column 15: a share of 0% is out of range; write a share above 0, such as 10% or 0.1, up to 100% or 1",
  "drop:1%,when=x":
    'column 14: "x" is not between slashes; write for example when=/error/',
  "drop:1%,when=/x":
    "column 14: the regular expression has no slash at its end; write for example when=/error/",
  "drop:1%,when=/x/i": String
    .raw`column 17: a comma or the end comes behind the slash, not "i"; write a slash inside the expression as \/`,
  "drop:1%,when=/a(/":
    "column 14: Invalid regular expression: /a(/: Unterminated group",
};

for (const [text, reason] of Object.entries(REFUSED)) {
  Deno.test(`parseFault() refuses "${text}" and says where`, () => {
    const { message } = assertThrows(() => parseFault(text), TypeError);
    assertEquals(message, `Cannot use the fault "${text}": ${reason}`);
  });
}
