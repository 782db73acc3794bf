"""Goes on training the decoder alone: the encoder, and with it every cached latent, stays as it is."""
import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL

from data import Pictures
from parallel import average_gradients, half_precision, launch, save_atomic
from vae import decode, picture_loss, quick_check

NOISE = 0.04


def crops(pictures, latents, rng, count):
    """Crops of 64 pixels and the 8x8 latents under them."""
    x, z = [], []
    for index in rng.integers(len(latents), size=count):
        top, left = rng.integers(0, 9, size=2)
        x.append(pictures.bytes(index)[top * 8:top * 8 + 64, left * 8:left * 8 + 64])
        z.append(latents[index, :, top:top + 8, left:left + 8])
    return torch.from_numpy(np.stack(x)).permute(0, 3, 1, 2).float() / 127.5 - 1, torch.stack(z)


def train(options, out, rank):
    pictures, held_out = Pictures(options.data), Pictures(options.held_out)
    vae = AutoencoderKL.from_pretrained(options.vae)
    latents = torch.cat([torch.load(file) for file in options.latents]).float()
    parameters = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=options.lr, betas=(0.9, 0.99), weight_decay=1e-3)
    step, spent, budget, state = 0, 0.0, 60 * options.minutes, out / "decoder.pt"
    if state.exists():
        saved = torch.load(state)
        vae.load_state_dict(saved["vae"])
        optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["spent"]
    torch.manual_seed(2000 * rank + step)
    rng = np.random.default_rng((7, rank, step))
    progress, last = spent / budget, time.time()
    mark = saved_at = last
    while progress < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.lr * min(1, (step + 1) / 60) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * max(0.0, progress * 1.5 - 0.5))))
        x, z = crops(pictures, latents, rng, options.batch)
        z = z / vae.config.scaling_factor
        with half_precision():
            loss = picture_loss(decode(vae, z + NOISE * torch.randn_like(z)), x)
        optimizer.zero_grad()
        loss.backward()
        now = time.time()
        spent, last = spent + min(now - last, 5.0), now
        progress = average_gradients(parameters, spent / budget, options.world)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        if rank == 0 and (step % 500 == 0 or progress >= 1):
            whole, face = quick_check(vae, held_out, out / "decoder-sheet.png")
            print(f"step {step} progress {progress:.3f} held-out PSNR {whole:.2f} face {face:.2f} {time.time() - mark:.0f} s", flush=True)
        if rank == 0 and (time.time() - saved_at > 90 or progress >= 1):
            save_atomic({"vae": vae.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "spent": spent}, state)
            vae.save_pretrained(out / "refined")
            saved_at = time.time()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", nargs="+", required=True)
    arguments.add_argument("--held-out", nargs="+", required=True)
    arguments.add_argument("--latents", nargs="+", required=True, help="of the first pictures of the data, in their order")
    for name in ("--vae", "--out"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--minutes", type=float, default=15)
    arguments.add_argument("--lr", type=float, default=8e-4)
    arguments.add_argument("--batch", type=int, default=4)
    arguments.add_argument("--world", type=int, default=1)
    arguments.add_argument("--pid", default="decoder.pid")
    options = arguments.parse_args()
    Path(options.out).mkdir(parents=True, exist_ok=True)
    train(options, Path(options.out), launch(options.world, options.pid))
