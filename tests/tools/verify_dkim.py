#!/usr/bin/env python3
"""Verifies DKIM signatures with dkimpy, which shares no code with ours.

    verify_dkim.py FOLDER      FOLDER holds keys.txt (`name value` a line) and *.eml with CRLF line ends.

Every DKIM-Signature of every message must verify, and every message must have one of each algorithm.
Exit code 0 only then. Needs the packages `dkimpy` and `pynacl`.
"""

import pathlib
import re
import sys

import dkim

ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}


def key_records(path):
    """Name (with a dot at its end, as dkimpy asks) to TXT value."""
    lines = path.read_text(encoding="ascii").splitlines()
    pairs = (line.split(" ", 1) for line in lines if line)
    return {name.encode() + b".": value.encode() for name, value in pairs}


def faults_of(message, records):
    """What is wrong with one message: sentences, none when all is well."""
    verifier = dkim.DKIM(message, minkey=2048)
    fields = [value for name, value in verifier.headers if name.lower() == b"dkim-signature"]
    found = {a for value in fields for a in re.findall(rb"\ba=([a-z0-9-]+)", value)}
    if found != ALGORITHMS:
        yield f"has signatures of {sorted(found)}, wanted both algorithms"
    for number in range(len(fields)):
        try:
            verified = verifier.verify(idx=number, dnsfunc=lambda name, timeout=5: records.get(name))
        except dkim.DKIMException as fault:
            yield f"signature {number}: {fault}"
            continue
        if not verified:
            yield f"signature {number} does not verify"


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[1])
    records = key_records(folder / "keys.txt")
    messages = sorted(folder.glob("*.eml"))
    bad = 0
    for path in messages:
        for fault in faults_of(path.read_bytes(), records):
            print(f"{path.name}: {fault}")
            bad += 1
    print(f"{len(messages)} messages, {bad} faults")
    return 0 if messages and not bad else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
