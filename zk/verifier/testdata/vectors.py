#!/usr/bin/env python3
"""Writes statement.json and commitments.json; reads the key of committed.json.

A second implementation of contexts, key names, challenges, packing and commitments, from the documentation and
in plain integers (its own Grain generator included), to hold the Rust one to what it says.
"""
import hashlib
import json
import pathlib

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
T, FULL, PARTIAL = 17, 8, 68
HERE = pathlib.Path(__file__).parent


def grain():
    """Bits of the paper's generator for a prime field of 254 bits, x^5, t = 17, 8 + 68 rounds."""
    bits = []
    for value, width in ((1, 2), (0, 4), (254, 12), (T, 12), (FULL, 10), (PARTIAL, 10), (2**30 - 1, 30)):
        bits += [int(bit) for bit in format(value, f"0{width}b")]

    def step():
        bit = bits[62] ^ bits[51] ^ bits[38] ^ bits[23] ^ bits[13] ^ bits[0]
        bits.pop(0)
        bits.append(bit)
        return bit

    for _ in range(160):
        step()
    while True:
        keep, bit = step(), step()
        if keep:
            yield bit


def number(bits):
    return int("".join(str(next(bits)) for _ in range(254)), 2)


def constant(bits):
    while True:
        value = number(bits)
        if value < R:
            return value


BITS = grain()
ARK = [[constant(BITS) for _ in range(T)] for _ in range(FULL + PARTIAL)]
XS = [number(BITS) % R for _ in range(T)]
YS = [number(BITS) % R for _ in range(T)]
MDS = [[pow(x + y, -1, R) for y in YS] for x in XS]


def permute(state):
    for index, constants in enumerate(ARK):
        state = [(lane + c) % R for lane, c in zip(state, constants)]
        lanes = 1 if FULL // 2 <= index < FULL // 2 + PARTIAL else T
        state = [pow(lane, 5, R) if i < lanes else lane for i, lane in enumerate(state)]
        state = [sum(m * lane for m, lane in zip(row, state)) % R for row in MDS]
    return state


def sponge(tag, count, elements):
    state = [tag * 2**64 + count] + [0] * 16
    for start in range(0, len(elements), 16):
        block = elements[start : start + 16]
        block += [0] * (16 - len(block))
        state = permute([state[0]] + [(lane + e) % R for lane, e in zip(state[1:], block)])
    return state[0]


def pack(digits, bits):
    per = 253 // bits
    chunks = [digits[i : i + per] for i in range(0, len(digits), per)]
    return [sum(digit << (bits * i) for i, digit in enumerate(chunk)) for chunk in chunks]


def little(value):
    return value.to_bytes(32, "little").hex()


def lcg(seed):
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        yield seed >> 33


def commitments():
    cases = []
    blindings = [0, 1, R - 1, int.from_bytes(hashlib.sha256(b"blinding").digest(), "little") % R]
    for index, (lo, hi, count) in enumerate(
        [(0, 16, 64), (0, 1, 1), (-127, 127, 784), (-1, 1, 253), (0, 127, 37), (-127, -126, 300),
         (5, 6, 17), (-64, 63, 16 * 36), (-127, 127, 31 * 15), (-127, 127, 31 * 15 + 1)]
    ):
        random = lcg(index)
        values = [lo + next(random) % (hi - lo + 1) for _ in range(count)]
        values[0], values[-1] = hi, lo
        blinding = blindings[index % 4]
        elements = pack([value - lo for value in values], (hi - lo).bit_length())
        cases.append({"kind": "input", "lo": lo, "hi": hi, "values": values,
                      "blinding": little(blinding),
                      "commitment": little(sponge(1, count, elements + [blinding]))})
    for index, count in enumerate([1, 7, 8, 10, 105, 106, 1000]):
        random = lcg(100 + index)
        values = [(next(random) * 2 + next(random) % 2) % 2**32 - 2**31 for _ in range(count)]
        values[0] = [-(2**31), 2**31 - 1, 0, -1][index % 4]
        blinding = blindings[index % 4]
        elements = pack([value + 2**31 for value in values], 32)
        cases.append({"kind": "output", "lo": 0, "hi": 0, "values": values,
                      "blinding": little(blinding),
                      "commitment": little(sponge(2, count, elements + [blinding]))})
    return cases


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def statements():
    contexts, keys = [], []
    for index in range(6):
        genesis, content, model, phase1 = (
            hashlib.sha256(f"{name}/{index}".encode()).digest()
            for name in ("genesis", "content", "model", "phase1"))
        request = [0, 1, 255, 2**32, 2**64 - 1, 7][index]
        provider = hashlib.sha512(b"provider").digest()[: [32, 20, 0, 64, 33, 1][index]]
        digest = bytearray(blake2_256(
            b"lattice/context1" + genesis + request.to_bytes(8, "little") + content + model + provider))
        digest[31] &= 0x1F
        contexts.append({"genesis": genesis.hex(), "request": str(request), "content": content.hex(),
                         "provider": provider.hex(), "model": model.hex(), "context": digest.hex()})
        version = [0, 1, 2, 255, 256, 65535][index]
        key = hashlib.shake_256(b"key").digest([360, 0, 1, 359, 361, 360][index])
        name = blake2_256(b"lattice/vk-id/v1" + model + version.to_bytes(2, "little") + phase1 + key)
        keys.append({"model": model.hex(), "circuit_version": version, "phase1_id": phase1.hex(),
                     "key": key.hex(), "vk_id": name.hex()})
    challenges = []
    key = bytes.fromhex(json.loads((HERE / "committed.json").read_text())["prepared_key"])
    for index in range(4):
        inputs = [int.from_bytes(hashlib.sha256(f"{name}/{index}".encode()).digest(), "little") % R
                  for name in ("context", "input", "output")]
        inputs = [value.to_bytes(32, "little") for value in inputs]
        commitment = hashlib.sha256(f"commitment/{index}".encode()).digest()
        digest = bytearray(blake2_256(
            b"lattice/chall/v1" + blake2_256(key) + b"".join(inputs) + commitment))
        digest[31] &= 0x1F
        challenges.append({"prepared_key": key.hex(), "inputs": [value.hex() for value in inputs],
                           "commitment": commitment.hex(), "challenge": digest.hex()})
    return {"contexts": contexts, "keys": keys, "challenges": challenges}


if __name__ == "__main__":
    known = permute([0] + list(range(1, 17)))[0]
    assert known == 9989051620750914585850546081941653841776809718687451684622678807385399211877
    for name, data in (("statement", statements()), ("commitments", {"vectors": commitments()})):
        (HERE / f"{name}.json").write_text(json.dumps(data, separators=(",", ":")) + "\n")
