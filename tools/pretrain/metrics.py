"""Trains the two measuring networks on renders: attribute classifier and identity encoder. Plain layers only, so that any engine runs them."""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from safetensors.torch import load_file, save_file
from torch import nn

from data import Pictures, load_attributes, to_tensor

HEADS = {
    "scene": ["beach", "forest", "space", "city", "snow", "desert", "underwater", "garden"],
    "outfit": ["shirt", "suit", "hoodie", "sweater", "robe", "costume"],
    "outfitColour": ["red", "blue", "green", "yellow", "purple", "pink"],
    "headwear": ["none", "crown", "top hat", "beanie", "party hat", "headphones"],
    "style": ["photo", "sketch", "pixel", "neon"],
    "hairColour": ["black", "brown", "blonde", "red", "grey", "blue", "pink"],
    "hairStyle": ["short", "long", "curly", "spiky", "bun", "pigtails"],
}
WIDTHS = (16, 32, 48, 64, 96)


def layers_for(outputs):
    """Input [n, 3, 128, 128] in -1..1; each conv keeps the size, each pool halves it; 4x4 cells reach the linear layer."""
    layers, width = [], 3
    for i, wider in enumerate(WIDTHS):
        layers += [{"type": "Conv", "name": f"conv{i}", "in": width, "out": wider, "kernel": 3, "padding": 1}, {"type": "Relu"},
                   {"type": "AveragePool", "kernel": 2, "stride": 2}]
        width = wider
    return [*layers, {"type": "Flatten"}, {"type": "Linear", "name": "linear", "in": width * 16, "out": outputs}]


def build(layers):
    make = {"Conv": lambda x: nn.Conv2d(x["in"], x["out"], x["kernel"], padding=x["padding"]), "Relu": lambda x: nn.ReLU(),
            "AveragePool": lambda x: nn.AvgPool2d(x["kernel"], x["stride"]), "Flatten": lambda x: nn.Flatten(),
            "Linear": lambda x: nn.Linear(x["in"], x["out"])}
    net = nn.Sequential()
    for i, layer in enumerate(layers):
        module = make[layer["type"]](layer)
        if layer["type"] == "Conv":
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        net.add_module(layer.get("name", str(i)), module)
    return net


def disturb(x, rng):
    """Light blur, noise and brightness: generated pictures are softer than renders."""
    if rng.random() < 0.4:
        x = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    elif rng.random() < 0.3:
        x = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2.0, mode="bilinear", align_corners=False)
    x = x * float(rng.uniform(0.9, 1.1)) + float(rng.uniform(-0.06, 0.06))
    return x + torch.randn_like(x) * float(rng.uniform(0, 0.1))


class Set:
    """Pictures with, for some of them, what the autoencoder makes of them."""

    def __init__(self, folders, vae, round_trips):
        self.pictures, self.lines = Pictures(folders), load_attributes(folders)
        rng = np.random.default_rng(3)
        self.soft = {}
        chosen = rng.choice(len(self.pictures), min(round_trips, len(self.pictures)), replace=False)
        with torch.no_grad():
            for i in range(0, len(chosen), 8):
                part = chosen[i:i + 8]
                y = vae.decode(vae.encode(self.pictures.batch(part)).latent_dist.sample()).sample.clamp(-1, 1)
                for index, picture in zip(part, ((y + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()):
                    self.soft[int(index)] = picture

    def draw(self, rng, count):
        """Indices: about four in ten have passed the autoencoder."""
        soft, any_one = rng.choice(list(self.soft), count), rng.integers(len(self.pictures), size=count)
        return np.where(rng.random(count) < 0.4, soft, any_one)

    def batch(self, indices, rng):
        use = [self.soft[int(i)] if int(i) in self.soft and rng.random() < 0.85 else self.pictures.bytes(int(i)) for i in indices]
        return disturb(to_tensor(np.stack(use)), rng)


def minutes_loop(net, minutes, step_loss, lr=1.5e-3):
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=0.02)
    began, step = time.process_time(), 0
    while (progress := (time.process_time() - began) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1, (step + 1) / 50) * min(1, 2 * (1 - progress) + 0.02)
        loss = step_loss()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 100 == 0:
            print(f"step {step} {time.process_time() - began:.0f} s loss {loss.item():.3f}", flush=True)
    return step


def resume(net, out, name):
    """Goes on from the stored network, if there is one."""
    path = out / f"{name}.safetensors"
    if path.exists():
        net.load_state_dict(load_file(path))


def store(net, config, out, name):
    save_file({k: v.detach().contiguous() for k, v in net.state_dict().items()}, out / f"{name}.safetensors", metadata={"format": "pt"})
    path = out / "config.json"
    whole = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**whole, name: config}, indent=1) + "\n")
    print(json.dumps(config["accuracy"]), (out / f"{name}.safetensors").stat().st_size // 1024, "KiB", flush=True)


def labels_of(lines):
    """Class numbers [n, heads]; -1 where a cat has no hair."""
    return torch.tensor([[HEADS[h].index(line[h]) if line[h] in HEADS[h] else -1 for h in HEADS] for line in lines])


def train_attributes(options, vae, out):
    data, test = Set(options.data, vae, 2 * options.round_trips), Set(options.held_out, vae, 300)
    labels, truth = labels_of(data.lines), labels_of(test.lines)
    sizes = [len(values) for values in HEADS.values()]
    layers = layers_for(sum(sizes))
    net, rng = build(layers), np.random.default_rng(11)
    resume(net, out, "attributes")

    def step_loss():
        indices = data.draw(rng, 48)
        parts = net(data.batch(indices, rng)).split(sizes, 1)
        return sum(F.cross_entropy(part, labels[indices, k], ignore_index=-1) for k, part in enumerate(parts))

    minutes_loop(net, options.minutes, step_loss)
    accuracy = {}
    for name, pictures in (("renders", [test.pictures.bytes(i) for i in range(600)]), ("autoencoded", [test.soft[i] for i in sorted(test.soft)])):
        where = torch.arange(600) if name == "renders" else torch.tensor(sorted(test.soft))
        with torch.no_grad():
            parts = torch.cat([net(to_tensor(np.stack(pictures[i:i + 50]))) for i in range(0, len(pictures), 50)]).split(sizes, 1)
        accuracy[name] = {}
        for k, (head, part) in enumerate(zip(HEADS, parts)):
            known = truth[where, k] >= 0
            accuracy[name][head] = round(float((part.argmax(1) == truth[where, k])[known].float().mean()), 4)
    store(net, {"input": [3, 128, 128], "range": [-1, 1], "layers": layers, "heads": HEADS, "accuracy": accuracy}, out, "attributes")


def train_identity(options, vae, out):
    data, test = Set(options.faces, vae, options.round_trips), Set(options.held_faces, vae, 0)
    faces = torch.tensor([line["face"] for line in data.lines])
    people = np.unique([line["identity"] for line in data.lines], return_inverse=True)[1].reshape(-1)
    groups = [np.flatnonzero(people == p) for p in range(people.max() + 1)]
    net, rng = build(layers_for(64)), np.random.default_rng(12)
    head = nn.Linear(64, faces.shape[1])
    both = nn.ModuleList([net, head])
    mean, std = faces.mean(0), faces.std(0) + 1e-3

    def step_loss():
        chosen = rng.choice(len(groups), 24, replace=False)
        indices = np.concatenate([rng.choice(groups[p], 2, replace=False) for p in chosen])
        codes = F.normalize(net(data.batch(indices, rng)), dim=1)
        logits = codes @ codes.T / 0.1 - torch.eye(48) * 1e4
        same = torch.arange(48) ^ 1
        regress = (head(codes) - (faces[indices] - mean) / std).pow(2).mean()
        return F.cross_entropy(logits, same) + 2 * regress

    minutes_loop(both, options.minutes, step_loss)
    with torch.no_grad():
        codes = torch.cat([F.normalize(net(test.pictures.batch(range(i, i + 40))), dim=1) for i in range(0, len(test.pictures), 40)])
    who = np.array([line["identity"] for line in test.lines])
    similar, same = (codes @ codes.T).numpy(), who[:, None] == who[None]
    upper = np.triu(np.ones_like(same), 1).astype(bool)
    inside, outside = similar[same & upper], similar[~same & upper]
    auc = float((np.searchsorted(np.sort(outside), inside) / len(outside)).mean())
    accuracy = {"auc": round(auc, 4), "same": round(float(inside.mean()), 4), "different": round(float(outside.mean()), 4)}
    store(net, {"input": [3, 128, 128], "range": [-1, 1], "layers": layers_for(64), "compare": "cosine", "accuracy": accuracy}, out, "identity")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("command", choices=("attributes", "identity"))
    for name in ("--data", "--held-out", "--faces", "--held-faces"):
        arguments.add_argument(name, nargs="+")
    arguments.add_argument("--vae", required=True)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--minutes", type=float, default=4)
    arguments.add_argument("--round-trips", type=int, default=2000)
    options = arguments.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(4)
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    train = {"attributes": train_attributes, "identity": train_identity}[options.command]
    train(options, AutoencoderKL.from_pretrained(options.vae), folder)
