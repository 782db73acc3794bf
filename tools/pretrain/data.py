"""Reads what `tools/portraits/main.ts dataset` wrote: raw pictures and their attributes."""
import json
from pathlib import Path

import numpy as np
import torch

SIZE = 128


def load_images(folders):
    """Memory maps of [n, 128, 128, 3] bytes, one for each folder."""
    return [np.memmap(Path(f) / "images.u8", dtype=np.uint8, mode="r").reshape(-1, SIZE, SIZE, 3) for f in folders]


def load_attributes(folders):
    return [json.loads(line) for f in folders for line in open(Path(f) / "attributes.jsonl")]


class Pictures:
    """Pictures of several folders as one list."""

    def __init__(self, folders):
        self.parts = load_images(folders)
        self.ends = np.cumsum([len(p) for p in self.parts])

    def __len__(self):
        return int(self.ends[-1])

    def bytes(self, index):
        part = int(np.searchsorted(self.ends, index, side="right"))
        return self.parts[part][index - (self.ends[part - 1] if part else 0)]

    def batch(self, indices):
        """[n, 3, 128, 128] in -1..1."""
        return to_tensor(np.stack([self.bytes(i) for i in indices]))


def to_tensor(pictures):
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
