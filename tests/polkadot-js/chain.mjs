// What the scripts share: a connection with Lattice's definitions, and extrinsics
// whose events are looked at.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ApiPromise, WsProvider } from "@polkadot/api";

/** Connects with the shipped definitions, and with types of programs. */
export async function connect(url, types = {}) {
  const definitions = JSON.parse(
    readFileSync(new URL("../../chain-specs/polkadot-js-rpc.json", import.meta.url)),
  );
  return ApiPromise.create({
    provider: new WsProvider(url),
    rpc: definitions.rpc,
    types: { ...definitions.types, ...types },
    noInitWarn: true,
  });
}

/** Sends a call and resolves with the events of its extrinsic once it is in a block. */
export function send(api, signer, call) {
  return new Promise((resolve, reject) => {
    call
      .signAndSend(signer, ({ status, events, dispatchError }) => {
        if (dispatchError?.isModule) {
          const { section, name, docs } = api.registry.findMetaError(dispatchError.asModule);
          reject(new Error(`${section}.${name}: ${docs.join(" ")}`));
        } else if (dispatchError) {
          reject(new Error(dispatchError.toString()));
        } else if (status.isInBlock) {
          resolve(events.map(({ event }) => event));
        }
      })
      .catch(reject);
  });
}

/** The only event of a kind, or a failure that lists what was there instead. */
export function single(events, section, method) {
  const found = events.filter((event) => event.section === section && event.method === method);
  const names = events.map((event) => `${event.section}.${event.method}`).join(", ");
  assert.equal(found.length, 1, `one ${section}.${method} expected among: ${names}`);
  return found[0];
}
