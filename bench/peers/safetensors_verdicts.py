"""What the reference library says on a corpus of safetensors files: accepted or refused, file by file.

    python bench/peers/safetensors_verdicts.py CORPUS

CORPUS is [u32 little-endian length][bytes] repeated (measures/engine/safetensors-fuzz.ts). Prints one JSON object; each list is a
string of 0 and 1: `deserialize` (bytes in memory), `open` (safe_open on a file), `load` (safetensors.torch.load to tensors).
"""

import json
import os
import struct
import sys
import tempfile

import safetensors
import safetensors.torch


def files(corpus: bytes):
    at = 0
    while at < len(corpus):
        (length,) = struct.unpack_from("<I", corpus, at)
        yield corpus[at + 4 : at + 4 + length]
        at += 4 + length


def accepts(use, *args) -> bool:
    try:
        use(*args)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a Rust panic arrives as a BaseException
        return False
    return True


def open_file(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
    with safetensors.safe_open(path, "pt") as opened:
        opened.keys()
        opened.metadata()


def main() -> None:
    with open(sys.argv[1], "rb") as file:
        cases = list(files(file.read()))
    verdicts = {"deserialize": [], "open": [], "load": []}
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "case.safetensors")
        for data in cases:
            verdicts["deserialize"].append(accepts(safetensors.deserialize, data))
            verdicts["open"].append(accepts(open_file, path, data))
            verdicts["load"].append(accepts(safetensors.torch.load, data))
    lists = {name: "".join("1" if ok else "0" for ok in oks) for name, oks in verdicts.items()}
    print(json.dumps({"version": safetensors.__version__, "count": len(cases), **lists}))


main()
