"""Writes test/fixtures/tiny: tiny random checkpoints in diffusers layout and what torch computes with them.

    python tools/goldens/tiny.py            (requirements.txt beside this file)

Folders `sd1` (1x1-conv projections, one head count, quick_gelu) and `sd2` (linear projections, heads per block, gelu)
are model folders; `vision` is a CLIPVisionModelWithProjection. `golden-{unet,text,vae,vision}.safetensors` in each
hold inputs and outputs. Every weight and bias is random and non-zero; weights are scaled by fan-in, so activations
stay O(1).
"""

import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

ROOT = Path(__file__).resolve().parents[2] / "test/fixtures/tiny"
VOCABULARY = 128
TOKENS = 77
BOS, EOS = VOCABULARY - 2, VOCABULARY - 1

UNETS = {
    "sd1": {
        "sample_size": 8,
        "block_out_channels": [16, 24, 32],
        "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
        "layers_per_block": 2,
        "attention_head_dim": 4,
        "cross_attention_dim": 48,
        "norm_num_groups": 8,
    },
    "sd2": {
        "sample_size": 8,
        "block_out_channels": [16, 24],
        "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"],
        "layers_per_block": 1,
        "attention_head_dim": [2, 3],
        "cross_attention_dim": 32,
        "norm_num_groups": 8,
        "use_linear_projection": True,
    },
}
TEXTS = {
    "sd1": {"hidden_size": 48, "intermediate_size": 96, "num_attention_heads": 4, "hidden_act": "quick_gelu"},
    "sd2": {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2, "hidden_act": "gelu"},
}
VAE_CHANNELS = {"sd1": [8, 16], "sd2": [8, 16]}
UNET_SIZES = {"sd1": [(8, 12), (10, 14)], "sd2": [(8, 6), (7, 5)]}
SCHEDULERS = {
    "sd1": {
        "_class_name": "PNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000, "skip_prk_steps": True, "set_alpha_to_one": False, "steps_offset": 1,
        "clip_sample": False,
    },
    "sd2": {
        "_class_name": "DDIMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000, "prediction_type": "v_prediction", "set_alpha_to_one": False, "steps_offset": 1,
        "clip_sample": False,
    },
}


def randomize(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    """Fills every parameter: matrices N(0, 1/fan_in), norm weights 1 + 0.2 N(0, 1), biases 0.1 N(0, 1)."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in sorted(model.named_parameters()):
            noise = torch.randn(value.shape, generator=generator)
            if "embedding" in name and "time_embedding" not in name and "patch" not in name:
                value.copy_(0.5 * noise)
            elif name.endswith("bias"):
                value.copy_(0.1 * noise)
            elif value.dim() < 2:
                value.copy_(1 + 0.2 * noise)
            else:
                value.copy_(noise / value[0].numel() ** 0.5)
    return model.eval().requires_grad_(False)


def draw(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def draw_ids(seed: int, rows: int) -> torch.Tensor:
    """Prompts of different lengths: BOS, words, EOS, padded with EOS; the last row is full."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.full((rows, TOKENS), EOS)
    ids[:, 0] = BOS
    for row in range(rows):
        words = TOKENS - 2 if row == rows - 1 else 3 + 5 * row
        ids[row, 1 : 1 + words] = torch.randint(0, BOS, (words,), generator=generator)
    return ids


def store(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.detach().contiguous().clone() for key, value in tensors.items()}, path, metadata)


def store_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def build_unet(kind: str) -> UNet2DConditionModel:
    return randomize(UNet2DConditionModel(**UNETS[kind]), 11)


def build_vae(kind: str) -> AutoencoderKL:
    channels = VAE_CHANNELS[kind]
    return randomize(AutoencoderKL(
        block_out_channels=channels, layers_per_block=1, latent_channels=4, norm_num_groups=channels[0] // 2,
        sample_size=16, down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
    ), 12)


def build_text(kind: str) -> CLIPTextModel:
    return randomize(CLIPTextModel(CLIPTextConfig(
        vocab_size=VOCABULARY, max_position_embeddings=TOKENS, num_hidden_layers=2, bos_token_id=BOS,
        eos_token_id=EOS, pad_token_id=EOS, **TEXTS[kind],
    )), 13)


def unet_golden(kind: str, unet: UNet2DConditionModel) -> dict[str, torch.Tensor]:
    width = UNETS[kind]["cross_attention_dim"]
    golden = {"timestep": torch.tensor([1.0, 500.5, 981.0]), "context": draw(21, 3, TOKENS, width)}
    for h, w in UNET_SIZES[kind]:
        x = draw(100 * h + w, 3, 4, h, w)
        golden |= {f"x.{h}x{w}": x, f"out.{h}x{w}": unet(x, golden["timestep"], golden["context"]).sample}
    return golden


def text_golden(text: CLIPTextModel) -> dict[str, torch.Tensor]:
    ids = draw_ids(31, 3)
    out = text(ids, output_hidden_states=True)
    return {"ids": ids, "last_hidden": out.last_hidden_state, "penultimate": out.hidden_states[-2],
            "pooled": out.pooler_output}


def vae_golden(vae: AutoencoderKL) -> dict[str, torch.Tensor]:
    image, latent = draw(41, 2, 3, 16, 24).clamp(-1, 1), draw(42, 2, 4, 8, 12)
    return {"image": image, "moments": vae.encode(image).latent_dist.parameters, "latent": latent,
            "decoded": vae.decode(latent).sample}


def write_model(kind: str) -> None:
    folder = ROOT / kind
    unet, vae, text = build_unet(kind), build_vae(kind), build_text(kind)
    unet.save_pretrained(folder / "unet")
    vae.save_pretrained(folder / "vae")
    store_json(folder / "text_encoder/config.json", json.loads(text.config.to_json_string()))
    prefixed = {key if key.startswith("text_model.") else f"text_model.{key}": value
                for key, value in text.state_dict().items() if "position_ids" not in key}
    store(folder / "text_encoder/model.safetensors", prefixed, {"format": "pt"})
    store_json(folder / "scheduler/scheduler_config.json", {**SCHEDULERS[kind], "_diffusers_version": "0.42.0"})
    store_json(folder / "model_index.json", {
        "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.0",
        "feature_extractor": [None, None], "safety_checker": [None, None],
        "scheduler": ["diffusers", SCHEDULERS[kind]["_class_name"]], "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": [None, None], "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
    })
    with torch.no_grad():
        store(folder / "golden-unet.safetensors", unet_golden(kind, unet))
        store(folder / "golden-text.safetensors", text_golden(text))
        store(folder / "golden-vae.safetensors", vae_golden(vae))


def write_vision() -> None:
    vision = randomize(CLIPVisionModelWithProjection(CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, projection_dim=24, num_hidden_layers=2, num_attention_heads=4,
        image_size=24, patch_size=8, hidden_act="quick_gelu",
    )), 14)
    folder, pixels = ROOT / "vision", draw(51, 2, 3, 24, 24)
    store_json(folder / "config.json", json.loads(vision.config.to_json_string()))
    kept = {key: value for key, value in vision.state_dict().items() if "position_ids" not in key}
    store(folder / "model.safetensors", kept, {"format": "pt"})
    with torch.no_grad():
        out = vision(pixels, output_hidden_states=True)
        store(folder / "golden-vision.safetensors", {
            "pixels": pixels, "last_hidden": out.last_hidden_state, "penultimate": out.hidden_states[-2],
            "embeds": out.image_embeds,
        })


def main() -> None:
    torch.set_num_threads(1)
    for kind in UNETS:
        shutil.rmtree(ROOT / kind, ignore_errors=True)
        write_model(kind)
    shutil.rmtree(ROOT / "vision", ignore_errors=True)
    write_vision()


if __name__ == "__main__":
    main()
