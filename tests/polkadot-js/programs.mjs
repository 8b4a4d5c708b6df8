// A developer with nothing but @polkadot/api: stores a model on chain, uploads and
// calls WebAssembly programs, and executes bytecode.
//
// usage: node programs.mjs URL SCENE_JSON_FILE
//
// The scene has the bytes that other tools make: model, key, code, proof, bytecode.
// Prints one JSON object; any failed expectation ends it with status 1.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Keyring } from "@polkadot/api";
import { connect, send, single } from "./chain.mjs";

const [url, sceneFile] = process.argv.slice(2);
if (!sceneFile) {
  console.error("usage: node programs.mjs URL SCENE_JSON_FILE");
  process.exit(2);
}
const scene = JSON.parse(readFileSync(sceneFile, "utf8"));

// The messages of the two programs, as their sources document them.
const api = await connect(url, {
  LotteryTerms: { model: "[u8; 32]", digit: "u8", price: "u128" },
  LotteryMessage: { _enum: { Play: "[i8; 64]", Fund: "Null", Withdraw: "u128" } },
  LotteryReply: { _enum: { Played: "(u8, u128)", Funded: "u128", Withdrawn: "u128" } },
  LotteryEvent: {
    _enum: {
      Played: "(AccountId32, u8, u128)",
      Funded: "(AccountId32, u128)",
      Withdrawn: "u128",
    },
  },
  LotteryError: {
    _enum: {
      NoSuchDigit: "Null",
      WrongPayment: "(u128, u128)",
      NothingSent: "Null",
      PlayedBefore: "Null",
      NotTheOwner: "Null",
      PotTooSmall: "(u128, u128)",
      NotDigits: "u32",
      NotOpen: "Null",
    },
  },
  LotteryFailure: {
    _enum: { Input: "Null", Storage: "Null", Panic: "Text", Program: "LotteryError" },
  },
  GateSubmission: { inputs: "[[u8; 32]; 3]", proof: "Bytes" },
  GateMessage: { _enum: { Submit: "GateSubmission", Query: "[u8; 32]" } },
  GateAccepted: {
    inputCommitment: "[u8; 32]",
    outputCommitment: "[u8; 32]",
    submitter: "AccountId32",
    block: "u64",
  },
  GateReply: "Option<GateAccepted>",
  GateError: {
    _enum: { FalseProof: "Null", AcceptedBefore: "Null", NotPayable: "u128", NotOpen: "Null" },
  },
  GateFailure: { _enum: { Input: "Null", Storage: "Null", Panic: "Text", Program: "GateError" } },
});
const keyring = new Keyring({ type: "sr25519" });
const owner = keyring.addFromUri("//Charlie");
const player = keyring.addFromUri("//Dave");
const UNIT = 10n ** 12n;
const NO_SALT = `0x${"00".repeat(32)}`;

/** SCALE bytes of a program's message. */
const message = (type, value) => api.createType(type, value).toHex();
/** What a program's output, event or reason to revert says. */
const read = (type, bytes) => api.createType(type, bytes.toU8a(true));
const balance = async (account) => (await api.query.system.account(account)).data.free.toBigInt();
const fee = (events) =>
  single(events, "transactionPayment", "TransactionFeePaid").data.actualFee.toBigInt();

/** Hexadecimal digits of a block number as programs see it, a u64. */
const BLOCK_HEX_DIGITS = 16;
let gate;

/** A dry run that succeeds. */
async function dryRun(signer, request) {
  const run = await api.rpc.lattice.dryRun(signer.address, request);
  assert.ok(run.result.isOk, `dry run: ${JSON.stringify(run.result.toHuman())}`);
  assert.ok(run.gasRequired.gte(run.gasUsed));
  return run;
}

/** Calls a program with the gas that a dry run asks for; gives the run and the events. */
async function call(signer, program, value, input, models, verifyingKeys) {
  const request = { call: { program, value, input, models, verifyingKeys } };
  const run = await dryRun(signer, request);
  const events = await send(
    api,
    signer,
    api.tx.aiPrograms.call(program, value, input, run.gasRequired, models, verifyingKeys),
  );
  const called = single(events, "aiPrograms", "Called").data;
  assert.equal(called.gasUsed.toString(), run.gasUsed.toString(), "a dry run tells the gas");
  // The gate answers with its block; a dry run is in the one that was asked, the call in a later.
  const beforeBlock = program === gate ? -BLOCK_HEX_DIGITS : undefined;
  assert.equal(
    called.output.toHex().slice(0, beforeBlock),
    run.result.asOk.output.toHex().slice(0, beforeBlock),
  );
  return { run, events, output: called.output };
}

/** Uploads code, and makes a program of it. */
async function instantiate(code, value, input) {
  const uploaded = await send(api, owner, api.tx.aiPrograms.uploadCode(code));
  const { codeHash } = single(uploaded, "aiPrograms", "CodeUploaded").data;
  const run = await dryRun(owner, { instantiate: { codeHash, value, input, salt: NO_SALT } });
  const events = await send(
    api,
    owner,
    api.tx.aiPrograms.instantiate(codeHash, value, input, run.gasRequired, NO_SALT, [], []),
  );
  const { program } = single(events, "aiPrograms", "Instantiated").data;
  assert.equal(run.result.asOk.program.unwrap().toString(), program.toString());
  const shown = (await api.rpc.lattice.program(program)).unwrap();
  assert.equal(shown.codeHash.toHex(), codeHash.toHex());
  assert.equal(shown.deployer.toString(), owner.address);
  assert.equal(shown.balance.toBigInt(), value, "the program may spend what it was given");
  return program.toString();
}

// 1. The digits model, registered with its key, and its weights on chain by chunks.
const registered = await send(
  api,
  owner,
  api.tx.modelRegistry.register(
    "digits-on-chain",
    1,
    scene.manifest,
    { memoryMib: 64, acceleratorMemoryMib: 0 },
    { royalty: 0 },
    null,
  ),
);
const model = single(registered, "modelRegistry", "Registered").data.model.toNumber();
await send(
  api,
  owner,
  api.tx.modelRegistry.registerKey(
    model,
    scene.key.verifyingKey,
    "Dev",
    scene.key.circuitVersion,
    scene.key.phase1Id,
    scene.key.provingKeyHash,
  ),
);
const weights = scene.weights.slice(2);
const digits = 2 * api.consts.modelRegistry.chunkBytes.toNumber();
const chunks = Math.ceil(weights.length / digits);
for (let index = 0; index < chunks; index += 1) {
  const bytes = `0x${weights.slice(index * digits, (index + 1) * digits)}`;
  const events = await send(api, owner, api.tx.modelRegistry.uploadChunk(model, index, bytes));
  const { missing } = single(events, "modelRegistry", "ChunkUploaded").data;
  assert.equal(missing.toNumber(), chunks - 1 - index);
}
assert.ok(!(await api.rpc.lattice.model(model)).unwrap().stored.unwrap().finalized.isTrue);
const finalized = await send(api, owner, api.tx.modelRegistry.finalize(model));
assert.equal(
  single(finalized, "modelRegistry", "Finalized").data.modelHash.toHex(),
  scene.modelHash,
);
const stored = (await api.rpc.lattice.model(model)).unwrap();
assert.ok(stored.stored.unwrap().finalized.isTrue);
assert.equal(stored.stored.unwrap().byteSize.toNumber(), weights.length / 2);
assert.equal(stored.key.unwrap().vkId.toHex(), scene.key.vkId);

// 2. The digit lottery: a digit that loses, one that wins, and a replay.
const pot = 50n * UNIT;
const price = 2n * UNIT;
const terms = { model: scene.modelHash, digit: scene.winning.digit, price };
const lottery = await instantiate(scene.lottery, pot, message("LotteryTerms", terms));
const lotteryState = await api.rpc.lattice.programStorage(lottery, `0x${text("lottery")}`);
assert.equal(
  lotteryState.unwrap().toHex(),
  message("(AccountId32, LotteryTerms)", [owner.address, terms]),
);
const play = (pixels) => message("LotteryMessage", { Play: pixels });

const lost = await call(player, lottery, price, play(scene.losing.pixels), [model], []);
assert.deepEqual(read("LotteryReply", lost.output).asPlayed.toJSON(), [scene.losing.digit, 0]);

const before = await balance(player.address);
const won = await call(player, lottery, price, play(scene.winning.pixels), [model], []);
const prize = pot + 2n * price;
const [seen, paid] = read("LotteryReply", won.output).asPlayed;
assert.equal(seen.toNumber(), scene.winning.digit);
assert.equal(paid.toBigInt(), prize);
const transfer = won.run.events.find((effect) => effect.isTransfer).asTransfer;
assert.equal(transfer.to.toString(), player.address);
assert.equal(transfer.amount.toBigInt(), prize);
const told = single(won.events, "aiPrograms", "Emitted").data;
assert.equal(read("LotteryEvent", told.data).asPlayed[2].toBigInt(), prize);
// The player also pays, or gets back, the deposit for what the program stored.
const charged = won.run.deposit.isCharged
  ? won.run.deposit.asCharged.toBigInt()
  : -won.run.deposit.asRefunded.toBigInt();
assert.equal(
  await balance(player.address),
  before - price + prize - fee(won.events) - charged,
  "the prize is paid out",
);
assert.equal((await api.rpc.lattice.program(lottery)).unwrap().balance.toBigInt(), 0n);

const again = { call: { program: lottery, value: price, input: play(scene.winning.pixels), models: [model] } };
const replay = await api.rpc.lattice.dryRun(player.address, again);
assert.ok(replay.result.isFailed, "a picture is played once");
assert.equal(replay.result.asFailed.kind.toString(), "Reverted");
const reason = replay.result.asFailed.data.unwrap();
assert.ok(read("LotteryFailure", reason).asProgram.isPlayedBefore);
const untouched = await balance(player.address);
const refused = await send(
  api,
  player,
  api.tx.aiPrograms.call(lottery, price, again.call.input, replay.gasRequired, [model], []),
);
const trapped = single(refused, "aiPrograms", "ProgramTrapped").data;
assert.ok(read("LotteryFailure", trapped.trap.asTrap.asReverted.data).asProgram.isPlayedBefore);
assert.equal(
  await balance(player.address),
  untouched - fee(refused),
  "a trap costs its fee and nothing else",
);

// 3. The proof gate: a real proof, and a false one.
gate = await instantiate(scene.gate, 0n, scene.key.vkId);
const submission = (inputs) =>
  message("GateMessage", { Submit: { inputs, proof: scene.proof.bytes } });
const [context, inputCommitment, outputCommitment] = scene.proof.inputs;
const accepted = await call(player, gate, 0n, submission(scene.proof.inputs), [], [model]);
const result = read("GateReply", accepted.output).unwrap();
assert.equal(result.outputCommitment.toHex(), outputCommitment);
assert.equal(result.submitter.toString(), player.address);
const committed = single(accepted.events, "aiPrograms", "Committed").data;
assert.equal(committed.author.toString(), gate);
assert.equal(committed.subject.toHex(), context);
assert.equal(committed.digest.toHex(), outputCommitment);
const records = await api.rpc.lattice.programRecords(gate);
assert.equal(records.length, 1);
assert.equal(records[0].subject.toHex(), context);
assert.equal(records[0].digest.toHex(), outputCommitment);
assert.equal(records[0].caller.toString(), player.address);

const forged = submission([scene.proof.otherContext, inputCommitment, outputCommitment]);
const forgery = await send(
  api,
  player,
  api.tx.aiPrograms.call(gate, 0, forged, accepted.run.gasRequired, [], [model]),
);
const { trap } = single(forgery, "aiPrograms", "ProgramTrapped").data;
assert.ok(read("GateFailure", trap.asTrap.asReverted.data).asProgram.isFalseProof);
assert.equal((await api.rpc.lattice.programRecords(gate)).length, 1, "nothing was committed");

// 4. Bytecode as `lattice asm` writes it.
const access = { models: [model], verifyingKeys: [] };
const classify = await dryRun(player, { execute: { bytecode: scene.classify.bytecode, ...access } });
const trace = await api.rpc.lattice.trace(player.address, {
  execute: { bytecode: scene.classify.bytecode, ...access },
});
const steps = trace.steps.map((step) => step.asInstruction);
assert.deepEqual(
  steps.map((step) => ({ opcode: step.opcode.toString(), gas: step.gas.toString() })),
  scene.classify.steps,
  "gas is the same as off chain",
);
const sum = steps.reduce((total, step) => total + step.gas.toBigInt(), 0n);
assert.ok(sum > 0n && sum <= trace.run.gasUsed.toBigInt());
const execute = (signer, bytecode, gas, keepStates) =>
  send(api, signer, api.tx.aiPrograms.execute(bytecode, gas, [model], [], keepStates));
const executed = await execute(player, scene.classify.bytecode, classify.gasRequired, false);
assert.equal(
  single(executed, "aiPrograms", "BytecodeExecuted").data.gasUsed.toString(),
  classify.gasUsed.toString(),
);
const hashed = single(executed, "aiPrograms", "StateHashed").data;
assert.equal(hashed.stateHash.toHex(), scene.modelHash, "an untrained model's state is its id");
const [own] = await api.rpc.lattice.programRecords(player.address);
assert.equal(own.subject.toHex(), scene.classify.subject);

const short = await execute(player, scene.classify.bytecode, classify.gasUsed.subn(1), false);
const stopped = single(short, "aiPrograms", "BytecodeTrapped").data.trap.asInstruction;
assert.ok(stopped.trap.isOutOfGas, `trapped by ${stopped.trap}`);
assert.equal((await api.rpc.lattice.programRecords(player.address)).length, 1);

const falseProof = await api.rpc.lattice.dryRun(player.address, {
  execute: { bytecode: scene.falseProof, models: [], verifyingKeys: [model] },
});
assert.equal(falseProof.result.asFailed.kind.toString(), "ProofRejected");
assert.equal(falseProof.result.asFailed.instruction.unwrap().toNumber(), 0);

// 5. A step of training, stored as a new version with its lineage.
const training = { execute: { bytecode: scene.training.bytecode, ...access, keepStates: true } };
const learning = await dryRun(owner, training);
const trained = await execute(owner, scene.training.bytecode, learning.gasRequired, true);
const state = single(trained, "modelRegistry", "StateStored").data;
assert.equal(state.parent.toNumber(), model);
assert.equal(state.stateHash.toHex(), scene.training.state);
assert.equal(learning.result.asOk.states[0].toNumber(), state.model.toNumber());
const version = (await api.rpc.lattice.model(state.model)).unwrap();
assert.equal(version.parent.unwrap().toNumber(), model);
assert.equal(version.name.toString(), "digits-on-chain");
assert.ok(version.version.toNumber() > 1);
assert.equal(version.modelHash.toHex(), scene.training.modelHash);
assert.equal(version.stateHash.unwrap().toHex(), scene.training.state);
assert.ok(version.stored.unwrap().finalized.isTrue);
// Who does not own the model cannot store what became of it.
const stranger = await api.rpc.lattice.dryRun(player.address, training);
assert.equal(stranger.result.asFailed.kind.toString(), "StateRefused");

// It loads with its parameters, so training can go on from there.
const reload = `0xa0${scene.training.modelHash.slice(2)}c10000`;
const loaded = await send(
  api,
  player,
  api.tx.aiPrograms.execute(
    reload,
    (await dryRun(player, { execute: { bytecode: reload, models: [state.model] } })).gasRequired,
    [state.model],
    [],
    false,
  ),
);
assert.equal(
  single(loaded, "aiPrograms", "StateHashed").data.stateHash.toHex(),
  scene.training.state,
);

// 6. An inference that the chain answers itself, in the block of the request.
const asked = await send(
  api,
  player,
  api.tx.inference.requestInference(model, scene.winning.pixels, 0, 1, "Direct"),
);
const answer = single(asked, "inference", "Answered").data;
assert.deepEqual(answer.output.toJSON(), scene.winning.logits);
const answered = (await api.rpc.lattice.directRecord(answer.request)).unwrap();
assert.equal(answered.requester.toString(), player.address);
assert.equal(answered.modelHash.toHex(), scene.modelHash);
assert.deepEqual(answered.output.toJSON(), scene.winning.logits);

// 7. What cannot be read is refused by the name of the field that is wrong.
const unread = await rpc("lattice_dryRun", [player.address, { call: { program: gate, amount: 1 } }]);
assert.equal(unread.error.code, -32602);
assert.equal(unread.error.message, "`request.call` has no field `amount`");
const nowhere = await api.rpc.lattice.dryRun(player.address, { call: { program: player.address } });
assert.equal(nowhere.result.asRefused.pallet.unwrap().toString(), "AiPrograms");
assert.equal(nowhere.result.asRefused.kind.toString(), "UnknownProgram");

console.log(
  JSON.stringify({
    model,
    lottery,
    gate,
    version: state.model.toNumber(),
    gas: {
      lottery: won.run.gasUsed.toString(),
      gate: accepted.run.gasUsed.toString(),
      classify: classify.gasUsed.toString(),
      training: learning.gasUsed.toString(),
    },
  }),
);
await api.disconnect();

/** The node's answer to plain JSON-RPC. */
async function rpc(method, params) {
  const answer = await fetch(url.replace(/^ws/, "http"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return answer.json();
}

/** The hexadecimal digits of a text. */
function text(string) {
  return Buffer.from(string, "utf8").toString("hex");
}
