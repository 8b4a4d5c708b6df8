// Makes a key and a proof with snarkjs alone, for the tests of its files' import:
// "I know w with w² = second public input and w³ = third", for a first that is free.
//
// usage: node snarkjs-vectors.mjs PREPARED_PTAU FOLDER
//
// Both are random, so each run writes others.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { groth16, zKey } from "snarkjs";

const [ptau, folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node snarkjs-vectors.mjs PREPARED_PTAU FOLDER");
  process.exit(2);
}
const ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const scalar = (value) =>
  Buffer.concat([0n, 64n, 128n, 192n].map((shift) => u64(BigInt.asUintN(64, value >> shift))));

/** A file of sections, as iden3's formats are. */
function sections(kind, version, list) {
  const parts = [Buffer.from(kind), u32(version), u32(list.length)];
  for (const [id, content] of list) {
    parts.push(u32(id), u64(content.length), content);
  }
  return { type: "mem", data: new Uint8Array(Buffer.concat(parts)) };
}

// Wires: 0 is one, 1 to 3 are the public inputs x, a, b; 4 is w, 5 is x².
const [X, A, B, W, X2] = [1, 2, 3, 4, 5];
const WIRES = 6;
const linear = (wire) => Buffer.concat([u32(1), u32(wire), scalar(1n)]);
// Products of wires. The last binds x, which would be anyone's to change otherwise.
const products = [
  [W, W, A],
  [A, W, B],
  [X, X, X2],
];
const r1cs = sections("r1cs", 1, [
  [
    1,
    Buffer.concat([
      ...[u32(32), scalar(ORDER), u32(WIRES), u32(0), u32(3), u32(1)],
      ...[u64(WIRES), u32(products.length)],
    ]),
  ],
  [2, Buffer.concat(products.flat().map(linear))],
  [3, Buffer.concat([...Array(WIRES).keys()].map(u64))],
]);

const [x, w] = [1234567890123456789n, 987654321n];
const values = [1n, x, w * w, w * w * w, w, x * x];
const witness = sections("wtns", 2, [
  [1, Buffer.concat([u32(32), scalar(ORDER), u32(WIRES)])],
  [2, Buffer.concat(values.map((value) => scalar(value % ORDER)))],
]);

const start = { type: "mem" };
const key = { type: "mem" };
await zKey.newZKey(r1cs, ptau, start);
// Without a contribution δ is γ, and anyone could forge.
await zKey.contribute(start, key, "lattice", "for tests only");
const { proof, publicSignals } = await groth16.prove(key, witness);
const write = (name, value) =>
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 1)}\n`);
write("verification_key.json", await zKey.exportVerificationKey(key));
write("proof.json", proof);
write("public.json", publicSignals);
process.exit(0);
