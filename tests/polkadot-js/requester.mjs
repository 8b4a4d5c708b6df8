// A requester with nothing but @polkadot/api: reads the metadata, registers a
// model, asks for an inference, waits for its settlement, and reads the events
// and the execution record.
//
// usage: node requester.mjs URL MODEL_INDEX MANIFEST_HEX_FILE INPUT_JSON_FILE
//
// Prints one JSON object; any failed expectation ends it with status 1.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Keyring } from "@polkadot/api";
import { connect, send, single } from "./chain.mjs";

const [url, modelIndex, manifestFile, inputFile] = process.argv.slice(2);
if (!inputFile) {
  console.error("usage: node requester.mjs URL MODEL_INDEX MANIFEST_HEX_FILE INPUT_JSON_FILE");
  process.exit(2);
}
const api = await connect(url);
const requester = new Keyring({ type: "sr25519" }).addFromUri("//Charlie");

/**
 * Collects the events of a kind from now on; `first` of what it returns resolves with the first one
 * that `wanted` accepts.
 */
async function listen(section, method) {
  const seen = [];
  let tell = () => {};
  const stop = await api.query.system.events((records) => {
    for (const { event } of records) {
      if (event.section === section && event.method === method) {
        seen.push(event);
      }
    }
    tell();
  });
  const first = async (wanted, milliseconds) => {
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(
          () => reject(new Error(`no ${section}.${method} within ${milliseconds} ms`)),
          milliseconds,
        );
        tell = () => {
          const event = seen.find(({ data }) => wanted(data));
          if (event) {
            resolve(event);
          }
        };
        tell();
      });
    } finally {
      clearTimeout(timer);
      stop();
    }
  };
  return { first };
}

// 1. Metadata: every pallet of Lattice is there under its name.
for (const section of ["modelRegistry", "computeProviders", "inference"]) {
  assert.ok(api.tx[section], `api.tx.${section} is missing`);
}
const chain = (await api.rpc.system.chain()).toString();

// 2. A registration of one's own.
const manifest = readFileSync(manifestFile, "utf8").trim();
const registered = single(
  await send(
    api,
    requester,
    api.tx.modelRegistry.register(
      "polkadot-js",
      1,
      manifest,
      { memoryMib: 64, acceleratorMemoryMib: 0 },
      { royalty: 0 },
      null,
    ),
  ),
  "modelRegistry",
  "Registered",
);
const ownIndex = registered.data.model.toNumber();
const own = (await api.rpc.lattice.model(ownIndex)).unwrap();
assert.equal(own.name.toString(), "polkadot-js");
assert.equal(own.owner.toString(), requester.address);
assert.equal(own.manifest.unwrap().toHex(), manifest);

// 3. A price, then an inference on the model that a provider serves.
const input = JSON.parse(readFileSync(inputFile, "utf8"));
const quote = await api.rpc.lattice.quote(Number(modelIndex), 20);
// Before the request: by the time that it is known to be in a block, it may be settled in the next.
const settlements = await listen("inference", "Settled");
const asked = single(
  await send(
    api,
    requester,
    api.tx.inference.requestInference(modelIndex, input, quote.total, 20, "Proven"),
  ),
  "inference",
  "Requested",
);
const request = asked.data.request;

// 4. The settlement, as an event; then the record, over RPC.
const settled = await settlements.first((data) => data.request.eq(request), 60_000);
assert.ok(settled.data.gasUsed.toBigInt() > 0n);
const record = (await api.rpc.lattice.executionRecord(request)).unwrap();
assert.equal(record.requester.toString(), requester.address);
assert.ok(record.ending.isSettled, `ended as ${record.ending}`);
assert.ok([128, 160].includes(record.proof.unwrap().length));
const output = record.output.map((logit) => logit.toNumber());

console.log(
  JSON.stringify({
    chain,
    registered: ownIndex,
    request: request.toString(),
    output,
    gasUsed: record.gasUsed.toString(),
    label: output.indexOf(Math.max(...output)),
  }),
);
await api.disconnect();
