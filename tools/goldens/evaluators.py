"""Writes test/fixtures/tiny/{clip,dino}: tiny random encoders in transformers layout, and how transformers scores with them.

    python tools/goldens/evaluators.py      (requirements.txt beside this file, and pillow)

`golden.safetensors` holds pictures (8 bits, as -1..1 planes) of the encoder's own size, which need no resizing, and of
another one, with the scores: CLIP-I and DINO are mean cosines over all pairs of drawn picture and photo, CLIP-T over
picture and prompt.
"""

import shutil

import numpy as np
import torch
from PIL import Image
from transformers import (
    CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPTokenizer, ViTConfig, ViTImageProcessorPil, ViTModel,
)

from families import write_tokenizer
from tiny import BOS, EOS, ROOT, TOKENS, VOCABULARY, randomize, store, store_json

SIZE = 24
PROMPTS = ["sks dog", "a dog"]
LAYERS = {"num_hidden_layers": 2, "num_attention_heads": 4, "hidden_size": 32, "intermediate_size": 64}


def pictures(seed: int, width: int, height: int, count: int) -> list[Image.Image]:
    """Smooth pictures: what a filter makes of single pixels is not what is compared here."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / 8.0
    waves = generator.uniform(0.3, 1.5, (count, 3, 3))
    return [Image.fromarray(np.stack([
        np.round(127.5 + 110 * np.sin(a * x + b * y + 6 * c)) for a, b, c in waves[i]], -1).astype(np.uint8))
        for i in range(count)]


def planes(images: list[Image.Image]) -> torch.Tensor:
    return torch.stack([torch.from_numpy(np.array(i)).permute(2, 0, 1).float() / 127.5 - 1 for i in images])


def unit(x: torch.Tensor) -> torch.Tensor:
    return x / x.norm(dim=-1, keepdim=True)


SETS = {"same": (3, SIZE, SIZE), "other": (4, 61, 43)}


def write_clip() -> None:
    folder = ROOT / "clip"
    shutil.rmtree(folder, ignore_errors=True)
    model = randomize(CLIPModel(CLIPConfig(
        text_config={**LAYERS, "vocab_size": VOCABULARY, "max_position_embeddings": TOKENS, "bos_token_id": BOS,
                     "eos_token_id": EOS, "pad_token_id": EOS},
        vision_config={**LAYERS, "image_size": SIZE, "patch_size": 8}, projection_dim=16)), 61)
    write_tokenizer(folder, "<|endoftext|>")
    model.save_pretrained(folder)
    processor = CLIPImageProcessorPil(size={"shortest_edge": SIZE}, crop_size={"height": SIZE, "width": SIZE})
    processor.save_pretrained(folder)
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    golden = {}
    with torch.no_grad():
        ids = tokenizer(PROMPTS, padding="max_length", max_length=TOKENS, return_tensors="pt").input_ids
        texts = unit(model.text_projection(model.text_model(ids).pooler_output))
        for name, (seed, width, height) in SETS.items():
            drawn, photos = pictures(seed, width, height, 2), pictures(seed + 50, width, height, 3)
            embed = lambda images: unit(model.visual_projection(model.vision_model(
                processor(images, return_tensors="pt").pixel_values).pooler_output))
            a, b = embed(drawn), embed(photos)
            golden |= {f"{name}.drawn": planes(drawn), f"{name}.photos": planes(photos),
                       f"{name}.clip-i": (a @ b.T).mean()[None], f"{name}.clip-t": (a * texts).sum(-1).mean()[None]}
    store(folder / "golden.safetensors", golden)


def write_dino() -> None:
    folder = ROOT / "dino"
    shutil.rmtree(folder, ignore_errors=True)
    model = randomize(ViTModel(ViTConfig(**LAYERS, image_size=SIZE, patch_size=8), add_pooling_layer=False), 62)
    model.save_pretrained(folder)
    processor = ViTImageProcessorPil(size={"height": SIZE, "width": SIZE}, resample=3,
                                     image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
    processor.save_pretrained(folder)
    golden = {}
    with torch.no_grad():
        for name, (seed, width, height) in SETS.items():
            drawn, photos = pictures(seed, width, height, 2), pictures(seed + 50, width, height, 3)
            embed = lambda images: unit(model(processor(images, return_tensors="pt").pixel_values)
                                        .last_hidden_state[:, 0])
            golden |= {f"{name}.drawn": planes(drawn), f"{name}.photos": planes(photos),
                       f"{name}.dino": (embed(drawn) @ embed(photos).T).mean()[None]}
    store(folder / "golden.safetensors", golden)


if __name__ == "__main__":
    torch.set_num_threads(1)
    write_clip()
    write_dino()
