"""Writes golden-long-prompts.safetensors into test/fixtures/tiny/{sd2,sdxl} and test/fixtures/tokenizer/chunks.json: prompts in chunks.

    python tools/goldens/tiny.py && python tools/goldens/families.py && python tools/goldens/long_prompts.py

Chunks are cut as `tokenize_line` of AUTOMATIC1111's web UI does (modules/sd_hijack_clip.py, comma_padding_backtrack 20), each is encoded by
transformers alone with BOS and EOS, and the states lie one after the other; the pooled text is the first chunk's. Weights scale
each chunk for itself. The images are drawn by diffusers from these `prompt_embeds`; the shorter text has empty chunks behind it.
"""

import json
import re

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline
from transformers import CLIPTokenizer

from families import SIZE, normals
from tiny import ROOT, store

CHUNK, BACKTRACK = 75, 20
LETTERS = "a b c 1 2 dog sks "
# Each as the pieces (text, weight) that a prompt is read as; the texts are what our own parser sees.
PROMPTS = [
    ("short", [("a dog", 1.0)], "a dog"),
    ("two chunks", [(LETTERS * 15, 1.0)], LETTERS * 15),
    ("exactly one chunk", [("a " * 75, 1.0)], "a " * 75),
    ("one word more", [("a " * 75 + "dog", 1.0)], "a " * 75 + "dog"),
    ("a break", [("a dog BREAK b c 1", 1.0)], "a dog BREAK b c 1"),
    ("a break at both ends", [("BREAK a dog BREAK", 1.0)], "BREAK a dog BREAK"),
    ("weights", [(LETTERS * 12, 1.0), ("dog sks", 1.3), (" b " + LETTERS * 8, 1.0), ("sks", 0.7)],
     f"{LETTERS * 12}(dog sks:1.3) b {LETTERS * 8}(sks:0.7)"),
]
REQUESTS = [
    {"prompt": LETTERS * 15, "seed": 1, "steps": 5, "guidance": 5, "scheduler": "ddim"},
    {"prompt": "a dog BREAK b c 1", "negative": "b 2", "seed": 2, "steps": 5, "guidance": 4, "scheduler": "ddim"},
    {"prompt": "a dog", "negative": LETTERS * 30, "seed": 3, "steps": 5, "guidance": 6, "scheduler": "ddim"},
]
WORDS = "portrait person coat light, harbour standing water evening glasses, painting focus"
TOKENIZED = [
    "", ",", "BREAK", "BREAK BREAK a", "a BREAK", "a portrait\nBREAK\n a coat", "aBREAK BREAKa breaks break",
    "person " * 80, "person, " * 60, "light " * 70 + ", " + "water " * 30, "light " * 54 + ", " + "water " * 40,
    "light " * 53 + ", " + "water " * 40, "a, " * 37 + "a, b", "a " * 75 + ", b", "a " * 74 + ", b", f"{WORDS} " * 40,
    f"{WORDS} BREAK " * 5, "light " * 150, "light " * 151, "😀 " * 60,
]


def chunks(tokenizer: CLIPTokenizer, pieces: list[tuple[str, float]]) -> list[list[tuple[int, float]]]:
    comma, done, chunk, last = tokenizer.get_vocab().get(",</w>"), [], [], -1

    def close() -> None:
        nonlocal chunk, last
        done.append(chunk)
        chunk, last = [], -1

    for text, weight in pieces:
        for i, part in enumerate(re.split(r"\s*\bBREAK\b\s*", text)):
            if i > 0:
                close()
            for token in tokenizer(part, add_special_tokens=False, truncation=False).input_ids:
                if token == comma:
                    last = len(chunk)
                elif len(chunk) == CHUNK and last != -1 and len(chunk) - last <= BACKTRACK:
                    moved, chunk = chunk[last + 1 :], chunk[: last + 1]
                    close()
                    chunk = moved
                if len(chunk) == CHUNK:
                    close()
                chunk.append((token, weight))
    if chunk or not done:
        close()
    return done


def encode(tokenizer: CLIPTokenizer, model: torch.nn.Module, chunk: list[tuple[int, float]], xl: bool):
    pad = CHUNK - len(chunk)
    ids = [tokenizer.bos_token_id, *(token for token, _ in chunk), tokenizer.eos_token_id, *[tokenizer.pad_token_id] * pad]
    weights = torch.tensor([1.0, *(weight for _, weight in chunk), 1.0, *[1.0] * pad])
    out = model(torch.tensor([ids]), output_hidden_states=True)
    states = out.hidden_states[-2][0] if xl else out.last_hidden_state[0]
    scaled = states * weights[:, None]
    return scaled * (states.mean() / scaled.mean()), getattr(out, "text_embeds", None)


def condition(pipe, pieces: list[tuple[str, float]], least: int = 1) -> dict[str, torch.Tensor]:
    xl = isinstance(pipe, StableDiffusionXLPipeline)
    encoders = [(pipe.tokenizer, pipe.text_encoder)] + ([(pipe.tokenizer_2, pipe.text_encoder_2)] if xl else [])
    parts, pooled = [], None
    for tokenizer, model in encoders:
        own = chunks(tokenizer, pieces)
        own += [[]] * (least - len(own))
        encoded = [encode(tokenizer, model, chunk, xl) for chunk in own]
        parts.append(torch.cat([states for states, _ in encoded]))
        pooled = encoded[0][1]
    return {"context": torch.cat(parts, dim=1)} | ({"pooled": pooled[0]} if xl else {})


def draw_image(pipe, request: dict) -> torch.Tensor:
    xl = isinstance(pipe, StableDiffusionXLPipeline)
    texts = [[(request["prompt"], 1.0)], [(request.get("negative", ""), 1.0)]]
    least = max(len(chunks(pipe.tokenizer, text)) for text in texts)
    own, other = (condition(pipe, text, least) for text in texts)
    if xl and "negative" not in request:
        other = {name: torch.zeros_like(value) for name, value in own.items()}
    pooled = {"pooled_prompt_embeds": own["pooled"][None], "negative_pooled_prompt_embeds": other["pooled"][None]} if xl else {}
    return pipe(prompt_embeds=own["context"][None], negative_prompt_embeds=other["context"][None], **pooled,
                latents=normals(request["seed"], 1, 4, SIZE // 2, SIZE // 2), height=SIZE, width=SIZE,
                num_inference_steps=request["steps"], guidance_scale=request["guidance"], output_type="pt").images[0]


@torch.no_grad()
def write(kind: str, pipeline: type) -> None:
    pipe = pipeline.from_pretrained(ROOT / kind)
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
    tensors = {f"{name}.{i}": value for i, (_, pieces, _) in enumerate(PROMPTS)
               for name, value in condition(pipe, pieces).items()}
    tensors |= {f"image.{i}": 2 * draw_image(pipe, request) - 1 for i, request in enumerate(REQUESTS)}
    prompts = [{"name": name, "text": text} for name, _, text in PROMPTS]
    store(ROOT / kind / "golden-long-prompts.safetensors", tensors,
          {"prompts": json.dumps(prompts), "requests": json.dumps(REQUESTS)})


def main() -> None:
    torch.set_num_threads(1)
    write("sd2", StableDiffusionPipeline)
    write("sdxl", StableDiffusionXLPipeline)
    tokenizer = CLIPTokenizer.from_pretrained(ROOT.parent / "tokenizer/sd1")
    ids = [[text, [[token for token, _ in chunk] for chunk in chunks(tokenizer, [(text, 1.0)])]] for text in TOKENIZED]
    (ROOT.parent / "tokenizer/chunks.json").write_text(json.dumps(ids, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
