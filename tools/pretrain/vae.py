"""Trains the AutoencoderKL: first towards a latent given by PCA, then end to end. The schedule counts processor time, resumable."""
import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image

from data import Pictures, load_attributes, to_tensor
from parallel import average_gradients, half_precision, launch, save_atomic

CHANNELS = 16
NOISE = 0.1
CROP = 64
FACE_OFFSETS = (24, 32, 40)
FACE = (slice(40, 90), slice(36, 92))


def build():
    torch.manual_seed(0)
    vae = AutoencoderKL(
        in_channels=3, out_channels=3, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(16, 32, 64, 128), layers_per_block=1, latent_channels=CHANNELS, norm_num_groups=8,
        sample_size=128, mid_block_add_attention=False)
    for name, module in vae.named_modules():
        if name.endswith("conv2") and hasattr(module, "weight"):
            torch.nn.init.zeros_(module.weight)
    with torch.no_grad():
        vae.quant_conv.bias[CHANNELS:] = -5.0
        vae.quant_conv.weight[CHANNELS:] *= 0.05
    return vae


def fit_pca(pictures):
    """Mean and scaled basis of 8x8x3 patches: [192], [192, 16]."""
    rng = np.random.default_rng(0)
    x = pictures.batch(rng.choice(len(pictures), 600, replace=False))
    patches = F.unfold(x, 8, stride=8).transpose(1, 2).reshape(-1, 192)
    mean = patches.mean(0)
    values, vectors = torch.linalg.eigh(torch.cov((patches - mean).T))
    basis, std = vectors[:, -CHANNELS:].flip(1), values[-CHANNELS:].flip(0).sqrt()
    basis = basis / std.sqrt()
    return mean, basis / ((patches - mean) @ basis).std()


def pca_target(x, mean, basis):
    n, _, h, w = x.shape
    patches = F.unfold(x, 8, stride=8).transpose(1, 2)
    return ((patches - mean) @ basis).transpose(1, 2).reshape(n, CHANNELS, h // 8, w // 8)


def moments(vae, x):
    """Mean and log-variance of the posterior; the pass itself in half precision where that is on."""
    mean, logvar = vae.quant_conv(vae.encoder(x)).float().chunk(2, 1)
    return mean, logvar.clamp(-20, 10)


def decode(vae, z):
    return vae.decoder(vae.post_quant_conv(z)).float()


def picture_loss(y, x):
    edge = sum((y.diff(dim=d) - x.diff(dim=d)).abs().mean() for d in (2, 3))
    return (y - x).abs().mean() + 0.5 * edge


def loss_of(vae, x, pca, joint):
    if joint:
        mean, logvar = moments(vae, x)
        z = mean + torch.randn_like(mean) * (0.5 * logvar).exp()
        kl = 0.5 * (mean ** 2 + logvar.exp() - 1 - logvar).mean()
        return picture_loss(decode(vae, z), x) + 1e-4 * kl
    target = pca_target(x, *pca)
    y = decode(vae, target + NOISE * torch.randn_like(target))
    mean, logvar = moments(vae, x)
    return picture_loss(y, x) + 0.3 * ((mean - target).abs().mean() + 0.1 * (logvar + 4.6).abs().mean())


@torch.no_grad()
def round_trips(vae, x):
    return torch.cat([decode(vae, moments(vae, part)[0]) for part in x.split(16)]).clamp(-1, 1)


def psnr(y, x):
    """One figure for each picture, in dB."""
    return -10 * ((y - x) / 2).pow(2).mean((1, 2, 3)).log10()


def quick_check(vae, held_out, sheet):
    """Mean PSNR of 64 held-out pictures: whole, and the face box."""
    x = held_out.batch(range(64))
    y = round_trips(vae, x)
    rows = torch.cat([torch.cat(list(part[:12]), 2) for part in (x, y)], 1)
    Image.fromarray(((rows.permute(1, 2, 0) + 1) * 127.5).byte().numpy()).save(sheet)
    return float(psnr(y, x).mean()), float(psnr(y[..., *FACE], x[..., *FACE]).mean())


def full_check(vae, folders):
    """PSNR by style and over all held-out pictures: whole, face box; and the mean absolute error."""
    held_out, styles = Pictures(folders), np.array([line["style"] for line in load_attributes(folders)])
    x = held_out.batch(range(len(held_out)))
    y = round_trips(vae, x)
    whole, face = psnr(y, x).numpy(), psnr(y[..., *FACE], x[..., *FACE]).numpy()
    table = {str(s): [round(float(v[styles == s].mean()), 2) for v in (whole, face)] for s in np.unique(styles)}
    return {"all": [round(float(whole.mean()), 2), round(float(face.mean()), 2)], **table, "L1": round(float((y - x).abs().mean()), 4)}


def crops(pictures, rng, count):
    """Crops of 64 pixels at multiples of 8, every second one on the face."""
    out = []
    for k, index in enumerate(rng.integers(len(pictures), size=count)):
        top, left = rng.choice(FACE_OFFSETS, 2) if k % 2 else rng.integers(0, (128 - CROP) // 8 + 1, size=2) * 8
        out.append(pictures.bytes(index)[top:top + CROP, left:left + CROP])
    return to_tensor(np.stack(out))


def rate_at(step, progress):
    return min(1, (step + 1) / 60) * (1 if progress < 0.5 else 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (progress - 0.5) * 2)))


def train(options, out, rank):
    pictures, held_out = Pictures(options.data), Pictures(options.held_out)
    pca, vae = fit_pca(pictures), build()
    parameters = list(vae.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=options.lr, betas=(0.9, 0.99), weight_decay=1e-3, fused=True)
    step, spent, state = 0, 0.0, out / "vae.pt"
    if state.exists():
        saved = torch.load(state)
        vae.load_state_dict(saved["vae"])
        optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["spent"]
    torch.manual_seed(1000 * rank + step)
    rng = np.random.default_rng((rank, step))
    budget = 60 * options.minutes
    progress, last = spent / budget, time.process_time()
    mark, saved_at = (time.time(), step), time.time()
    while progress < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.lr * rate_at(step, progress)
        optimizer.zero_grad()
        with half_precision():
            loss = loss_of(vae, crops(pictures, rng, options.batch), pca, progress > options.joint_from)
        loss.backward()
        now = time.process_time()
        spent, last = spent + now - last, now
        progress = average_gradients(parameters, spent / budget, options.world)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        if rank == 0 and step % options.every == 0:
            with half_precision():
                whole, face = quick_check(vae, held_out, out / "sheet.png")
            print(f"step {step} progress {progress:.3f} loss {loss.item():.4f} held-out PSNR {whole:.2f} face {face:.2f} "
                  f"steps/s {(step - mark[1]) / (time.time() - mark[0]):.2f}", flush=True)
            mark = (time.time(), step)
        if rank == 0 and time.time() - saved_at > 120:
            save_atomic({"vae": vae.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "spent": spent}, state)
            saved_at = time.time()
    if rank == 0:
        finish(vae, pictures, options, out, step)


def finish(vae, pictures, options, out, step):
    with torch.no_grad():
        latents = torch.cat([moments(vae, pictures.batch(range(i, i + 16)))[0] for i in range(0, 512, 16)])
    vae.register_to_config(scaling_factor=round(1 / float(latents.std()), 4))
    vae.save_pretrained(out / "final")
    print(f"final step {step} latent std {latents.std():.3f}", json.dumps(full_check(vae, options.held_out)), flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", nargs="+", required=True)
    arguments.add_argument("--held-out", nargs="+", required=True)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--minutes", type=float, default=20, help="of processor time of each process: other work does not shorten the run")
    arguments.add_argument("--lr", type=float, default=1.2e-3)
    arguments.add_argument("--joint-from", type=float, default=0.3)
    arguments.add_argument("--batch", type=int, default=4, help="crops for each process and step")
    arguments.add_argument("--world", type=int, default=2)
    arguments.add_argument("--every", type=int, default=1000, help="steps between reports")
    options = arguments.parse_args()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    train(options, out, launch(options.world, out / "train.pid"))


if __name__ == "__main__":
    main()
