"""Writes test/fixtures/kohya-names.json: the layers kohya's sd-scripts adapts, by its own names and by diffusers' paths.

    git clone https://github.com/kohya-ss/sd-scripts && python tools/goldens/kohya_names.py sd-scripts

Names come from sd-scripts' own LoRANetwork over its own UNets (on the meta device), SDXL's paths from its own conversion map.
Of the ten transformer blocks in a row of SDXL the first and the last are kept, of the text layers those at both ends; of SD2
and SDXL what SD1 does not have under the same name.
"""

import json
import re
import sys
import types
from pathlib import Path

import torch
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

OUT = Path(__file__).parents[2] / "test/fixtures/kohya-names.json"


def stub(name: str, **values: object) -> None:
    """What sd-scripts imports and is not needed here."""
    sys.modules[name] = types.ModuleType(name)
    for key, value in values.items():
        setattr(sys.modules[name], key, value)


sys.path.insert(0, sys.argv[1])
stub("library.utils", setup_logging=lambda *_, **__: None)
stub("library.device_utils", init_ipex=lambda: None)
stub("einops", rearrange=None)

from library import original_unet, sdxl_model_util, sdxl_original_unet  # noqa: E402
from networks.lora import LoRANetwork  # noqa: E402


def text(width: int, layers: int, inner: int, projection: int | None = None) -> torch.nn.Module:
    config = CLIPTextConfig(hidden_size=width, num_hidden_layers=layers, intermediate_size=inner,
                            num_attention_heads=width // 64, projection_dim=projection or width)
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config)


def path_of(name: str, names: dict[str, str]) -> str:
    return names[re.sub(r"^lora_(unet|te\d?)_", "", name)]


def names_of(unet: torch.nn.Module, texts: list[torch.nn.Module], sdxl: bool) -> tuple[dict[str, str], dict[str, int]]:
    network = LoRANetwork(texts if sdxl else texts[0], unet, lora_dim=4, conv_lora_dim=4, alpha=1, conv_alpha=1, is_sdxl=sdxl)
    modules = {name.replace(".", "_"): name for name, _ in unet.named_modules()}
    if sdxl:
        own = {f"{name}.weight": name for name in modules.values() if hasattr(unet.get_submodule(name), "weight")}
        paths = sdxl_model_util.convert_sdxl_unet_state_dict_to_diffusers(own)
        modules = {name.replace(".", "_"): path.removesuffix(".weight") for path, name in paths.items()}
    found = {lora.lora_name: f"unet.{path_of(lora.lora_name, modules)}" for lora in network.unet_loras}
    for lora in network.text_encoder_loras:
        component = "text_encoder_2" if lora.lora_name.startswith("lora_te2") else "text_encoder"
        paths = {name.replace(".", "_"): name for name, _ in texts[component.endswith("2")].named_modules()}
        path = path_of(lora.lora_name, paths)
        # transformers 5 has no inner `text_model` any more; the checkpoints, and kohya's files, have.
        prefix = "" if path.startswith("text_model.") else "text_model."
        name = lora.lora_name if not prefix else re.sub(r"^(lora_te\d?_)", r"\1text_model_", lora.lora_name)
        found[name] = f"{component}.{prefix}{path}"
    return found, {"unet": len(network.unet_loras), "text": len(network.text_encoder_loras)}


MIDDLE = re.compile(r"transformer_blocks\.[1-8]\.|encoder\.layers\.(?!0\.|11\.|22\.|31\.)\d+\.")

if __name__ == "__main__":
    with torch.device("meta"):
        clip = text(768, 12, 3072)
        models = {
            "sd1": (original_unet.UNet2DConditionModel(64, 8, 768, False), [clip], False),
            "sd2": (original_unet.UNet2DConditionModel(96, (5, 10, 20, 20), 1024, True), [text(1024, 23, 4096)], False),
            "sdxl": (sdxl_original_unet.SdxlUNet2DConditionModel(), [clip, text(1280, 32, 5120, 1280)], True),
        }
        golden = {}
        for family, model in models.items():
            names, counts = names_of(*model)
            known = golden.get("sd1", {"names": {}})["names"]
            kept = {name: path for name, path in names.items()
                    if not MIDDLE.search(path) and known.get(name) != path}
            golden[family] = {"counts": counts, "names": kept}
            print(family, counts, len(kept))
    OUT.write_text(json.dumps(golden, indent=0) + "\n")
