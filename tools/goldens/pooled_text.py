"""Writes test/fixtures/tiny/sdxl/golden-pooled.safetensors: SDXL's pooled text of prompts with a learned word, by both rules of transformers.

    python tools/goldens/pooled_text.py            (after families.py)

Published SDXL configs have `eos_token_id` 2, and transformers then pools at the largest id: a word that was added behind the vocabulary.
With the right id it pools at the end token. The word is two tokens with rows of their own in both encoders.

  rows.<encoder>                    the word's rows [2, width]
  pooled.<rule>.<i>                 of PROMPTS, `end` or `transformers`
  image.<rule>                      of REQUEST, by diffusers
"""

import json

import torch
from diffusers import DDIMScheduler, StableDiffusionXLPipeline

from families import SIZE, normals
from textual_inversion import WORD, Encoder
from tiny import EOS, ROOT, draw, store
from transformers import CLIPTextModel, CLIPTextModelWithProjection

RULES = {"end": EOS, "transformers": 2}
PROMPTS = ["a <me> dog", "a dog", "<me>", "dog <me> a b <me> c", "a b c " * 40 + "<me>"]
REQUEST = {"prompt": "a <me> dog", "seed": 9, "steps": 5, "guidance": 4, "scheduler": "ddim"}


def encode(encoders: list[Encoder], text: str) -> tuple[torch.Tensor, torch.Tensor]:
    outputs = [one.model(one.ids([text]), output_hidden_states=True) for one in encoders]
    return torch.cat([out.hidden_states[-2] for out in outputs], -1), outputs[1].text_embeds


@torch.no_grad()
def main() -> None:
    torch.set_num_threads(1)
    folder = ROOT / "sdxl"
    encoders = [Encoder(folder, "text_encoder", "tokenizer", CLIPTextModel),
                Encoder(folder, "text_encoder_2", "tokenizer_2", CLIPTextModelWithProjection)]
    golden = {}
    for i, one in enumerate(encoders):
        one.table[one.known :] = draw(95 + i, len(WORD), one.table.shape[1])
        golden[f"rows.{one.name}"] = one.rows()
    pipe = StableDiffusionXLPipeline.from_pretrained(folder)
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    for rule, eos in RULES.items():
        text = encoders[1].model.text_model if hasattr(encoders[1].model, "text_model") else encoders[1].model
        text.eos_token_id = eos
        golden |= {f"pooled.{rule}.{i}": encode(encoders, prompt)[1][0] for i, prompt in enumerate(PROMPTS)}
        context, pooled = encode(encoders, REQUEST["prompt"])
        drawn = pipe(prompt_embeds=context, pooled_prompt_embeds=pooled, negative_prompt_embeds=torch.zeros_like(context),
                     negative_pooled_prompt_embeds=torch.zeros_like(pooled), latents=normals(REQUEST["seed"], 1, 4, SIZE // 2, SIZE // 2),
                     height=SIZE, width=SIZE, num_inference_steps=REQUEST["steps"], guidance_scale=REQUEST["guidance"], output_type="pt")
        golden[f"image.{rule}"] = 2 * drawn.images[0] - 1
    store(folder / "golden-pooled.safetensors", golden, {"prompts": json.dumps(PROMPTS), "request": json.dumps(REQUEST)})


if __name__ == "__main__":
    main()
