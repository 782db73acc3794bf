"""Makes the CLIP tokenizer fixtures: four small folders in the layouts found in the wild, and what transformers says on them.

    python tools/goldens/tokenizer.py            writes test/fixtures/tokenizer/
    python tools/goldens/tokenizer.py --wide N   prints N random texts with their ids as JSON lines (for a wider comparison)

No full CLIP vocabulary is needed: a few hundred merges are learned here from TEXT, in the exact file format of the real one.
"""

import collections
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

from transformers import CLIPTokenizer

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "tokenizer"
MERGES = 320
BOS, EOS = "<|startoftext|>", "<|endoftext|>"

TEXT = """
a portrait of a person in a red coat standing near the old harbour, looking at the sea while the evening light falls on the water
a photo of a woman with green eyes and a blue scarf, a photo of a man wearing glasses and a black hat, a drawing of a smiling child
it's raining and they're walking home; we've been told that he'll come and she'd stay, but i'm not sure that it isn't too late
the quick brown fox jumps over the lazy dog while the painter paints another painting in the style of the old masters
a cat sleeping on a wooden chair next to the window, a dog running through the forest, a horse in the snow, mountains in the background
highly detailed oil painting, soft light, sharp focus, studio photography, close up, wide angle, best quality, trending, cinematic
in the city at night with neon signs, in the garden with flowers, on the beach in summer, under the stars, in front of the castle
an astronaut riding a bicycle on the moon, a robot reading a newspaper in the kitchen, a teapot shaped like an elephant
a person wearing a yellow dress, a person wearing a striped shirt, a person with a beard, a person with long hair and a crown
"""

HAND = [
    "",
    " ",
    "\n\t \r\n",
    "a",
    "A",
    "a portrait of a person in a red coat",
    "A PORTRAIT OF A PERSON IN A RED COAT",
    "  leading,   inner \t\n and trailing   ",
    "it's they're we've he'll she'd i'm isn't",
    "IT'S THEY'RE 'S 'Ll ''s '' ' s's",
    "don’t use ‘curly’ “quotes”",
    "hello!!! what?! (yes); no... [maybe] {x} <y> a/b\\c a_b a-b a+b=c *star* #tag @me $5 50% a&b ~ ^ ` |",
    "!",
    "!!",
    "a!b !c d! ! !",
    "3.14159 1024x768 50mm f/1.8 1st 2nd 90's 2024-01-02",
    "½ ² Ⅷ ٣ १२ 一二三",
    "café naïve façade jalapeño Ærøskøbing straße ẞ ŒUVRE",
    "cafe\u0301 A\u030angstro\u0308m e\u0323\u0302",
    "ΣΑΣ ΟΔΥΣΣΕΥΣ İstanbul DŽ ﬁn",
    "привет мир ПРИВЕТ",
    "東京の夜景、美しい人物の肖像 한국어 안녕하세요",
    "你好。世界！",
    "مرحبا بالعالم שלום עולם हिन्दी ไทย",
    "😀 👩🏽‍🎨 paints 🎨! ❤️❤️ 🇫🇷 a😀b",
    "\u00a0nbsp\u2003em\u200bzero\u2028line\u0085next\ufeffbom\u3000wide\u180emvs",
    "control\u0000\u0001\u001b\u007fchars",
    "<|startoftext|>",
    "<|endoftext|>",
    "a <|endoftext|> b",
    "a<|endoftext|>b<|startoftext|>c",
    "A <|ENDOFTEXT|> B <|StartOfText|> c",
    "<|endoftext|><|endoftext|>",
    "<|endoftext| <|x|> |> <|",
    "\U0001f600\U00020000\U0001d538 𝒳 ＡＢＣ",
    "w" * 200,
    "portrait " * 60,
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "a, " * 100,
    "<me> sks ohwx <cat-toy> $0",
    "\ud7ff\ue000\ufffd",
]

POOLS = [
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "     \t\n\u00a0\u2003\u3000\u0085",
    "0123456789",
    "!?.,;:'\"()[]{}<>|/\\-_+=*&^%$#@~`",
    "éèêëàâäçñöüßÉÈÀÇÑÖÜøåæœÅÆŒłžščř",
    "\u0301\u0308\u0327\u030a\u0323",
    "ΑΒΓΔΣσςΩαβγ",
    "АБВГабвгдёж",
    "東京都美人画像日本中国한국어かなカナ",
    "😀🎨👩🏽‍❤️🇫🇷🚀",
    "مرحباשלוםहिन्दीไทย",
    "½²Ⅷ٣१ªº",
]


def byte_symbols() -> list[str]:
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]


def learn_merges(count: int) -> list[tuple[str, str]]:
    words = collections.Counter()
    for word in TEXT.replace(",", " , ").replace(";", " ; ").replace("'", " '").split():
        words[(*word[:-1], word[-1] + "</w>")] += 1
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        merged = collections.Counter()
        for word, n in words.items():
            symbols, i = [], 0
            while i < len(word):
                step = 2 if word[i : i + 2] == best else 1
                symbols.append("".join(word[i : i + step]))
                i += step
            merged[tuple(symbols)] += n
        words = merged
    return merges


def added(content: str, normalized: bool, typed: bool = False) -> dict:
    token = {"content": content, "lstrip": False, "normalized": normalized, "rstrip": False, "single_word": False}
    return {"__type": "AddedToken", **token} if typed else token


def config(pad: str) -> dict:
    return {
        "add_prefix_space": False,
        "bos_token": added(BOS, True, True),
        "do_lower_case": True,
        "eos_token": added(EOS, True, True),
        "errors": "replace",
        "model_max_length": 77,
        "pad_token": pad,
        "tokenizer_class": "CLIPTokenizer",
        "unk_token": added(EOS, True, True),
    }


def special(pad: str) -> dict:
    return {"bos_token": added(BOS, True), "eos_token": added(EOS, True), "pad_token": pad, "unk_token": added(EOS, True)}


def write(folder: Path, vocab: dict, merges: list[tuple[str, str]], special_map: dict, tokenizer_config: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "special_tokens_map.json").write_text(json.dumps(special_map, indent=1))
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config, indent=1))


def write_folders() -> None:
    """sd1 and sd2 as published; decoder as transformers 4 saves it; single as transformers 5 saves it (tokenizer.json only)."""
    merges = learn_merges(MERGES)
    base = byte_symbols()
    tokens = [*base, *(b + "</w>" for b in base), *(a + b for a, b in merges), BOS, EOS]
    vocab = {token: i for i, token in enumerate(tokens)}
    assert len(vocab) == len(tokens)
    write(OUT / "sd1", vocab, merges, special(EOS), config(EOS))
    write(OUT / "sd2", vocab, merges, special("!"), config(EOS))
    decoder = {str(vocab[t]): {**added(t, t != "!"), "special": True} for t in ("!", BOS, EOS)}
    plain = {**config("!"), "bos_token": BOS, "eos_token": EOS, "unk_token": EOS, "added_tokens_decoder": decoder}
    write(OUT / "decoder", vocab, merges, special("!"), plain)
    with tempfile.TemporaryDirectory() as scratch:
        CLIPTokenizer.from_pretrained(OUT / "sd1").save_pretrained(scratch)
        (OUT / "single").mkdir(exist_ok=True)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(Path(scratch) / name, OUT / "single" / name)


def random_texts(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    words = TEXT.split()

    def piece() -> str:
        if rng.random() < 0.5:
            return rng.choice(words)
        pool = rng.choice(POOLS)
        return "".join(rng.choice(pool) for _ in range(rng.randint(1, 6)))

    def text() -> str:
        return "".join(piece() + rng.choice(["", " ", " "]) for _ in range(rng.randint(1, 12)))

    return [text() for _ in range(count)]


def ids(tokenizer: CLIPTokenizer, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False).input_ids


def padded(tokenizer: CLIPTokenizer, text: str) -> list[int]:
    return tokenizer(text, padding="max_length", truncation=True, max_length=77).input_ids


def main() -> None:
    if "--wide" in sys.argv:
        tokenizer = CLIPTokenizer.from_pretrained(OUT / sys.argv[sys.argv.index("--wide") + 2])
        for text in random_texts(1, int(sys.argv[sys.argv.index("--wide") + 1])):
            print(json.dumps([text, ids(tokenizer, text)]))
        return
    write_folders()
    goldens = {}
    for name in ("sd1", "sd2", "decoder", "single"):
        tokenizer = CLIPTokenizer.from_pretrained(OUT / name)
        texts = HAND + random_texts(0, 200 if name == "sd1" else 40)
        goldens[name] = {
            "pad": tokenizer.pad_token_id,
            "tokens": [[text, ids(tokenizer, text)] for text in texts],
            "encoded": [[text, padded(tokenizer, text)] for text in HAND[:2] + HAND[5:7] + HAND[14:15] + HAND[29:30] + HAND[36:37]],
        }
    (OUT / "goldens.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")


main()
