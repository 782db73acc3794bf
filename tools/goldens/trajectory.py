"""Writes test/fixtures/tiny/sd1/golden-trajectory.safetensors: two training runs of torch + diffusers + peft.

    python tools/goldens/trajectory.py      (after tiny.py)

Step k (from 0), row b: x0 = latents[latent_index[k, b]], context = contexts[context_index[k, b]], t = timestep[k, b],
eps = noise[k, b]; x = sqrt(abar_t) x0 + sqrt(1 - abar_t) eps; loss = mean((unet(x, t, context) - eps)^2). Then the
global gradient norm is clipped to 1 (factor 1 / (norm + 1e-6) where norm > 1), then AdamW(beta 0.9 / 0.999, eps 1e-8,
weight decay 1e-2) with the rate lr[k]: linear warm-up over 5 steps from 0, then a cosine to 0 at step 50, peak 1e-3.

  lora.*   50 steps of LoRA r 4, alpha 4 on the attention projections: `lora.start.<PEFT key>`, `lora.end.<PEFT key>`,
           `lora.losses`, `lora.norms` (gradient norm before clipping), `lora.lr`
  full.*   the first 20 steps of the same data, every UNet parameter: `full.losses`, `full.norms`, `full.lr`,
           `full.end_norms` (L2 norm per parameter after the last step, in the order of sorted names)
"""

import torch
from diffusers import DDIMScheduler
from diffusers.optimization import get_cosine_schedule_with_warmup
from gradients import FOLDER, RANK, UNET_TARGETS, Tensors, inject, load_unet, lora_parameters, trainable
from tiny import TOKENS, draw, store

STEPS, FULL_STEPS, ROWS, BANK = 50, 20, 2, 4
RATE, DECAY, CLIP, WARMUP = 1e-3, 1e-2, 1.0, 5


def draw_data() -> Tensors:
    generator = torch.Generator().manual_seed(71)
    return {
        "latents": draw(72, BANK, 4, 8, 8),
        "contexts": draw(73, BANK, TOKENS, 48),
        "noise": draw(74, STEPS, ROWS, 4, 8, 8),
        "timestep": torch.randint(0, 1000, (STEPS, ROWS), generator=generator),
        "latent_index": torch.randint(0, BANK, (STEPS, ROWS), generator=generator),
        "context_index": torch.randint(0, BANK, (STEPS, ROWS), generator=generator),
    }


def train(unet: torch.nn.Module, parameters: list[torch.Tensor], data: Tensors, steps: int) -> Tensors:
    schedule = DDIMScheduler.from_pretrained(FOLDER / "scheduler")
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY, foreach=False)
    rates = get_cosine_schedule_with_warmup(optimizer, WARMUP, STEPS)
    losses, norms, used = [], [], []
    for step in range(steps):
        noise, timestep = data["noise"][step], data["timestep"][step]
        x = schedule.add_noise(data["latents"][data["latent_index"][step]], noise, timestep)
        predicted = unet(x, timestep, data["contexts"][data["context_index"][step]]).sample
        loss = (predicted - noise).square().mean()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, CLIP))
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        rates.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
    return {"losses": torch.stack(losses), "norms": torch.stack(norms), "lr": torch.tensor(used)}


def train_lora(data: Tensors) -> Tensors:
    unet = inject(load_unet(), UNET_TARGETS, RANK)
    factors = lora_parameters(unet, "unet.")
    with torch.no_grad():
        for index, (key, value) in enumerate(factors.items()):
            if "lora_A" in key:
                value.copy_(draw(3000 + index, *value.shape) * value.shape[1] ** -0.5)
    start = {f"lora.start.{key}": value.detach().clone() for key, value in factors.items()}
    run = train(unet, list(factors.values()), data, STEPS)
    end = {f"lora.end.{key}": value for key, value in factors.items()}
    return start | end | {f"lora.{key}": value for key, value in run.items()}


def train_full(data: Tensors) -> Tensors:
    unet = load_unet()
    parameters = trainable(unet)
    run = {f"full.{key}": value for key, value in train(unet, list(parameters.values()), data, FULL_STEPS).items()}
    return run | {"full.end_norms": torch.stack([parameters[name].detach().norm() for name in sorted(parameters)])}


def main() -> None:
    torch.set_num_threads(1)
    data = draw_data()
    tensors = data | train_lora(data) | train_full(data)
    store(FOLDER / "golden-trajectory.safetensors", tensors, {"rank": str(RANK), "alpha": str(RANK)})


if __name__ == "__main__":
    main()
