"""Writes golden-shapes.safetensors beside the tiny models: what diffusers draws with each family in shapes that are not square.

    python tools/goldens/families.py && python tools/goldens/shapes.py            (requirements.txt beside this file)

The tiny SD1 model has no tokenizer; it borrows the first one of SDXL, which pads as SD1's does.
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from diffusers import (
    StableDiffusionImg2ImgPipeline, StableDiffusionPipeline, StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline,
)

from families import draw_image, store_json
from tiny import ROOT, draw, store

SD = {"plain": StableDiffusionPipeline, "img2img": StableDiffusionImg2ImgPipeline}
XL = {"plain": StableDiffusionXLPipeline, "img2img": StableDiffusionXLImg2ImgPipeline}
FAMILIES = {"sd1": SD, "sd2": SD, "sdxl": XL}
# Width, height. Of the last the latents are 5 x 11: odd sides that the UNet halves and brings back by its skips. The pipelines
# take multiples of 8 alone, whatever the VAE halves, so that check is left out.
SHAPES = [(8, 24), (24, 16), (40, 8), (10, 22)]
SETTINGS = [
    {"seed": 1, "steps": 6, "guidance": 5, "scheduler": "ddim"},
    {"seed": 2, "steps": 6, "guidance": 4, "scheduler": "dpm++", "negative": "b 2"},
    {"seed": 3, "steps": 8, "guidance": 5, "scheduler": "euler", "strength": 0.6},
]


def whole(kind: str, folder: Path) -> Path:
    shutil.copytree(ROOT / kind, folder)
    index = json.loads((folder / "model_index.json").read_text())
    if index["tokenizer"][0] is None:
        shutil.copytree(ROOT / "sdxl/tokenizer", folder / "tokenizer")
        store_json(folder / "model_index.json", index | {"tokenizer": ["transformers", "CLIPTokenizer"]})
    return folder


@torch.no_grad()
def write_shapes(kind: str, folder: Path) -> None:
    for pipe in FAMILIES[kind].values():
        pipe.check_inputs = lambda *_, **__: None
    requests, images = [], {}
    for width, height in SHAPES:
        init = draw(100 * height + width, 1, 3, height, width).clamp(-1, 1)
        images[f"init.{width}x{height}"] = init[0]
        for settings in SETTINGS:
            request = {"prompt": "a sks dog", "width": width, "height": height, **settings}
            images[str(len(requests))] = 2 * draw_image(folder, FAMILIES[kind], request, init) - 1
            requests.append(request)
    store(ROOT / kind / "golden-shapes.safetensors", images, {"requests": json.dumps(requests)})


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        for kind in FAMILIES:
            write_shapes(kind, whole(kind, Path(scratch) / kind))


if __name__ == "__main__":
    main()
