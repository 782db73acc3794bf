"""Writes test/fixtures/adapter-images: adapters of other programs for the tiny sd2 and sdxl, and the images diffusers draws with them.

    python tools/goldens/adapter_images.py            (after families.py)
    python tools/goldens/adapter_images.py FOLDER     draws with what Semblance converted to there, `<adapter>/<format>/`

`sdxl-text` has pairs of both text encoders too; `sd2-locon` and `sdxl-locon` have them on all kinds of convolutions.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
import transformers.integrations.peft as integration
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from diffusers.utils import convert_state_dict_to_diffusers
from families import draw_image
from peft import LoraConfig, PeftModel
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from tiny import ROOT, draw, store

# transformers asks for a later PEFT than is pinned here; for plain LoRA on text encoders this one does.
integration.MIN_PEFT_VERSION = "0.18.0"
FOLDER = ROOT.parent / "adapter-images"
PIPES = {"sd2": StableDiffusionPipeline, "sdxl": StableDiffusionXLPipeline}
REQUEST = {"prompt": "a sks dog", "seed": 11, "steps": 5, "guidance": 4, "scheduler": "ddim"}
UNET = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"]
CONVOLUTIONS = r"conv_in|conv_out|.*\.(conv1|conv2|conv_shortcut|(down|up)samplers\.0\.conv|attn2\.to_k)"
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj"]
OUTER = {"conv_in": "input_blocks.0.0", "conv_out": "out.2"}
INNER = {"mid_block.attentions.0": "middle_block.1", "mid_block.resnets.0": "middle_block.0",
         "mid_block.resnets.1": "middle_block.2", ".conv1": ".in_layers.2", ".conv2": ".out_layers.3",
         ".conv_shortcut": ".skip_connection"}
PARTS = ["unet", "text_encoder", "text_encoder_2"]


def pairs_of(model: torch.nn.Module, targets: list[str] | str, seed: int) -> dict[str, torch.Tensor]:
    model.add_adapter(LoraConfig(r=3, lora_alpha=3, target_modules=targets))
    state = get_peft_model_state_dict(model)
    for index, (name, value) in enumerate(sorted(state.items())):
        width = value[0].numel() ** -0.5 if "lora_A" in name else 0.03
        state[name] = (width * draw(seed + index, *value.shape)).contiguous()
    return state


def original(path: str, per_block: int) -> str:
    """The block of the original UNet (kohya's map counts three to a block, the tiny UNet has two)."""
    path = OUTER.get(path, path)
    for ours, theirs in INNER.items():
        path = path.replace(ours, theirs)
    if not path.startswith(("down_blocks", "up_blocks")):
        return path
    side, block, kind, place, rest = path.split(".", 4)
    if kind in ("downsamplers", "upsamplers"):
        last = per_block * (int(block) + 1)
        return f"input_blocks.{last}.0.op" if side == "down_blocks" else f"output_blocks.{last - 1}.2.conv"
    row, part = per_block * int(block) + int(place), 0 if kind == "resnets" else 1
    return f"input_blocks.{row + 1}.{part}.{rest}" if side == "down_blocks" else f"output_blocks.{row}.{part}.{rest}"


def kohya(state: dict[str, torch.Tensor], alpha: float, blocks: str) -> dict[str, torch.Tensor]:
    tensors = {}
    for key, value in state.items():
        path, side = key.removesuffix(".weight").rsplit(".", 1)
        name = "lora_unet_" + (original(path, 2) if blocks == "original" else path).replace(".", "_")
        tensors[f"{name}.lora_{'down' if side == 'lora_A' else 'up'}.weight"] = value.half()
        tensors[f"{name}.alpha"] = torch.tensor(alpha)
    return tensors


def draw_with(kind: str, path: Path) -> torch.Tensor:
    """Through the whole pipeline's own loader."""
    class Loaded(PIPES[kind]):
        @classmethod
        def from_pretrained(cls, folder: Path) -> object:
            pipe = PIPES[kind].from_pretrained(folder)
            if (path / "adapter_config.json").exists():
                for part in PARTS:
                    place = path / ("" if part == "unet" else part)
                    if (place / "adapter_config.json").exists():
                        setattr(pipe, part, PeftModel.from_pretrained(getattr(pipe, part), place).merge_and_unload())
            else:
                pipe.load_lora_weights(path if path.is_file() else next(path.glob("*.safetensors")))
            return pipe

    return 2 * draw_image(ROOT / kind, {"plain": Loaded}, REQUEST, None) - 1


@torch.no_grad()
def write() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    pipes = {kind: pipe.from_pretrained(ROOT / kind) for kind, pipe in PIPES.items()}
    states = {kind: pairs_of(pipe.unet, UNET, 3000) for kind, pipe in pipes.items()}
    save_file(kohya(states["sd2"], 1.5, "diffusers"), FOLDER / "sd2-kohya.safetensors", {"ss_v2": "True"})
    save_file(kohya(states["sdxl"], 2, "original"), FOLDER / "sdxl-kohya-original.safetensors")
    save_file(kohya(states["sdxl"], 6, "diffusers"), FOLDER / "sdxl-kohya.safetensors")
    # As its scripts train: with other layers too, diffusers 0.42 writes two namings and then loads the other layers alone.
    attention = {key: value for key, value in states["sdxl"].items() if ".attn" in key}
    save = {"weight_name": "sdxl-diffusers.safetensors", "unet_lora_layers": convert_state_dict_to_diffusers(attention)}
    StableDiffusionXLPipeline.save_lora_weights(FOLDER, **save)
    texts = {f"{part}_lora_layers": convert_state_dict_to_diffusers(pairs_of(getattr(pipes["sdxl"], part), TEXT, 4000))
             for part in PARTS[1:]}
    StableDiffusionXLPipeline.save_lora_weights(FOLDER, **save | texts | {"weight_name": "sdxl-text.safetensors"})
    convolutions = {kind: pairs_of(pipe.from_pretrained(ROOT / kind).unet, CONVOLUTIONS, 5000) for kind, pipe in PIPES.items()}
    halves = {key: value.half() for key, value in convolutions["sd2"].items()}
    StableDiffusionPipeline.save_lora_weights(FOLDER, weight_name="sd2-locon.safetensors", unet_lora_layers=halves)
    save_file(kohya(convolutions["sdxl"], 4, "original"), FOLDER / "sdxl-locon.safetensors")
    names = sorted(path.stem for path in FOLDER.glob("*.safetensors"))
    images = {name: draw_with(name.split("-")[0], FOLDER / f"{name}.safetensors") for name in names}
    store(FOLDER / "golden.safetensors", images, {"request": json.dumps(REQUEST)})
    for a in names:
        print(a, [round((images[a] - images[b]).abs().max().item(), 3) for b in names if a[:4] == b[:4]])


@torch.no_grad()
def check(exported: Path) -> None:
    golden = load_file(FOLDER / "golden.safetensors")
    for folder in sorted(exported.glob("*/*")):
        name = folder.parent.name
        if (name, folder.name) == ("sdxl-text", "peft"):
            continue  # The text encoder of transformers 5 has lost the `text_model.` that is in every file's keys.
        error = (draw_with(name.split("-")[0], folder) - golden[name]).abs().max().item()
        print(json.dumps({"adapter": name, "format": folder.name, "error": error}))
        assert error < 1 / 255, error  # PEFT's are merged into the weights, which rounds otherwise


if __name__ == "__main__":
    torch.set_num_threads(1)
    check(Path(sys.argv[1])) if len(sys.argv) > 1 else write()
