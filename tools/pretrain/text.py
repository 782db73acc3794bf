"""The CLIP text encoder: token arrays of the captions and its pre-training on bags of words and word pairs."""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from transformers import CLIPTextConfig, CLIPTextModel

from data import load_attributes
from parallel import half_precision, save_atomic
from tokenizer import END, LENGTH, RESERVED, START


def build(vocabulary):
    torch.manual_seed(1)
    config = CLIPTextConfig(
        vocab_size=len(vocabulary), hidden_size=160, intermediate_size=640, num_hidden_layers=3, num_attention_heads=5,
        max_position_embeddings=LENGTH, hidden_act="quick_gelu", projection_dim=160,
        bos_token_id=vocabulary[START], eos_token_id=vocabulary[END], pad_token_id=vocabulary[END])
    model = CLIPTextModel(config)
    embeddings = model.get_submodule("text_model.embeddings" if hasattr(model, "text_model") else "embeddings")
    torch.nn.init.normal_(embeddings.token_embedding.weight, std=0.3)
    torch.nn.init.normal_(embeddings.position_embedding.weight, std=0.1)
    return model


class Captions:
    """Token rows [picture, variant, 32]; a batch draws a variant each, drops some, and puts in a rare word now and then."""

    def __init__(self, folders, vocabulary):
        word_id = {token[:-4]: i for token, i in vocabulary.items() if token.endswith("</w>")}
        self.start, self.end = vocabulary[START], vocabulary[END]
        self.rare = [word_id[word] for word in RESERVED]
        self.nouns = (word_id["person"], word_id["cat"])
        self.word_id = word_id
        lines = load_attributes(folders)
        self.rows = np.full((len(lines), len(lines[0]["captions"]), LENGTH), self.end, dtype=np.int16)
        for row, line in zip(self.rows, lines):
            for target, caption in zip(row, line["captions"]):
                ids = [self.start, *(word_id[w] for w in caption.split())]
                target[:len(ids)] = ids

    def encode(self, caption):
        """One caption as a row of 32 token numbers."""
        ids = [self.start, *(self.word_id[w] for w in caption.split())]
        return np.array(ids + [self.end] * (LENGTH - len(ids)), dtype=np.int64)

    def batch(self, indices, rng, drop=0.1, rare=0.05):
        rows = self.rows[indices, rng.integers(self.rows.shape[1], size=len(indices))].astype(np.int64)
        for row in rows:
            if rng.random() < drop:
                row[1:] = self.end
            elif rng.random() < rare:
                at = int(np.flatnonzero(np.isin(row, self.nouns))[0])
                row[at + 1:] = row[at:-1].copy()
                row[at] = rng.choice(self.rare)
        return torch.from_numpy(rows)


def targets(rows, words, pairs, end):
    """Bags of words and of adjacent pairs: [n, words + pairs]."""
    out = torch.zeros(len(rows), len(words) + len(pairs))
    for i, row in enumerate(rows.tolist()):
        row = row[1:row.index(end)] if end in row else row[1:]
        for a, b in zip(row, row[1:] + [None]):
            out[i, words[a]] = 1
            if (a, b) in pairs:
                out[i, len(words) + pairs[a, b]] = 1
    return out


def collect(captions):
    rows = captions.rows[:, :3].reshape(-1, LENGTH)
    words = {w: i for i, w in enumerate(sorted(set(np.unique(rows).tolist()) | set(captions.rare)))}
    both = np.unique(rows[:, 1:-1].astype(np.int64) * 65536 + rows[:, 2:])
    pairs = [(int(p >> 16), int(p & 65535)) for p in both]
    pairs = [p for p in pairs if captions.end not in p] + [(r, n) for r in captions.rare for n in captions.nouns]
    return words, {p: i for i, p in enumerate(dict.fromkeys(pairs))}


def pretrain(options):
    torch.set_num_threads(1)
    vocabulary = json.loads((Path(options.tokenizer) / "vocab.json").read_text())
    captions, model, rng = Captions(options.data, vocabulary), build(vocabulary), np.random.default_rng(5)
    words, pairs = collect(captions)
    head = torch.nn.Linear(160, len(words) + len(pairs))
    parameters = [*model.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01)
    began, step = time.time(), 0
    while (progress := (time.time() - began) / (60 * options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1, (step + 1) / 100) * min(1, 2.5 * (1 - progress) + 0.02)
        rows = captions.batch(rng.integers(len(captions.rows), size=64), rng, drop=0.05, rare=0.15)
        after = (rows == captions.end).float()
        with half_precision():
            logits = head(model(rows).last_hidden_state).float()
        wanted = targets(rows, words, pairs, captions.end)[:, None].expand_as(logits)
        loss = (F.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(-1) * after).sum() / after.sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        if step % 100 == 0:
            print(f"step {step} {time.time() - began:.0f} s bag loss {loss.item():.3f}", flush=True)
    save_atomic(model.state_dict(), options.out)
    print(len(words), "words", len(pairs), "pairs", sum(p.numel() for p in model.parameters()), "parameters")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", nargs="+", required=True)
    arguments.add_argument("--tokenizer", required=True)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--minutes", type=float, default=4)
    pretrain(arguments.parse_args())
