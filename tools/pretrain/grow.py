"""Starts a UNet from an earlier base with another autoencoder: same inner layers, new ends fitted by least squares, new attention that does nothing yet."""
import argparse
import json
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

from data import Pictures
from diffusion import ALPHAS
from parallel import save_atomic
from text import Captions
from unet import build
from vae import moments


def solve(inputs, wanted, ridge=1e-3):
    """The matrix that takes rows of `inputs` to rows of `wanted` with the least square error."""
    inputs, wanted = inputs.double(), wanted.double()
    gram = inputs.T @ inputs
    return torch.linalg.solve(gram + ridge * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype), inputs.T @ wanted).float()


def latent_rows(latents):
    return latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])


def encode(vae, pictures, count):
    parts = [moments(vae, pictures.batch(range(i, i + 16)))[0] for i in range(0, count, 16)]
    return torch.cat(parts) * vae.config.scaling_factor


def fit_input(unet, old, to_old):
    """The first convolution reads the old latent out of the new one; what the old one did not hold comes in at random."""
    rest = torch.eye(len(to_old)) - to_old @ torch.linalg.pinv(to_old)
    weight = torch.einsum("ojhw,ij->oihw", old.conv_in.weight, to_old)
    unet.conv_in.weight.copy_(weight + 0.3 * torch.einsum("oihw,ik->okhw", unet.conv_in.weight, rest))
    unet.conv_in.bias.copy_(old.conv_in.bias)


def fit_output(unet, text, latents, rows, generator):
    """The last convolution: ridge regression of the wanted prediction on the features that reach it."""
    seen = []
    hook = unet.conv_out.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    wanted = []
    for part, captions in zip(latents.split(32), rows.split(32)):
        steps = torch.randint(0, 1000, (len(part),), generator=generator)
        noise = torch.randn(part.shape, generator=generator)
        a = ALPHAS[steps].view(-1, 1, 1, 1)
        unet(a.sqrt() * part + (1 - a).sqrt() * noise, steps, encoder_hidden_states=text(captions).last_hidden_state)
        wanted.append(latent_rows(a.sqrt() * noise - (1 - a).sqrt() * part))
    hook.remove()
    features = torch.nn.functional.unfold(torch.cat(seen), 3, padding=1).transpose(1, 2).flatten(0, 1)
    features, wanted = torch.cat([features, torch.ones(len(features), 1)], 1), torch.cat(wanted)
    weight = solve(features, wanted)
    print(f"prediction explained by the old features: {1 - float((features @ weight - wanted).var() / wanted.var()):.3f}")
    unet.conv_out.weight.copy_(weight[:-1].T.view_as(unet.conv_out.weight))
    unet.conv_out.bias.copy_(weight[-1])


@torch.no_grad()
def main():
    arguments = argparse.ArgumentParser()
    for name in ("--old", "--vae", "--out", "--out-text"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--data", nargs="+", required=True)
    arguments.add_argument("--count", type=int, default=384)
    options = arguments.parse_args()
    torch.set_num_threads(1)
    pictures, vae, old_vae = Pictures(options.data), AutoencoderKL.from_pretrained(options.vae), AutoencoderKL.from_pretrained(f"{options.old}/vae")
    latents, old_latents = encode(vae, pictures, options.count), encode(old_vae, pictures, options.count)
    to_old = solve(latent_rows(latents), latent_rows(old_latents))
    error = (latent_rows(latents) @ to_old - latent_rows(old_latents)).var() / old_latents.var()
    print(f"old latent explained by the new: {1 - float(error):.3f}")
    old, text = UNet2DConditionModel.from_pretrained(f"{options.old}/unet"), CLIPTextModel.from_pretrained(f"{options.old}/text_encoder")
    unet = build()
    unet.load_state_dict({k: v for k, v in old.state_dict().items() if not k.startswith(("conv_in", "conv_out"))}, strict=False)
    for name, parameter in unet.named_parameters():
        if name not in old.state_dict() and ".proj_out." in name:
            parameter.zero_()
    fit_input(unet, old, to_old)
    vocabulary = json.loads(Path(f"{options.old}/tokenizer/vocab.json").read_text())
    rows = torch.from_numpy(Captions(options.data, vocabulary).rows[:options.count, 0].astype(np.int64))
    fit_output(unet, text, latents, rows, torch.Generator().manual_seed(3))
    save_atomic(unet.state_dict(), options.out)
    save_atomic(text.state_dict(), options.out_text)


if __name__ == "__main__":
    main()
