"""Writes test/fixtures/tiny/{sd2,sdxl}/golden-textual-inversion.safetensors: runs of the diffusers Textual Inversion scripts' mathematics.

    python tools/goldens/textual_inversion.py      (after families.py)

The word is two tokens added to each tokenizer, whose rows start as the token "dog". Step k (from 0), row b: x0 = latents[k, b],
t = timestep[k, b], eps = noise[k, b], prompt = texts[text_index[k, b]] of the metadata with the word in the place of <me>; the loss is
the mean square error to eps (sd2: to v). AdamW (beta 0.9 / 0.999, eps 1e-8, weight decay 1e-2, constant rate of the metadata, no
clipping) over the whole token tables, whose other rows are restored after each step, as in
examples/textual_inversion/textual_inversion{,_sdxl}.py.

  start.<encoder>, end.<encoder>   the word's rows [2, width] before the first and after the last step
  grad.<encoder>                   gradient of the rows at step 0
  losses                           before each update
"""

import json
import sys

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from tiny import ROOT, draw, store

STEPS, ROWS, RATE, DECAY = 50, 2, 5e-3, 1e-2
WORD = ["<me>", "<me>_1"]
TEXTS = ["a photo of <me>", "<me> dog", "a <me>, a b c <me> 1 2", "<me>"]
TIME_IDS = [300.0, 200, 50, 0, 16, 16]


class Encoder:
    """A text encoder with the word's rows appended to its table."""

    def __init__(self, folder, component: str, tokenizer: str, model: type) -> None:
        self.name = component
        self.tokenizer = CLIPTokenizer.from_pretrained(folder / tokenizer)
        self.model = model.from_pretrained(folder / component).eval().requires_grad_(False)
        (initial,) = self.tokenizer.encode("dog", add_special_tokens=False)
        assert self.tokenizer.add_tokens(WORD) == len(WORD)
        self.known = self.model.get_input_embeddings().weight.shape[0]
        # The tokenizer counts its own vocabulary, which is smaller than the table here: the ids are moved behind the table.
        self.moved = {self.tokenizer.convert_tokens_to_ids(word): self.known + i for i, word in enumerate(WORD)}
        self.model.resize_token_embeddings(self.known + len(WORD), mean_resizing=False)
        self.table = self.model.get_input_embeddings().weight
        with torch.no_grad():
            self.table[self.known :] = self.table[initial]
        self.table.requires_grad_(True)
        self.original = self.table.detach().clone()

    def ids(self, texts: list[str]) -> torch.Tensor:
        full = [text.replace("<me>", " ".join(WORD)) for text in texts]
        ids = self.tokenizer(full, padding="max_length", truncation=True, max_length=77, return_tensors="pt").input_ids
        for old, new in self.moved.items():
            ids[ids == old] = -new
        return ids.abs()

    def rows(self) -> torch.Tensor:
        return self.table.detach()[self.known :].clone()


def conditioning(encoders: list[Encoder], texts: list[str]) -> tuple[torch.Tensor, dict | None]:
    if len(encoders) == 1:
        return encoders[0].model(encoders[0].ids(texts)).last_hidden_state, None
    outputs = [one.model(one.ids(texts), output_hidden_states=True) for one in encoders]
    context = torch.cat([out.hidden_states[-2] for out in outputs], -1)
    return context, {"text_embeds": outputs[1].text_embeds, "time_ids": torch.tensor([TIME_IDS] * len(texts))}


def train(folder, encoders: list[Encoder]) -> dict[str, torch.Tensor]:
    unet = UNet2DConditionModel.from_pretrained(folder / "unet").eval().requires_grad_(False)
    config = json.loads((folder / "scheduler/scheduler_config.json").read_text())
    names = ["beta_start", "beta_end", "beta_schedule", "num_train_timesteps", "prediction_type"]
    schedule = DDIMScheduler(**{name: config[name] for name in names})
    generator = torch.Generator().manual_seed(91)
    data = {"latents": draw(92, STEPS, ROWS, 4, 8, 8), "noise": draw(93, STEPS, ROWS, 4, 8, 8),
            "timestep": torch.randint(0, 1000, (STEPS, ROWS), generator=generator),
            "text_index": torch.randint(0, len(TEXTS), (STEPS, ROWS), generator=generator)}
    data |= {f"start.{one.name}": one.rows() for one in encoders}
    optimizer = torch.optim.AdamW([one.table for one in encoders], lr=RATE, weight_decay=DECAY, eps=1e-8)
    losses = []
    for step in range(STEPS):
        latents, noise, timestep = data["latents"][step], data["noise"][step], data["timestep"][step]
        context, added = conditioning(encoders, [TEXTS[i] for i in data["text_index"][step].tolist()])
        predicted = unet(schedule.add_noise(latents, noise, timestep), timestep, context, added_cond_kwargs=added).sample
        velocity = config["prediction_type"] == "v_prediction"
        target = schedule.get_velocity(latents, noise, timestep) if velocity else noise
        loss = torch.nn.functional.mse_loss(predicted, target)
        loss.backward()
        if step == 0:
            data |= {f"grad.{one.name}": one.table.grad[one.known :].clone() for one in encoders}
        optimizer.step()
        optimizer.zero_grad()
        with torch.no_grad():
            for one in encoders:
                one.table[: one.known] = one.original[: one.known]
        losses.append(loss.detach())
    return data | {f"end.{one.name}": one.rows() for one in encoders} | {"losses": torch.stack(losses)}


def main() -> None:
    torch.set_num_threads(1)
    kinds = {"sd2": [("text_encoder", "tokenizer", CLIPTextModel)],
             "sdxl": [("text_encoder", "tokenizer", CLIPTextModel),
                      ("text_encoder_2", "tokenizer_2", CLIPTextModelWithProjection)]}
    for kind in sys.argv[1:] or kinds:
        folder = ROOT / kind
        tensors = train(folder, [Encoder(folder, *parts) for parts in kinds[kind]])
        metadata = {"texts": json.dumps(TEXTS), "rate": str(RATE), "weight_decay": str(DECAY), "time_ids": json.dumps(TIME_IDS)}
        store(folder / "golden-textual-inversion.safetensors", tensors, metadata)


if __name__ == "__main__":
    main()
