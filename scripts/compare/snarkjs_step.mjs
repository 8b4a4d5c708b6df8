// One step of snarkjs, in a process of its own; prints one JSON object as its last line.
//
//   snarkjs_step.mjs prove SNARKJS FOLDER COUNT BUDGET   witness and proof, several times
//   snarkjs_step.mjs verify SNARKJS FOLDER
//
// SNARKJS is the package.json beside which snarkjs is installed. The proving key is read before the
// clock starts, as a server would.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [step, where, folder, count, budget] = process.argv.slice(2);
const snarkjs = createRequire(where)("snarkjs");
const path = (name) => join(folder, name);
const json = (name) => JSON.parse(readFileSync(path(name), "utf8"));

async function prove() {
  const input = json("input.json");
  const program = new Uint8Array(readFileSync(path("circuit_js/circuit.wasm")));
  const key = new Uint8Array(readFileSync(path("circuit.zkey")));
  const proofs = [];
  const started = performance.now();
  let proven;
  while (proofs.length < Number(count) && (proofs.length === 0 || performance.now() - started < 1000 * Number(budget))) {
    const begun = performance.now();
    const witness = { type: "mem" };
    await snarkjs.wtns.calculate(input, program, witness);
    proven = await snarkjs.groth16.prove({ type: "mem", data: key }, witness);
    proofs.push((performance.now() - begun) / 1000);
  }
  writeFileSync(path("proof.json"), JSON.stringify(proven.proof));
  writeFileSync(path("public.json"), JSON.stringify(proven.publicSignals));
  return { proofs, public: proven.publicSignals };
}

async function verify() {
  const [key, signals, proof] = ["verification_key.json", "public.json", "proof.json"].map(json);
  const begun = performance.now();
  const valid = await snarkjs.groth16.verify(key, signals, proof);
  return { valid, seconds: (performance.now() - begun) / 1000 };
}

try {
  console.log(JSON.stringify(await { prove, verify }[step]()));
  process.exit(0);
} catch (error) {
  console.error(`error: ${error?.message ?? error}`);
  process.exit(1);
}
