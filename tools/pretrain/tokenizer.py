"""Makes the CLIP tokenizer folder of the caption vocabulary: byte alphabet, and merges that make each word one token."""
import json
import sys
from collections import Counter
from pathlib import Path

RESERVED = ("sks", "zwx", "vrm", "qth", "bxj", "ktn", "mlz", "gpf")
START, END, LENGTH = "<|startoftext|>", "<|endoftext|>", 32


def byte_alphabet():
    """The printable characters that stand for the 256 bytes, in CLIP's order."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]


def learn_merges(words):
    """Byte pair encoding on the words until each is one symbol: applying the merges by rank gives the same."""
    split = [[*word[:-1], word[-1] + "</w>"] for word in words]
    merges = []
    while any(len(symbols) > 1 for symbols in split):
        pairs = Counter((a, b) for symbols in split for a, b in zip(symbols, symbols[1:]))
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        split = [merge(symbols, best) for symbols in split]
    return merges


def merge(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i:i + 2]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def write_tokenizer(words, folder):
    words = sorted(set(words) | set(RESERVED))
    alphabet = byte_alphabet()
    merges = learn_merges(words)
    tokens = [*alphabet, *(a + "</w>" for a in alphabet), *dict.fromkeys(a + b for a, b in merges), START, END]
    tokens = list(dict.fromkeys(tokens))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n")
    config = {**special, "tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "do_lower_case": True,
              "errors": "replace", "add_prefix_space": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def check(words, folder):
    from transformers import CLIPTokenizer
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    for word in [*words, *RESERVED]:
        ids = tokenizer(word).input_ids
        assert len(ids) == 3, (word, ids)
    print(len(words), "words,", len(tokenizer), "tokens;", tokenizer("a photo of sks person", padding="max_length").input_ids)


if __name__ == "__main__":
    lines = [json.loads(line) for path in sys.argv[2:] for line in open(Path(path) / "attributes.jsonl")]
    vocabulary = sorted({word for line in lines for caption in line["captions"] for word in caption.split()})
    write_tokenizer(vocabulary, sys.argv[1])
    check(vocabulary, sys.argv[1])
    print(" ".join(vocabulary))
