"""Completes test/fixtures/tiny/sd2 and writes test/fixtures/tiny/sdxl: whole models, prompts, and what diffusers draws with them.

    python tools/goldens/tiny.py && python tools/goldens/families.py            (requirements.txt beside this file)

`sdxl` has two text encoders, the second with a projection, and transformers of different depths. `golden-prompts` holds the
conditioning of PROMPTS, `golden-images` the pictures of REQUESTS; both list them in their metadata. First noises are drawn as
engine/noise.ts draws them, so that a seed is all a test needs.
"""

import json
import math
import shutil
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    AutoencoderKL, DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler, StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline, StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline, UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from tiny import BOS, EOS, ROOT, TOKENS, VOCABULARY, draw, draw_ids, randomize, store, store_json, vae_golden

SIZE = 16
XL_UNET = {
    "sample_size": 8, "block_out_channels": [8, 16], "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
    "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"], "layers_per_block": 1, "attention_head_dim": [1, 2],
    "transformer_layers_per_block": [1, 2], "cross_attention_dim": 56, "norm_num_groups": 4,
    "use_linear_projection": True, "addition_embed_type": "text_time", "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 20 + 6 * 8,
}
XL_TEXTS = {
    "text_encoder": (CLIPTextModel, {
        "hidden_size": 24, "intermediate_size": 48, "num_attention_heads": 2, "num_hidden_layers": 2,
        "hidden_act": "quick_gelu"}),
    "text_encoder_2": (CLIPTextModelWithProjection, {
        "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4, "num_hidden_layers": 3,
        "hidden_act": "gelu", "projection_dim": 20}),
}
XL_SCHEDULER = {
    "_class_name": "EulerDiscreteScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000, "steps_offset": 1, "timestep_spacing": "leading", "prediction_type": "epsilon",
    "interpolation_type": "linear", "use_karras_sigmas": False,
}
PROMPTS = ["a dog", "", "sks dog ! " + "a b c 1 2 " * 20]
SAMPLERS = {"ddim": DDIMScheduler, "dpm++": DPMSolverMultistepScheduler, "euler": EulerDiscreteScheduler}
REQUESTS = [
    {"prompt": "a sks dog", "seed": 1, "steps": 6, "guidance": 5, "scheduler": "ddim"},
    {"prompt": "a sks dog", "seed": 2, "steps": 6, "guidance": 5, "scheduler": "dpm++"},
    {"prompt": "a sks dog", "negative": "b 2", "seed": 3, "steps": 6, "guidance": 4, "scheduler": "euler"},
    {"prompt": "dog dog", "negative": "b 2", "seed": 4, "steps": 5, "guidance": 6, "rescale": 0.7, "scheduler": "ddim"},
    {"prompt": "dog", "seed": 5, "steps": 5, "guidance": 1, "scheduler": "euler"},
    {"prompt": "a sks dog", "seed": 6, "steps": 8, "guidance": 5, "scheduler": "ddim", "strength": 0.6},
    {"prompt": "a sks dog", "seed": 7, "steps": 8, "guidance": 5, "scheduler": "dpm++", "strength": 0.8},
    {"prompt": "a sks dog", "seed": 8, "steps": 8, "guidance": 5, "scheduler": "euler", "strength": 0.5},
]
# Prompts as other programs write weights, and the pieces that are meant.
WEIGHTED = [
    ("a (sks:1.3) dog", [("a", 1.0), ("sks", 1.3), ("dog", 1.0)]),
    ("a ((dog)) [b]", [("a", 1.0), ("dog", 1.1**2), ("b", 1 / 1.1)]),
]


def philox(counter: list[int], key: tuple[int, int]) -> list[int]:
    """Philox4x32-10 (Salmon et al. 2011)."""
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & 0xFFFFFFFF, (p0 >> 32) ^ c3 ^ k1, p0 & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return [c0, c1, c2, c3]


def normals(seed: int, *shape: int) -> torch.Tensor:
    """Stream 0 of engine/noise.ts."""
    count = math.prod(shape)
    words = [word for block in range(-(-count // 4)) for word in philox([block, 0, 0, 0], (seed, 0))]
    out = []
    for first, second in zip(words[::2], words[1::2]):
        radius, angle = math.sqrt(-2 * math.log((first + 0.5) / 2**32)), 2 * math.pi * second / 2**32
        out += [radius * math.cos(angle), radius * math.sin(angle)]
    return torch.tensor(np.array(out[:count], dtype=np.float32)).reshape(shape)


def write_tokenizer(folder: Path, pad: str) -> None:
    """Letters, digits, an exclamation mark and two words."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    tokens = ["!", *letters, *(f"{c}</w>" for c in "!" + letters + "0123456789"), "sk", "sks</w>", "do", "dog</w>"]
    vocab = {token: i for i, token in enumerate(tokens)} | {"<|startoftext|>": BOS, "<|endoftext|>": EOS}
    store_json(folder / "vocab.json", vocab)
    (folder / "merges.txt").write_text("#version: 0.2\ns k\nsk s</w>\nd o\ndo g</w>\n")
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
               "pad_token": pad}
    store_json(folder / "special_tokens_map.json", special)
    store_json(folder / "tokenizer_config.json",
               {"model_max_length": TOKENS, "tokenizer_class": "CLIPTokenizer", **special})


def build_xl_text(component: str) -> CLIPTextModel:
    model, config = XL_TEXTS[component]
    return randomize(model(CLIPTextConfig(
        vocab_size=VOCABULARY, max_position_embeddings=TOKENS, bos_token_id=BOS, eos_token_id=EOS, pad_token_id=EOS,
        **config)), 16)


def build_xl_vae() -> AutoencoderKL:
    return randomize(AutoencoderKL(
        block_out_channels=[8, 16], layers_per_block=1, latent_channels=4, norm_num_groups=4, sample_size=16,
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2, scaling_factor=0.13025,
    ), 17)


def xl_unet_golden(unet: UNet2DConditionModel) -> dict[str, torch.Tensor]:
    golden = {"timestep": torch.tensor([1.0, 500.5]), "context": draw(21, 2, TOKENS, 56), "pooled": draw(22, 2, 20),
              "time_ids": torch.tensor([[1024.0, 768, 0, 12, 512, 512], [16, 16, 0, 0, 16, 16]])}
    added = {"text_embeds": golden["pooled"], "time_ids": golden["time_ids"]}
    for h, w in [(8, 6), (7, 5)]:
        x = draw(100 * h + w, 2, 4, h, w)
        out = unet(x, golden["timestep"], golden["context"], added_cond_kwargs=added).sample
        golden |= {f"x.{h}x{w}": x, f"out.{h}x{w}": out}
    return golden


def xl_text_golden(text: CLIPTextModel) -> dict[str, torch.Tensor]:
    ids = draw_ids(31, 3)
    out = text(ids, output_hidden_states=True)
    golden = {"ids": ids, "last_hidden": out.last_hidden_state, "penultimate": out.hidden_states[-2]}
    if hasattr(out, "text_embeds"):
        golden |= {"projected": out.text_embeds, "ends": torch.arange(3) * TOKENS + (ids == EOS).int().argmax(-1)}
    return golden


def write_xl(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    unet, vae = randomize(UNet2DConditionModel(**XL_UNET), 15), build_xl_vae()
    unet.save_pretrained(folder / "unet")
    vae.save_pretrained(folder / "vae")
    for component in XL_TEXTS:
        text = build_xl_text(component)
        text.save_pretrained(folder / component)
        with torch.no_grad():
            store(folder / f"golden-{component}.safetensors", xl_text_golden(text))
    store_json(folder / "scheduler/scheduler_config.json", XL_SCHEDULER)
    write_tokenizer(folder / "tokenizer", "<|endoftext|>")
    write_tokenizer(folder / "tokenizer_2", "!")
    store_json(folder / "model_index.json", {
        "_class_name": "StableDiffusionXLPipeline", "_diffusers_version": "0.42.0", "force_zeros_for_empty_prompt": True,
        "feature_extractor": [None, None], "image_encoder": [None, None],
        "scheduler": ["diffusers", "EulerDiscreteScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
        "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"], "tokenizer": ["transformers", "CLIPTokenizer"],
        "tokenizer_2": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    })
    with torch.no_grad():
        store(folder / "golden-unet.safetensors", xl_unet_golden(unet))
        store(folder / "golden-vae.safetensors", vae_golden(vae))


def complete_sd2(folder: Path) -> None:
    write_tokenizer(folder / "tokenizer", "!")
    index = json.loads((folder / "model_index.json").read_text())
    store_json(folder / "model_index.json", index | {"tokenizer": ["transformers", "CLIPTokenizer"]})


def encode_prompt(pipe: StableDiffusionPipeline, prompt: str) -> dict[str, torch.Tensor]:
    if isinstance(pipe, StableDiffusionXLPipeline):
        context, _, pooled, _ = pipe.encode_prompt(prompt, do_classifier_free_guidance=False)
        return {"context": context[0], "pooled": pooled[0]}
    return {"context": pipe.encode_prompt(prompt, "cpu", 1, False)[0][0]}


def weighted(pipe: StableDiffusionPipeline, pieces: list[tuple[str, float]]) -> torch.Tensor:
    """Each token's states times its weight, then the mean over all of an encoder's states set back to what it was."""
    context = encode_prompt(pipe, " ".join(text for text, _ in pieces))["context"]
    tokens = [(token, weight) for text, weight in pieces
              for token in pipe.tokenizer(text, add_special_tokens=False).input_ids]
    weights = torch.ones(TOKENS)
    weights[1 : 1 + len(tokens)] = torch.tensor([weight for _, weight in tokens])
    widths = [24, 32] if isinstance(pipe, StableDiffusionXLPipeline) else [context.shape[1]]
    parts = []
    for states in context.split(widths, dim=1):
        scaled = states * weights[:, None]
        parts.append(scaled * (states.mean() / scaled.mean()))
    return torch.cat(parts, dim=1)


def draw_image(folder: Path, pipes: dict[str, type], request: dict, init: torch.Tensor) -> torch.Tensor:
    strength, height, width = request.get("strength"), request.get("height", SIZE), request.get("width", SIZE)
    pipe = pipes["plain" if strength is None else "img2img"].from_pretrained(folder)
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler = SAMPLERS[request["scheduler"]].from_config(pipe.scheduler.config)
    noise, call = normals(request["seed"], 1, 4, height // 2, width // 2), {}
    if strength is None:
        call = {"latents": noise, "height": height, "width": width}
    else:
        module = __import__(type(pipe).__module__, fromlist=["randn_tensor"])
        module.randn_tensor = lambda *_, **__: noise
        call = {"image": pipe.vae.encode(init).latent_dist.mode() * pipe.vae.config.scaling_factor, "strength": strength}
        if pipe.config.get("requires_aesthetics_score") is False:
            call |= {"original_size": (height, width), "target_size": (height, width)}
    if "rescale" in request:
        call["guidance_rescale"] = request["rescale"]
    return pipe(request["prompt"], negative_prompt=request.get("negative"), num_inference_steps=request["steps"],
                guidance_scale=request["guidance"], output_type="pt", **call).images[0]


@torch.no_grad()
def write_goldens(folder: Path, pipes: dict[str, type]) -> None:
    pipe = pipes["plain"].from_pretrained(folder)
    prompts = {f"{name}.{i}": value for i, prompt in enumerate(PROMPTS)
               for name, value in encode_prompt(pipe, prompt).items()}
    prompts |= {f"weighted.{i}": weighted(pipe, pieces) for i, (_, pieces) in enumerate(WEIGHTED)}
    store(folder / "golden-prompts.safetensors", prompts,
          {"prompts": json.dumps(PROMPTS), "weighted": json.dumps([text for text, _ in WEIGHTED])})
    init = draw(61, 1, 3, SIZE, SIZE).clamp(-1, 1)
    images = {str(i): 2 * draw_image(folder, pipes, request, init) - 1 for i, request in enumerate(REQUESTS)}
    store(folder / "golden-images.safetensors", images | {"init": init[0]}, {"requests": json.dumps(REQUESTS)})


def main() -> None:
    torch.set_num_threads(1)
    complete_sd2(ROOT / "sd2")
    write_xl(ROOT / "sdxl")
    write_goldens(ROOT / "sd2", {"plain": StableDiffusionPipeline, "img2img": StableDiffusionImg2ImgPipeline})
    write_goldens(ROOT / "sdxl", {"plain": StableDiffusionXLPipeline, "img2img": StableDiffusionXLImg2ImgPipeline})


if __name__ == "__main__":
    main()
