"""How often the base draws what the held-out captions name, judged by the attribute network. Torch side check of `base.attributes`."""
import argparse
import json
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file

from diffusion import sample, write_sheet
from metrics import HEADS, build


def main():
    arguments = argparse.ArgumentParser()
    for name in ("--base", "--metrics", "--held-out", "--sheet"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--guidance", type=float, default=3.0)
    options = arguments.parse_args()
    torch.set_num_threads(1)
    entries = json.loads(Path(options.held_out).read_text())
    pipe = StableDiffusionPipeline.from_pretrained(options.base, torch_dtype=torch.float32)
    rows = pipe.tokenizer([e["caption"] for e in entries], padding="max_length", return_tensors="pt").input_ids
    empty = pipe.tokenizer([""], padding="max_length", return_tensors="pt").input_ids
    pictures = sample(pipe.unet, pipe.text_encoder, pipe.vae, rows, empty, seed=5, guidance=options.guidance)
    write_sheet(pictures, options.sheet, 10)
    config = json.loads((Path(options.metrics) / "config.json").read_text())["attributes"]
    net = build(config["layers"])
    net.load_state_dict(load_file(Path(options.metrics) / "attributes.safetensors"))
    with torch.no_grad():
        parts = net(pictures).split([len(v) for v in HEADS.values()], 1)
    relative = []
    for head, part in zip(HEADS, parts):
        wanted = torch.tensor([HEADS[head].index(e[head]) for e in entries])
        right = float((part.argmax(1) == wanted).float().mean())
        relative.append(right / config["accuracy"]["renders"][head])
        print(f"{head}: {right:.3f}, divided by the network's own accuracy {relative[-1]:.3f}")
    print(f"mean of the six evaluated attributes {sum(relative[:6]) / 6:.3f}")


if __name__ == "__main__":
    main()
