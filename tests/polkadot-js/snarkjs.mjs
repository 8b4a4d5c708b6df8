// Checks a proof with snarkjs, from the files that its commands read.
//
// usage: node snarkjs.mjs FOLDER
//
// Prints { valid, changed }: whether the proof is accepted as it is, and for each
// public input whether it is still accepted with that input one higher.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { groth16 } from "snarkjs";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node snarkjs.mjs FOLDER");
  process.exit(2);
}
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const key = read("verification_key.json");
const proof = read("proof.json");
const inputs = read("public.json");

const changed = [];
for (const index of inputs.keys()) {
  const others = inputs.map((input, i) => (BigInt(input) + BigInt(i === index)).toString());
  changed.push(await groth16.verify(key, others, proof));
}
const valid = await groth16.verify(key, inputs, proof);
console.log(JSON.stringify({ valid, changed }));
// snarkjs leaves its worker threads running.
process.exit(0);
