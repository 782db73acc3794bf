"""Writes test/fixtures/adapters: adapter files as peft and diffusers write them for the tiny sd1 UNet.

    python tools/goldens/adapters.py            (after tiny.py)
    python tools/goldens/adapters.py FOLDER     loads what Semblance exported there and compares it with the goldens

Each folder holds one adapter. Those of which `golden.safetensors` has the UNet's answers are good, `text-encoder` too; the others are
kinds that must be refused by name. The answers are those with each good adapter to the first golden input of tiny.py.
"""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from diffusers.utils import convert_state_dict_to_diffusers
from peft import (LoHaConfig, LoKrConfig, LoraConfig, OFTConfig, PeftModel, get_peft_model,
                  inject_adapter_in_model)
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file
from tiny import ROOT, TOKENS, UNETS, build_text, draw, store

FOLDER = ROOT.parent / "adapters"
ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
# Kernels of 3 and 1, stride 2, after a resize, the first and the last.
CONVOLUTIONS = (r"conv_in|conv_out|down_blocks\.0\.(resnets\.0\.conv1|downsamplers\.0\.conv)|mid_block\.resnets\.0\.conv2|"
                r"up_blocks\.1\.(resnets\.0\.conv_shortcut|upsamplers\.0\.conv|attentions\.0\..*attn2\.to_k)")
ONE = r"mid_block\..*attn2\.to_k"


def base() -> UNet2DConditionModel:
    return UNet2DConditionModel.from_pretrained(ROOT / "sd1/unet").eval().requires_grad_(False)


def fill(model: torch.nn.Module, seed: int) -> None:
    """Every trainable value random: small enough to stay well conditioned, large enough to change the answer visibly."""
    trainable = sorted((name, value) for name, value in model.named_parameters() if value.requires_grad)
    with torch.no_grad():
        for index, (name, value) in enumerate(trainable):
            width = value[0].numel() ** -0.5 if "lora_A" in name else 0.1
            value.copy_(width * draw(seed + index, *value.shape))


def answer(model: torch.nn.Module) -> torch.Tensor:
    x = draw(100 * 8 + 12, 3, 4, 8, 12)
    context = draw(21, 3, TOKENS, UNETS["sd1"]["cross_attention_dim"])
    with torch.no_grad():
        return model(x, torch.tensor([1.0, 500.5, 981.0]), context).sample


def save_peft(name: str, config: object, seed: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    model = get_peft_model(base(), config)
    fill(model, seed)
    if dtype != torch.float32:
        for key, value in model.named_parameters():
            if "lora_" in key:
                value.data = value.data.to(dtype).float()
    result = answer(model)
    if dtype != torch.float32:
        for key, value in model.named_parameters():
            if "lora_" in key:
                value.data = value.data.to(dtype)
    model.save_pretrained(FOLDER / name)
    (FOLDER / name / "README.md").unlink(missing_ok=True)
    return result


def save_diffusers(name: str, config: LoraConfig, seed: int, metadata: bool, text: bool = False) -> torch.Tensor:
    """As diffusers' training scripts do."""
    unet = base()
    unet.add_adapter(config)
    fill(unet, seed)
    layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(unet))
    more = {}
    if metadata:
        more["unet_lora_adapter_metadata"] = unet.peft_config["default"].to_dict()
    if text:
        encoder = build_text("sd1")
        inject_adapter_in_model(LoraConfig(r=2, lora_alpha=2, target_modules=["q_proj"]), encoder)
        more["text_encoder_lora_layers"] = convert_state_dict_to_diffusers(get_peft_model_state_dict(
            encoder, state_dict=encoder.state_dict()))
    StableDiffusionPipeline.save_lora_weights(FOLDER / name, unet_lora_layers=layers, **more)
    return answer(unet)


def pairs_of(config: LoraConfig, seed: int) -> dict[str, torch.Tensor]:
    """Random pairs by the layer's path and `lora_A` or `lora_B`."""
    unet = base()
    unet.add_adapter(config)
    fill(unet, seed)
    return {key.removesuffix(".weight"): value for key, value in get_peft_model_state_dict(unet).items()}


def save_named(name: str, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> torch.Tensor:
    """Saves under another program's names; the answer is that of diffusers' own converter."""
    (FOLDER / name).mkdir(parents=True)
    path = FOLDER / name / "pytorch_lora_weights.safetensors"
    save_file({key: value.contiguous() for key, value in tensors.items()}, path, metadata)
    return answer(load(path))


def load(path: Path) -> UNet2DConditionModel:
    unet = base()
    state, alphas, metadata = StableDiffusionPipeline.lora_state_dict(path, return_lora_metadata=True, unet_config=unet.config)
    StableDiffusionPipeline.load_lora_into_unet(state, alphas, unet, metadata=metadata)
    return unet


def kohya_names(pairs: dict[str, torch.Tensor], alpha_of: Callable[[str], float]) -> dict[str, torch.Tensor]:
    """kohya's rule: every dot of a layer's path becomes an underscore (its own names are in kohya-names.json)."""
    tensors = {}
    for key, value in pairs.items():
        path, side = key.rsplit(".", 1)
        module = f"lora_unet_{path.replace('.', '_')}"
        tensors[f"{module}.lora_{'down' if side == 'lora_A' else 'up'}.weight"] = value
        tensors[f"{module}.alpha"] = torch.tensor(alpha_of(path))
    return tensors


def save_kohya(name: str, seed: int) -> torch.Tensor:
    """One alpha for all: of several, diffusers 0.42 loses those of attention layers (its names for them match no module)."""
    targets = [*ATTENTION, "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"]
    pairs = pairs_of(LoraConfig(r=4, target_modules=targets, rank_pattern={"attn2.to_v": 2}), seed)
    folders = json.dumps({"10_sks dog": {"n_repeats": 10, "img_count": 4}})
    return save_named(name, kohya_names(pairs, lambda _: 2.5), {"ss_v2": "False", "ss_dataset_dirs": folders})


def save_kohya_alphas(name: str, seed: int) -> torch.Tensor:
    """Several alphas: the answer is PEFT's, told the same ones."""
    config = LoraConfig(r=4, lora_alpha=1, target_modules=r"mid_block\..*attn2\.to_[kv]", alpha_pattern={"attn2.to_v": 2.5})
    pairs = pairs_of(config, seed)
    save_named(name, kohya_names(pairs, lambda path: 2.5 if path.endswith("to_v") else 1.0), {})
    unet = base()
    unet.add_adapter(config)
    fill(unet, seed)
    return answer(unet)


def save_old(name: str, seed: int) -> torch.Tensor:
    """diffusers before 0.22: pairs of attention processors; `unet.` is missing in the oldest."""
    tensors = {}
    for key, value in pairs_of(LoraConfig(r=3, target_modules=ATTENTION), seed).items():
        path, side = key.rsplit(".", 1)
        module, projection = path.removesuffix(".0").rsplit(".", 1)
        tensors[f"unet.{module}.processor.{projection}_lora.{'down' if side == 'lora_A' else 'up'}.weight"] = value
    return save_named(name, tensors, {"format": "pt"})


def write() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    every = LoraConfig(
        r=3, lora_alpha=7, target_modules=[*ATTENTION, "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"],
        rank_pattern={"attn2.to_k": 5, "mid_block.attentions.0.transformer_blocks.0.attn1.to_q": 1},
        alpha_pattern={"attn2.to_k": 2.5, "to_out.0": 0.3},
    )
    golden = {"peft": save_peft("peft", every, 100)}
    golden["rslora"] = save_peft(
        "rslora", LoraConfig(r=5, lora_alpha=3, target_modules=ONE, use_rslora=True), 200, torch.float16)
    golden["diffusers"] = save_diffusers(
        "diffusers", LoraConfig(r=4, lora_alpha=6, target_modules=ATTENTION, rank_pattern={"attn2.to_q": 2}), 300, True)
    golden["plain"] = save_diffusers("plain", LoraConfig(r=4, lora_alpha=4, target_modules=ONE), 400, False)
    golden["kohya"] = save_kohya("kohya", 1200)
    golden["kohya-alphas"] = save_kohya_alphas("kohya-alphas", 1250)
    golden["old"] = save_old("old", 1300)
    golden["locon"] = save_peft("locon", LoraConfig(r=2, lora_alpha=3, target_modules=CONVOLUTIONS), 1000)
    store(FOLDER / "golden.safetensors", golden)
    save_diffusers("text-encoder", LoraConfig(r=2, lora_alpha=2, target_modules=ONE), 500, True, text=True)
    save_peft("dora", LoraConfig(r=2, target_modules=ONE, use_dora=True), 600)
    save_peft("loha", LoHaConfig(r=2, target_modules=ONE), 700)
    save_peft("lokr", LoKrConfig(r=2, target_modules=ONE), 800)
    save_peft("oft", OFTConfig(oft_block_size=4, target_modules=ONE), 900)
    save_peft("bias", LoraConfig(r=2, target_modules=r"mid_block\..*attn2\.to_out\.0", bias="lora_only"), 1100)


def check(exported: Path) -> None:
    """`exported` has `<good adapter>/<dialect>/`: what Semblance wrote after it had read the golden."""
    golden = __import__("safetensors.torch").torch.load_file(FOLDER / "golden.safetensors")
    for folder in sorted(exported.glob("*/*")):
        if folder.name == "peft":
            model = PeftModel.from_pretrained(base(), folder)
        else:
            model = load(next(folder.glob("*.safetensors")))
        error = (answer(model) - golden[folder.parent.name]).abs().max().item()
        # diffusers 0.42 loses the alphas of attention layers where a kohya file has several (see save_kohya).
        lost = folder.name.startswith("kohya") and folder.parent.name in ("peft", "kohya-alphas")
        print(json.dumps({"adapter": folder.parent.name, "dialect": folder.name, "error": error, "alphas lost": lost}))
        assert lost or error < 1e-4, error


if __name__ == "__main__":
    torch.set_num_threads(1)
    check(Path(sys.argv[1])) if len(sys.argv) > 1 else write()
