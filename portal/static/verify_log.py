#!/usr/bin/env python3
"""Check the portal's audit log without trusting the portal: needs Python 3.9 or later and nothing else.

    verify_log.py export EXPORT --key KEY --checkpoint NOTE [--checkpoint NOTE ...] [--proof PROOF ...]
    verify_log.py proof PROOF --key KEY [--checkpoint NOTE]
EXPORT is what `flask audit export` writes, NOTE a checkpoint you kept (from /log, a receipt or a mail, in a file),
PROOF the proof of a receipt, KEY the public key of the log, as text or in a file. Take key and checkpoint from where
the portal cannot change them: your own files, or a witness. Of several checkpoints each must fit the same log.
Exit code 0: everything fits. 1: it does not; the first bad entry is named. 2: something could not be read.
"""
# ruff: noqa: T201

import argparse
import base64
import hashlib
import hmac
import json
import sys
from pathlib import Path

# Ed25519 (RFC 8032), verification only: points are in extended coordinates.
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
Key = tuple  # of the log: its name, the short hash of its public key, and the key
D = -121665 * pow(121666, P - 2, P) % P


class Fault(Exception):
    """What is wrong, and whether it was read at all."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def point(data: bytes) -> tuple[int, ...]:
    """Return the point that 32 bytes stand for (RFC 8032, 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign):
        raise Fault("the signature is not valid")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def add(one: tuple[int, ...], two: tuple[int, ...]) -> tuple[int, ...]:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, base: tuple[int, ...]) -> tuple[int, ...]:
    result: tuple[int, ...] = (0, 1, 1, 0)
    while factor:
        result = add(result, base) if factor & 1 else result
        base, factor = add(base, base), factor >> 1
    return result


def check_signature(key: bytes, message: bytes, signature: bytes) -> None:
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= Q:
        raise Fault("the signature is not valid")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    left, right = times(s, base), add(point(signature[:32]), times(k, point(key)))
    if (left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P:
        raise Fault("the signature is not valid")


def read_key(text: str) -> Key:
    """Read a public key such as host/log+0123abcd+AQ… (C2SP signed-note)."""
    try:
        name, short, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise Fault("the key has not the form name+hash+key", 2) from None
    if hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != short or len(raw) != 33 or raw[0] != 1:
        raise Fault("the key does not match its own hash", 2)
    return name, bytes.fromhex(short), raw[1:]


def read_note(note: str, key: Key) -> tuple[int, bytes]:
    """Return size and root of a checkpoint (C2SP tlog-checkpoint) that carries a good signature of this key."""
    body, found, signatures = note.replace("\r\n", "\n").strip("\n").partition("\n\n")
    try:
        lines = body.split("\n")
        size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
        parts = [line.split(" ") for line in signatures.split("\n") if line.startswith("\u2014 ")]
        signed = [base64.b64decode(part[2], validate=True) for part in parts if part[1] == key[0]]
    except (IndexError, ValueError):
        raise Fault("the checkpoint has not the form of one", 2) from None
    if not found or str(size) != lines[1] or size < 0 or len(root) != 32:
        raise Fault("the checkpoint has not the form of one", 2)
    signed = [raw for raw in signed if raw[:4] == key[1]]
    if lines[0] != key[0] or not signed:
        raise Fault(f"the checkpoint of {lines[0]} is not signed with the key of {key[0]}")
    check_signature(key[2], (body + "\n").encode(), signed[0][4:])
    return size, root


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def compact(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(entry: dict) -> bytes:
    """Return the leaf hash of an entry (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + compact({name: entry[name] for name in ("action", "at", "commitment")})).digest()


def roots(leaves: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """Return the root of the tree at each of these sizes, in one pass."""
    peaks: list[bytes] = []
    found = {0: hashlib.sha256(b"").digest()}
    for count, leaf in enumerate(leaves):
        top, rest = leaf, count
        while rest & 1:
            top, rest = node(peaks.pop(), top), rest >> 1
        peaks.append(top)
        if count + 1 in sizes:
            root = peaks[-1]
            for peak in reversed(peaks[:-1]):
                root = node(peak, root)
            found[count + 1] = root
    return found


def led_to(leaf: bytes, index: int, size: int, steps: list[bytes]) -> bytes:
    """Return the root an inclusion proof leads to (RFC 9162, 2.1.3.2); nothing if it is too long or too short."""
    last = size - 1
    for step in steps:
        if last == 0:
            return b""
        if index & 1 or index == last:
            leaf = node(step, leaf)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            leaf = node(leaf, step)
        index, last = index >> 1, last >> 1
    return leaf if last == 0 else b""


def read_export(path: str) -> tuple[list[bytes], list[str]]:
    """Return the leaf hashes and the checkpoints of an export; each entry must stand at its place, with its hash."""
    leaves: list[bytes] = []
    notes: list[str] = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            if "note" in entry:
                notes.append(str(entry["note"]))
                continue
            place, leaf, claimed = entry["sequence"], hash_of(entry), bytes.fromhex(entry["leaf"])
        except (ValueError, KeyError, TypeError):
            raise Fault(f"line {number} of {path} is no entry", 2) from None
        if place != len(leaves):
            raise Fault(f"entry {len(leaves)}: missing; entry {place} stands in its place")
        if leaf != claimed:
            raise Fault(f"entry {place}: changed; it has not the hash it was stored with")
        leaves.append(leaf)
    return leaves, notes


def check_export(path: str, key: Key, held: list[tuple[int, bytes]], proofs: list[dict]) -> str:
    leaves, notes = read_export(path)
    for proof in sorted(proofs, key=lambda one: int(one["sequence"])):
        if leaves[proof["sequence"] : proof["sequence"] + 1] != [hash_of(proof)]:
            raise Fault(f"entry {proof['sequence']}: not the one that was proved")
    found = roots(leaves, {size for size, _root in held})
    for size, root in sorted(held):
        if size <= len(leaves) and found[size] != root:
            first, end = narrowed(leaves, notes, key, size)
            raise Fault(
                f"entry {first}: not what was signed" + (f", or one up to {end - 1}" if end - first > 1 else "")
            )
        if size > len(leaves):
            raise Fault(f"entry {len(leaves)}: missing; {size} entries were signed")
    covered = max(held)[0]
    return f"good: {covered} entries are those that were signed; {len(leaves) - covered} came later"


def narrowed(leaves: list[bytes], notes: list[str], key: Key, bad: int) -> tuple[int, int]:
    """Between which sizes the log went wrong, by the export's own checkpoints: those that are signed are not forged."""
    known: dict[int, bytes] = {}
    for note in notes:
        try:
            known.update([read_note(note, key)])
        except Fault:
            continue
    good, found = 0, roots(leaves, set(known))
    for size in sorted(size for size in known if size < bad):
        if found[size] != known[size]:
            return good, size
        good = size
    return good, bad


def check_proof(path: str, key: Key, held: list[tuple[int, bytes]]) -> dict:
    try:
        proof = json.loads(Path(path).read_text(encoding="utf-8"))
        place, steps = int(proof["sequence"]), [bytes.fromhex(step) for step in proof["inclusion"]]
        committed = hmac.new(bytes.fromhex(proof["salt"]), compact(proof["content"]), hashlib.sha256).hexdigest()
        leaf, said, note = hash_of(proof), proof["commitment"], str(proof["checkpoint"])
    except (ValueError, KeyError, TypeError):
        raise Fault(f"{path} is no proof", 2) from None
    size, root = read_note(note, key)
    if committed != said:
        raise Fault(f"entry {place}: its content is not what was committed to")
    if not 0 <= place < size or led_to(leaf, place, size, steps) != root:
        raise Fault(f"entry {place}: not in the log of {size} entries that was signed")
    if dict(held).get(size, root) != root:
        raise Fault(f"entry {place}: two different logs of {size} entries were signed")
    print(f"good: entry {place} ({proof['action']}, {proof['at']}) is one of {size} that were signed")
    return dict(proof, sequence=place)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("export", "proof"))
    parser.add_argument("file")
    parser.add_argument("--key", required=True)
    for several in ("--checkpoint", "--proof"):
        parser.add_argument(several, action="append", default=[])
    given = parser.parse_args()
    try:
        key = read_key(Path(given.key).read_text(encoding="utf-8") if Path(given.key).is_file() else given.key)
        held = [read_note(Path(note).read_text(encoding="utf-8"), key) for note in given.checkpoint]
        proofs = [check_proof(path, key, held) for path in [given.file] * (given.what == "proof") + given.proof]
        if given.what == "export" and not held:
            raise Fault("an export is checked against a checkpoint that you kept: name it with --checkpoint", 2)
        if given.what == "export":
            print(check_export(given.file, key, held, proofs))
    except (Fault, OSError, UnicodeDecodeError, RecursionError) as fault:
        code: int = getattr(fault, "code", 2)
        print("BAD:" if code == 1 else "unreadable:", fault, file=sys.stderr)
        return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
