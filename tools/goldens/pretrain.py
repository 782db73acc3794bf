"""Writes test/fixtures/pretrain/trajectory.safetensors: 200 steps of pre-training on the tiny sd2 model by torch.

    python tools/goldens/pretrain.py        (after tiny.py)

UNet and text encoder train together, every parameter. Step k (from 0), row b: x0 = latents[picture[k, b]], text =
text_encoder(ids[caption[k, b]]) (the last caption is the empty one: 10 % of the draws), t = timestep[k, b], eps =
noise[k, b]; the loss is that of tools/pretrain/diffusion.py: v-prediction with Min-SNR weights, gamma 5. The global norm
is clipped to 1, then AdamW(beta 0.9 / 0.99, eps 1e-8, decay 1e-2) with the rate of tools/pretrain/unet.py: peak 1e-3,
warm-up over 20 steps, a half cosine to 2 % over the last 30 %. Noise and latents are stored in half precision, which
both sides widen.
  losses, norms, rates   of each step, norms before clipping
"""

import math
import sys
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from tiny import BOS, EOS, ROOT, TOKENS, draw, store
from transformers import CLIPTextModel

sys.path.append(str(Path(__file__).resolve().parents[1] / "pretrain"))
from diffusion import loss_of  # noqa: E402

FOLDER, OUT = ROOT / "sd2", ROOT.parent / "pretrain/trajectory.safetensors"
STEPS, ROWS, BANK = 200, 4, 8
RATE, WARM_UP, DECAY, END = 1e-3, 20, 0.3, 0.02
Tensors = dict[str, torch.Tensor]


def draw_ids() -> torch.Tensor:
    """BANK captions of 2 to 9 words, then the empty one."""
    generator = torch.Generator().manual_seed(81)
    ids = torch.full((BANK + 1, TOKENS), EOS)
    ids[:, 0] = BOS
    for row in range(BANK):
        ids[row, 1 : 3 + row] = torch.randint(0, BOS, (2 + row,), generator=generator)
    return ids


def draw_data() -> Tensors:
    generator = torch.Generator().manual_seed(82)
    picture = torch.randint(0, BANK, (STEPS, ROWS), generator=generator)
    dropped = torch.rand((STEPS, ROWS), generator=generator) < 0.1
    return {
        "ids": draw_ids(),
        "latents": draw(83, BANK, 4, 8, 8).half(),
        "noise": draw(84, STEPS, ROWS, 4, 8, 8).half(),
        "timestep": torch.randint(0, 1000, (STEPS, ROWS), generator=generator),
        "picture": picture,
        "caption": torch.where(dropped, BANK, picture),
    }


def rate_at(step: int) -> float:
    late = max(0.0, (step / STEPS - 1 + DECAY) / DECAY)
    return RATE * min(1.0, (step + 1) / WARM_UP) * (END + (1 - END) * 0.5 * (1 + math.cos(math.pi * min(1.0, late))))


def train(data: Tensors) -> Tensors:
    unet = UNet2DConditionModel.from_pretrained(FOLDER / "unet").requires_grad_(True)
    text = CLIPTextModel.from_pretrained(FOLDER / "text_encoder").requires_grad_(True)
    parameters = [*unet.parameters(), *text.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, betas=(0.9, 0.99), weight_decay=0.01, foreach=False)
    losses, norms, rates = [], [], []
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = rate_at(step)
        latents, rows = data["latents"][data["picture"][step]].float(), data["ids"][data["caption"][step]]
        loss = loss_of(unet, text, latents, rows, data["noise"][step].float(), data["timestep"][step])
        optimizer.zero_grad()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, 1.0))
        optimizer.step()
        losses.append(loss.detach())
        rates.append(rate_at(step))
    return {"losses": torch.stack(losses), "norms": torch.stack(norms), "rates": torch.tensor(rates)}


def main() -> None:
    torch.set_num_threads(1)
    data = draw_data()
    run = train(data)
    store(OUT, data | run)
    print("loss", *(f"{run['losses'][i : i + 20].mean():.4f}" for i in range(0, STEPS, 20)))


if __name__ == "__main__":
    main()
