"""Writes the demo base as a diffusers folder in fp16, and checks that diffusers loads it and draws."""
import argparse
import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline
from PIL import Image
from safetensors.torch import load_file, save_file

import text as text_encoder
from diffusion import PROMPTS, SCHEDULER
from unet import build


def halve(file, prefix=""):
    """Stores a safetensors file in half precision, in place; every name begins with `prefix` afterwards."""
    save_file({prefix + k.removeprefix(prefix): v.half().contiguous() for k, v in load_file(file).items()}, f"{file}.tmp", metadata={"format": "pt"})
    Path(f"{file}.tmp").replace(file)


def drop_path(file):
    """diffusers notes where a model was loaded from: that is nobody's business."""
    config = {k: v for k, v in json.loads(file.read_text()).items() if k != "_name_or_path"}
    file.write_text(json.dumps(config, indent=2) + "\n")


def write(options, out):
    state = torch.load(options.checkpoint, map_location="cpu")
    vocabulary = json.loads((Path(options.tokenizer) / "vocab.json").read_text())
    unet, text = build(), text_encoder.build(vocabulary)
    unet.load_state_dict(state["ema_unet"])
    text.load_state_dict(state["ema_text"])
    AutoencoderKL.from_pretrained(options.vae).save_pretrained(out / "vae")
    drop_path(out / "vae" / "config.json")
    unet.save_pretrained(out / "unet")
    text.save_pretrained(out / "text_encoder")
    DDIMScheduler(**SCHEDULER).save_pretrained(out / "scheduler")
    shutil.copytree(options.tokenizer, out / "tokenizer", dirs_exist_ok=True)
    for path in (*out.glob("unet/*.safetensors"), *out.glob("vae/*.safetensors")):
        halve(path)
    halve(out / "text_encoder" / "model.safetensors", "text_model.")  # the names that Stable Diffusion folders have
    index = {
        "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.0", "feature_extractor": [None, None], "image_encoder": [None, None],
        "requires_safety_checker": False, "safety_checker": [None, None], "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]}
    (out / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")
    print("exported", state["samples"], "samples,", sum(f.stat().st_size for f in out.rglob("*") if f.is_file()) // 1024, "KiB")


def check(out, sheet):
    torch.set_num_threads(1)
    pipe = StableDiffusionPipeline.from_pretrained(out, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    pictures = pipe(list(PROMPTS[:4]), num_inference_steps=20, guidance_scale=3.0, generator=torch.Generator().manual_seed(1)).images
    whole = Image.new("RGB", (128 * len(pictures), 128))
    for i, picture in enumerate(pictures):
        whole.paste(picture, (128 * i, 0))
    whole.save(sheet)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    for name in ("--checkpoint", "--vae", "--tokenizer", "--out", "--sheet"):
        arguments.add_argument(name, required=True)
    options = arguments.parse_args()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    write(options, out)
    check(out, options.sheet)
