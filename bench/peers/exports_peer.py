"""Draws with the adapter files that Semblance writes, through the loaders that users call: answers each JSON line with one.

Runs under the newest pinned releases and under older ones (requirements.txt, requirements-older.txt). Commands:
  versions                                                          -> diffusers, transformers, peft
  draw   folder (of the base), path (the adapter's folder), files, words (those of token rows), format, prompt, word, noise, steps, guidance
                                                                    -> pixels `[3, H, W]` as levels of 0..255, lost: what was passed over
"""

import json
import logging
import os
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
warnings.filterwarnings("ignore")
import diffusers  # noqa: E402
import peft  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

try:
    # transformers 5.24 asks for a PEFT that is not published; for plain LoRA on text encoders the newest one does.
    import transformers.integrations.peft as integration
    if int(transformers.__version__.split(".")[0]) >= 5:
        integration.MIN_PEFT_VERSION = "0.18.0"
except (ImportError, AttributeError):
    pass
PARTS = ["unet", "text_encoder", "text_encoder_2"]
LOST = ("unexpected keys", "missing adapter keys", "not found in the model")


class Lines(logging.Handler):
    """What the libraries only log when they pass over a part of a file."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if any(part in line for part in LOST):
            self.kept.append(line[:200])


LINES = Lines()
logging.getLogger("diffusers").addHandler(LINES)
logging.getLogger("transformers").addHandler(LINES)


def open_base(folder: str) -> diffusers.DiffusionPipeline:
    kind = json.loads((Path(folder) / "model_index.json").read_text())["_class_name"]
    more = {} if "XL" in kind else {"safety_checker": None, "requires_safety_checker": False}
    pipe = getattr(diffusers, kind).from_pretrained(folder, **more)
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler = diffusers.DDIMScheduler.from_config(pipe.scheduler.config)
    return pipe


def load_peft(pipe: diffusers.DiffusionPipeline, path: Path) -> None:
    for part in PARTS:
        place = path if part == "unet" else path / part
        if (place / "adapter_config.json").exists():
            setattr(pipe, part, peft.PeftModel.from_pretrained(getattr(pipe, part), place).merge_and_unload())


def load_words(pipe: diffusers.DiffusionPipeline, path: Path, files: list[str], word: str) -> None:
    """The second text encoder is named by hand, as the documentation of diffusers does."""
    encoders = [(pipe.text_encoder, pipe.tokenizer)]
    if hasattr(pipe, "text_encoder_2"):
        encoders.append((pipe.text_encoder_2, pipe.tokenizer_2))
    rows = [load_file(path / name) for name in files]
    rows = [rows[0]["clip_l"], rows[0].get("clip_g")] if "clip_l" in rows[0] else rows
    for (encoder, tokenizer), own in zip(encoders, rows):
        pipe.load_textual_inversion(own, token=word, text_encoder=encoder, tokenizer=tokenizer)


@torch.no_grad()
def draw(folder: str, path: str, files: list[str], words: list[str], format: str, prompt: str, word: str,
         noise: list[float], steps: int, guidance: float) -> dict:
    LINES.kept.clear()
    pipe = open_base(folder)
    pairs = [name for name in files if name not in words]
    if format == "peft":
        load_peft(pipe, Path(path))
    elif pairs:
        pipe.load_lora_weights(path, weight_name=pairs[0])
    if words:
        load_words(pipe, Path(path), words, word)
    side = pipe.unet.config.sample_size
    size = side * pipe.vae_scale_factor
    start = torch.tensor(noise).reshape(1, pipe.unet.config.in_channels, side, side)
    images = pipe(prompt, latents=start, height=size, width=size, num_inference_steps=steps, guidance_scale=guidance,
                  output_type="pt").images
    return {"pixels": (images[0] * 255).round().int().flatten().tolist(), "lost": LINES.kept[:3]}


def versions() -> dict:
    return {module.__name__: module.__version__ for module in (diffusers, transformers, peft)}


def main() -> None:
    torch.set_num_threads(1)
    for line in sys.stdin:
        fields = json.loads(line)
        start = time.perf_counter()
        try:
            reply = {"draw": draw, "versions": versions}[fields.pop("command")](**fields)
        except Exception as error:  # the bench prints it
            reply = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        print(json.dumps(reply | {"ms": 1000 * (time.perf_counter() - start)}), flush=True)


if __name__ == "__main__":
    main()
