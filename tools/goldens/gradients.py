"""Writes test/fixtures/tiny/sd1/golden-gradients-*.safetensors: what torch's autograd gives on the tiny sd1 model.

    python tools/goldens/gradients.py       (after tiny.py)

Every UNet loss is mean((unet(x, timestep, context) - target)^2). Files (inputs and `loss` are in each):
  lora   UNet LoRA: factors under their PEFT keys (`unet...lora_A.weight`), gradients under `grad.` + that key
  convolutions  the same on convolutions of each kind, r 2, alpha 3
  unet   every UNet parameter, no LoRA
  text   context = text_encoder(ids): `lora.`-part with text encoder LoRA, `full.`-part with every text parameter
  vae    loss = mean((decode(z) - image)^2) + kl_weight * mean over rows of the row's KL sum, z = mean + std * noise
sdxl/golden-gradients-lora (after families.py) is the `lora` of the tiny SDXL's UNet, with pooled texts and sizes.
LoRA: r 4, alpha 6, so the scale is 1.5, on the four projections of every attention; A and B both non-zero.

Large gradients are sampled (`sample`): of a tensor with n values the flat values 0, s, 2s, ... are kept, s = the
smallest odd number >= n / 192; `<part>.norms` holds the L2 norms of the whole tensors in the order of sorted keys.
"""

import torch
from adapters import CONVOLUTIONS
from diffusers import AutoencoderKL, UNet2DConditionModel
from peft import LoraConfig, inject_adapter_in_model
from tiny import ROOT, TOKENS, draw, draw_ids, store
from transformers import CLIPTextModel

RANK, ALPHA, KEPT, KL_WEIGHT = 4, 6, 192, 1e-3
FOLDER = ROOT / "sd1"
UNET_TARGETS = ["to_q", "to_k", "to_v", "to_out.0"]
TEXT_TARGETS = ["q_proj", "k_proj", "v_proj", "out_proj"]
Tensors = dict[str, torch.Tensor]


def inject(model: torch.nn.Module, targets: list[str] | str, alpha: float = ALPHA, rank: int = RANK) -> torch.nn.Module:
    """Puts PEFT LoRA layers into the model; only they require a gradient."""
    model.requires_grad_(False)
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=alpha, target_modules=targets), model)
    return model


def lora_parameters(model: torch.nn.Module, prefix: str) -> Tensors:
    """The model's LoRA factors under the keys of a saved adapter, sorted."""
    found = {name: value for name, value in model.named_parameters() if "lora_" in name}
    return {prefix + name.replace(".default.", "."): found[name] for name in sorted(found)}


def fill(parameters: Tensors, seed: int) -> None:
    """A as N(0, 1/in), B as N(0, 0.04/r): an adapter that visibly changes the output."""
    with torch.no_grad():
        for index, (name, value) in enumerate(parameters.items()):
            width = 0.2 / RANK**0.5 if "lora_B" in name else value[0].numel() ** -0.5
            value.copy_(width * draw(seed + index, *value.shape))


def sample(value: torch.Tensor) -> torch.Tensor:
    flat = value.detach().flatten()
    stride = -(-flat.numel() // KEPT)
    return flat[:: stride + 1 - stride % 2].clone()


def sampled(part: str, gradients: Tensors) -> Tensors:
    ordered = dict(sorted(gradients.items()))
    norms = torch.stack([value.norm() for value in ordered.values()])
    return {f"{part}.norms": norms} | {f"{part}.{key}": sample(value) for key, value in ordered.items()}


def gradients_of(loss: torch.Tensor, parameters: Tensors) -> Tensors:
    return dict(zip(parameters, torch.autograd.grad(loss, list(parameters.values()))))


def load_unet() -> UNet2DConditionModel:
    return UNet2DConditionModel.from_pretrained(FOLDER / "unet").eval().requires_grad_(False)


def load_text() -> CLIPTextModel:
    return CLIPTextModel.from_pretrained(FOLDER / "text_encoder").eval().requires_grad_(False)


def trainable(model: torch.nn.Module, prefix: str = "") -> Tensors:
    model.requires_grad_(True)
    return {prefix + name: value for name, value in model.named_parameters()}


def unet_inputs() -> Tensors:
    return {"x": draw(61, 2, 4, 8, 8), "timestep": torch.tensor([37.0, 811.0]), "target": draw(62, 2, 4, 8, 8)}


def unet_loss(unet: UNet2DConditionModel, inputs: Tensors, context: torch.Tensor) -> torch.Tensor:
    predicted = unet(inputs["x"], inputs["timestep"], context).sample
    return (predicted - inputs["target"]).square().mean()


def write_lora(inputs: Tensors, context: torch.Tensor, name: str, unet: torch.nn.Module, rank: int = RANK) -> None:
    factors = lora_parameters(unet, "unet.")
    fill(factors, 1000)
    loss = unet_loss(unet, inputs, context)
    gradients = {f"grad.{key}": value for key, value in gradients_of(loss, factors).items()}
    tensors = inputs | {"context": context, "loss": loss} | factors | gradients
    store(FOLDER / f"golden-gradients-{name}.safetensors", tensors, {"rank": str(rank), "alpha": str(ALPHA * rank // RANK)})


def write_unet(inputs: Tensors, context: torch.Tensor) -> None:
    unet = load_unet()
    parameters = trainable(unet)
    loss = unet_loss(unet, inputs, context)
    tensors = inputs | {"context": context, "loss": loss} | sampled("grad", gradients_of(loss, parameters))
    store(FOLDER / "golden-gradients-unet.safetensors", tensors)


def write_text(inputs: Tensors) -> None:
    ids, unet = draw_ids(63, 2), load_unet()
    text = load_text()
    full = trainable(text, "text_model.")
    full_loss = unet_loss(unet, inputs, text(ids).last_hidden_state)
    full_gradients = gradients_of(full_loss, full)
    rows = full_gradients["text_model.embeddings.token_embedding.weight"]
    text = inject(load_text(), TEXT_TARGETS)
    factors = lora_parameters(text, "text_encoder.text_model.")
    fill(factors, 2000)
    loss = unet_loss(unet, inputs, text(ids).last_hidden_state)
    lora_gradients = {f"lora.grad.{key}": value for key, value in gradients_of(loss, factors).items()}
    tensors = inputs | {"ids": ids, "full.loss": full_loss, "full.rows": rows, "lora.loss": loss}
    tensors |= sampled("full.grad", full_gradients) | factors | lora_gradients
    store(FOLDER / "golden-gradients-text.safetensors", tensors, {"rank": str(RANK), "alpha": str(ALPHA)})


def write_vae() -> None:
    vae = AutoencoderKL.from_pretrained(FOLDER / "vae").eval()
    parameters = trainable(vae)
    image, noise = draw(64, 2, 3, 16, 16).clamp(-1, 1), draw(65, 2, 4, 8, 8)
    latents = vae.encode(image).latent_dist
    decoded = vae.decode(latents.mean + latents.std * noise).sample
    loss = (decoded - image).square().mean() + KL_WEIGHT * latents.kl().mean()
    tensors = {"image": image, "noise": noise, "loss": loss, "kl": latents.kl()}
    tensors |= sampled("grad", gradients_of(loss, parameters))
    store(FOLDER / "golden-gradients-vae.safetensors", tensors, {"kl_weight": str(KL_WEIGHT)})


def write_xl_lora(inputs: Tensors) -> None:
    folder = ROOT / "sdxl"
    unet = inject(UNet2DConditionModel.from_pretrained(folder / "unet").eval(), UNET_TARGETS)
    factors = lora_parameters(unet, "unet.")
    fill(factors, 3000)
    given = inputs | {"context": draw(67, 2, TOKENS, 56), "pooled": draw(68, 2, 20),
                      "time_ids": torch.tensor([[300.0, 200, 50, 0, 16, 16], [16, 16, 0, 0, 16, 16]])}
    added = {"text_embeds": given["pooled"], "time_ids": given["time_ids"]}
    predicted = unet(given["x"], given["timestep"], given["context"], added_cond_kwargs=added).sample
    loss = (predicted - given["target"]).square().mean()
    gradients = {f"grad.{key}": value for key, value in gradients_of(loss, factors).items()}
    tensors = given | {"loss": loss} | factors | gradients
    store(folder / "golden-gradients-lora.safetensors", tensors, {"rank": str(RANK), "alpha": str(ALPHA)})


def main() -> None:
    torch.set_num_threads(1)
    inputs, context = unet_inputs(), draw(66, 2, TOKENS, 48)
    write_lora(inputs, context, "lora", inject(load_unet(), UNET_TARGETS))
    write_lora(inputs, context, "convolutions", inject(load_unet(), CONVOLUTIONS, alpha=3, rank=2), rank=2)
    write_unet(inputs, context)
    write_text(inputs)
    write_vae()
    write_xl_lora(inputs)


if __name__ == "__main__":
    main()
