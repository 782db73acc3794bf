"""Trains UNet and text encoder on cached latents. The rate follows the wall clock up to a given time of day; resumable."""
import argparse
import copy
import json
import math
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

import text as text_encoder
from data import Pictures
from diffusion import PROMPTS, held_out_loss, loss_of, quick_attention, sample, write_sheet
from optimizers import build_optimizers
from parallel import average_gradients, half_precision, launch, save_atomic
from vae import CHANNELS, moments


def build():
    torch.manual_seed(2)
    return UNet2DConditionModel(
        sample_size=16, in_channels=CHANNELS, out_channels=CHANNELS, block_out_channels=(64, 96, 160), layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D",) * 3, up_block_types=("CrossAttnUpBlock2D",) * 3,
        attention_head_dim=[2, 3, 5], cross_attention_dim=160, norm_num_groups=16)


@torch.no_grad()
def cache_latents(options):
    """Posterior means of every picture, times the scaling factor: [n, 16, 16, 16] in bf16."""
    torch.set_num_threads(1)
    vae = AutoencoderKL.from_pretrained(options.vae)
    pictures = Pictures(options.data)
    with half_precision():
        first, last = options.range or (0, len(pictures))
        parts = [moments(vae, pictures.batch(range(i, min(i + 16, last))))[0] for i in range(first, last, 16)]
    latents = torch.cat(parts) * vae.config.scaling_factor
    print("latents", tuple(latents.shape), "std", float(latents.std()), flush=True)
    save_atomic(latents.bfloat16(), options.out)


class Average:
    """Exponential moving average of the weights, ramped up from the start."""

    def __init__(self, models):
        self.models, self.copies, self.updates = models, [copy.deepcopy(m).requires_grad_(False).eval() for m in models], 0

    @torch.no_grad()
    def update(self):
        keep = min(0.98, (1 + self.updates) / (10 + self.updates))
        for model, average in zip(self.models, self.copies):
            torch._foreach_lerp_(list(average.parameters()), [p.detach() for p in model.parameters()], 1 - keep)
        self.updates += 1


def rate_at(step, progress, options):
    """Share of the full rate: warm-up by steps, then constant, then a cosine over the last `--decay` of the time."""
    if progress < 1 - options.decay:
        return min(1.0, (step + 1) / options.warm_up)
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - 1 + options.decay) / options.decay)))


class Run:
    """Everything that a checkpoint holds."""

    def __init__(self, options, vocabulary):
        self.unet, self.text = build(), text_encoder.build(vocabulary)
        self.text.load_state_dict(torch.load(options.text))
        if options.start:
            self.unet.load_state_dict(torch.load(options.start))
        self.optimizers = build_optimizers(options.optimizer, self.unet, self.text, options.lr, options.muon_lr)
        self.average = Average([self.unet, self.text])
        self.step = self.samples = 0
        self.began = time.time()

    def state(self):
        return {"unet": self.unet.state_dict(), "text": self.text.state_dict(), "step": self.step, "samples": self.samples,
                "ema_unet": self.average.copies[0].state_dict(), "ema_text": self.average.copies[1].state_dict(),
                "updates": self.average.updates, "began": self.began, "optimizers": [o.state_dict() for o in self.optimizers]}

    def load(self, state):
        self.unet.load_state_dict(state["unet"])
        self.text.load_state_dict(state["text"])
        self.average.copies[0].load_state_dict(state["ema_unet"])
        self.average.copies[1].load_state_dict(state["ema_text"])
        self.average.updates, self.began = state["updates"], state["began"]
        self.step, self.samples = state["step"], state["samples"]
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)


def end_time(path):
    """The moment named HH:MM in the file: it may be changed during the run."""
    hour, minute = map(int, Path(path).read_text().strip().split(":"))
    return datetime.now().replace(hour=hour, minute=minute, second=0).timestamp()


def report(run, vae, held, rows, captions, options, out, mark):
    prompts = torch.from_numpy(np.stack([captions.encode(p) for p in PROMPTS]))
    with half_precision(), quick_attention():
        loss = held_out_loss(*run.average.copies, held, rows)
        pictures = sample(*run.average.copies, vae, prompts, torch.from_numpy(captions.encode(""))[None])
    now = datetime.now().strftime("%H:%M:%S")
    rate = (run.samples - mark[1]) / (time.time() - mark[0])
    print(f"{now} samples {run.samples} step {run.step} held-out v-loss {loss:.4f} {rate:.1f} samples/s", flush=True)
    write_sheet(pictures, out / f"grid-{run.samples // 1000:04d}k.png")


def train(options, rank):
    out = Path(options.out)
    vocabulary = json.loads((Path(options.tokenizer) / "vocab.json").read_text())
    captions, held_captions = (text_encoder.Captions(f, vocabulary) for f in (options.data, options.held_out))
    latents = torch.cat([torch.load(file) for file in options.latents])
    held = torch.load(options.held_latents)[:options.held_count].float()
    held_rows = torch.from_numpy(held_captions.rows[:options.held_count, 0].astype(np.int64))
    vae = AutoencoderKL.from_pretrained(options.vae).eval()
    run, checkpoint = Run(options, vocabulary), out / "unet.pt"
    if checkpoint.exists():
        run.load(torch.load(checkpoint))
    parameters = [p for m in (run.unet, run.text) for p in m.parameters()]
    torch.manual_seed(1000 * rank + run.step)
    rng = np.random.default_rng((rank, run.step))
    end, progress = end_time(options.end), 0.0
    mark, saved_at, raw, reported = (time.time(), run.samples), time.time(), out / "raw.pt", run.samples // options.every
    while progress < 1:
        for optimizer in run.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * rate_at(run.step, progress, options)
        if rank == 0 and progress >= 1 - options.decay and not raw.exists():
            save_atomic(run.state(), raw)
        indices = rng.integers(len(latents), size=options.batch // options.world)
        steps = torch.randint(0, 1000, (len(indices),))
        part = latents[indices].float()
        with half_precision(), quick_attention():
            loss = loss_of(run.unet, run.text, part, captions.batch(indices, rng), torch.randn_like(part), steps)
        for p in parameters:
            p.grad = None
        loss.backward()
        progress = average_gradients(parameters, min(1.0, (time.time() - run.began) / (end - run.began)), options.world)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        for optimizer in run.optimizers:
            optimizer.step()
        run.step, run.samples = run.step + 1, run.samples + options.batch
        if run.step % 4 == 0:
            run.average.update()
        if rank == 0 and run.step % 50 == 0:
            print(f"step {run.step} samples {run.samples} loss {loss.item():.4f} {(run.samples - mark[1]) / (time.time() - mark[0]):.1f}/s", flush=True)
            end = end_time(options.end)
        if rank == 0 and (run.samples // options.every > reported or progress >= 1):
            reported = run.samples // options.every
            report(run, vae, held, held_rows, captions, options, out, mark)
            mark = (time.time(), run.samples)
        if rank == 0 and (time.time() - saved_at > 150 or progress >= 1):
            save_atomic(run.state(), checkpoint)
            saved_at = time.time()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("command", choices=("latents", "train"))
    arguments.add_argument("--data", nargs="+", required=True)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--vae", required=True)
    for name in ("--held-out", "--latents"):
        arguments.add_argument(name, nargs="+")
    for name in ("--held-latents", "--tokenizer", "--text", "--start", "--end"):
        arguments.add_argument(name)
    arguments.add_argument("--range", nargs=2, type=int, help="pictures from A on, before B")
    arguments.add_argument("--optimizer", choices=("adamw", "muon"), default="muon")
    arguments.add_argument("--lr", type=float, default=8e-4)
    arguments.add_argument("--muon-lr", type=float, default=0.02)
    arguments.add_argument("--batch", type=int, default=32)
    arguments.add_argument("--warm-up", type=int, default=200, help="steps")
    arguments.add_argument("--decay", type=float, default=0.3)
    arguments.add_argument("--every", type=int, default=12500, help="samples between reports")
    arguments.add_argument("--held-count", type=int, default=256)
    arguments.add_argument("--world", type=int, default=2)
    arguments.add_argument("--pid", default="train.pid")
    options = arguments.parse_args()
    if options.command == "latents":
        return cache_latents(options)
    Path(options.out).mkdir(parents=True, exist_ok=True)
    train(options, launch(options.world, options.pid))


if __name__ == "__main__":
    main()
