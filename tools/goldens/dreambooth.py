"""Writes test/fixtures/tiny/sd2/golden-dreambooth.safetensors: a run of the diffusers DreamBooth script's mathematics.

    python tools/goldens/dreambooth.py      (after families.py)

Step k (from 0), row b (0: a photo, 1: a class image): x0 = latents[k, b], t = timestep[k, b], eps = noise[k, b], prompt =
texts[text_index[k, b]] of the metadata. One forward of both rows; loss = mse(photo) + PRIOR * mse(class image), both to v; all weights
of UNet and text encoder train; the global gradient norm is clipped to 1; AdamW (beta 0.9 / 0.999, eps 1e-8, weight decay 1e-2)
with the constant rate of the metadata, as in examples/dreambooth/train_dreambooth.py with --with_prior_preservation and
--train_text_encoder.

  losses, norms    before each update; the norm before clipping
  end.<name>       every eleventh trained tensor after the last step, by the engine's names
"""

import json

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from tiny import ROOT, draw, store

STEPS, ROWS, RATE, DECAY, CLIP, PRIOR, STORED = 50, 2, 1e-3, 1e-2, 1.0, 0.7, 11
TEXTS = ["a photo of x dog", "x dog, a b c", "a photo of a dog"]


def named(component: str, model: torch.nn.Module) -> dict[str, torch.Tensor]:
    prefix = "text_model." if component == "text_encoder" else ""
    parameters = dict(model.named_parameters()).items()
    return {f"{component}.{'' if name.startswith(prefix) else prefix}{name}": value for name, value in parameters}


def main() -> None:
    torch.set_num_threads(1)
    folder = ROOT / "sd2"
    unet = UNet2DConditionModel.from_pretrained(folder / "unet").eval()
    text = CLIPTextModel.from_pretrained(folder / "text_encoder").eval()
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    config = json.loads((folder / "scheduler/scheduler_config.json").read_text())
    names = ["beta_start", "beta_end", "beta_schedule", "num_train_timesteps", "prediction_type"]
    schedule = DDIMScheduler(**{name: config[name] for name in names})
    generator = torch.Generator().manual_seed(101)
    photos = torch.randint(0, 2, (STEPS, 1), generator=generator)
    data = {"latents": draw(102, STEPS, ROWS, 4, 8, 8), "noise": draw(103, STEPS, ROWS, 4, 8, 8),
            "timestep": torch.randint(0, 1000, (STEPS, ROWS), generator=generator),
            "text_index": torch.cat([photos, torch.full_like(photos, 2)], 1)}
    trained = named("unet", unet) | named("text_encoder", text)
    optimizer = torch.optim.AdamW(trained.values(), lr=RATE, weight_decay=DECAY, eps=1e-8)
    losses, norms = [], []
    for step in range(STEPS):
        latents, noise, timestep = data["latents"][step], data["noise"][step], data["timestep"][step]
        texts = [TEXTS[i] for i in data["text_index"][step].tolist()]
        ids = tokenizer(texts, padding="max_length", truncation=True, max_length=77, return_tensors="pt").input_ids
        predicted = unet(schedule.add_noise(latents, noise, timestep), timestep, text(ids).last_hidden_state).sample
        target = schedule.get_velocity(latents, noise, timestep)
        photo, of_class = [torch.nn.functional.mse_loss(a, b) for a, b in zip(predicted.chunk(2), target.chunk(2))]
        loss = photo + PRIOR * of_class
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(trained.values(), CLIP))
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
    end = {f"end.{name}": trained[name].detach() for name in sorted(trained)[::STORED]}
    metadata = {"texts": json.dumps(TEXTS), "rate": str(RATE), "weight_decay": str(DECAY), "clip": str(CLIP),
                "prior": str(PRIOR), "time_ids": "[]"}
    store(folder / "golden-dreambooth.safetensors", data | end | {"losses": torch.stack(losses), "norms": torch.stack(norms)}, metadata)


if __name__ == "__main__":
    main()
