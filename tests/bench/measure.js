// Runs both variants of each job in turns and hands the times over. Both must give the same text.

import init, { Job, long_walk } from "./pkg/liaison_bench.js";
import { carryOut } from "./plain.js";

const HEADERS = { "content-type": "application/vnd.linkedin.normalized+json+2.1; charset=UTF-8" };

/** @typedef {{ name: string, rows: number, core: string[], plain: string[], warmUp: number, rounds: number }} Job */

export async function measure(jobs) {
  await init();
  const results = [];
  for (const job of jobs) results.push(await measureOne(job));
  return results;
}

export async function walkFar() {
  await init();
  return JSON.parse(long_walk());
}

async function measureOne({ name, rows, core, plain, warmUp, rounds }) {
  const load = (names) =>
    Promise.all(names.map(async (page) => new Uint8Array(await (await fetch(`pages/${page}`)).arrayBuffer())));
  const [coreBodies, plainBodies] = [await load(core), await load(plain)];
  const task = new Job(rows);
  const variants = [
    { inHand: () => coreBodies.map(answer), run: (responses) => task.carry_out(responses) },
    { inHand: () => plainBodies.map(answer), run: (responses) => carryOut(responses, rows) },
  ];
  const [bytesOfCore, ofPlain] = await Promise.all(variants.map(({ inHand, run }) => run(inHand())));
  const ofCore = new TextDecoder().decode(bytesOfCore);
  if (ofCore !== ofPlain) throw new Error(`${name}: the two outputs differ: ${difference(ofCore, ofPlain)}`);

  const times = [[], []];
  for (let round = -warmUp; round < rounds; round += 1) {
    // Who goes first changes, so that neither always pays for what the other left behind.
    for (const which of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const took = await timed(variants[which]);
      if (round >= 0) times[which].push(took);
    }
  }
  const bytes = coreBodies.reduce((sum, body) => sum + body.length, 0);
  return { name, rows, bytes, posted: ofCore.length, core: times[0], plain: times[1] };
}

const answer = (body) => new Response(body, { headers: HEADERS });

async function timed({ inHand, run }) {
  const responses = inHand();
  const began = performance.now();
  const answer = await run(responses);
  const took = performance.now() - began;
  if (answer.length === 0) throw new Error("nothing came out");
  return took;
}

function difference(one, other) {
  let at = 0;
  while (one[at] === other[at]) at += 1;
  return `at ${at}: ${one.slice(at - 40, at + 40)} | ${other.slice(at - 40, at + 40)}`;
}
