"""The diffusion side of pre-training: noise schedule, v-prediction loss, prompt grids."""
import numpy as np
import torch
from diffusers import DDIMScheduler
from PIL import Image
from torch.nn.attention import SDPBackend, sdpa_kernel

SCHEDULER = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type="v_prediction",
                 clip_sample=False, set_alpha_to_one=False, steps_offset=1, timestep_spacing="leading")
ALPHAS = DDIMScheduler(**SCHEDULER).alphas_cumprod

PROMPTS = (
    "a photo of a person with long blonde hair in a red hoodie on a beach",
    "a photo of a person with short black hair wearing a green suit in a forest",
    "a photo of a person with a grey bun wearing a purple royal robe and a crown in space",
    "a photo of a person with curly brown hair and glasses in a blue shirt in a city",
    "a photo of a person with spiky red hair wearing a yellow striped sweater and a beanie in the snow",
    "a photo of a person with a beard wearing a pink suit and a top hat in a desert",
    "a photo of a person with blue pigtails in a green superhero costume underwater",
    "a photo of a person with pink hair wearing a yellow hoodie and headphones in a garden",
    "a pencil sketch of a person with short brown hair in a blue suit in a city",
    "pixel art of a person with long red hair wearing a purple hoodie on a beach",
    "a neon drawing of a person with spiky pink hair in a green shirt in space",
    "a photo of an orange cat wearing a blue royal robe and a party hat in the snow",
    "a photo of a grey cat in a forest",
    "a pencil sketch of a person with curly black hair wearing a red superhero costume and a crown in a garden",
    "pixel art of a person with grey hair in a pink royal robe and a top hat underwater",
    "a photo of a person",
)


def quick_attention():
    """torch's fused kernel takes four times as long as plain products in its backward pass on a CPU."""
    torch.backends.cuda.allow_fp16_bf16_reduction_math_sdp(True)
    return sdpa_kernel(SDPBackend.MATH)


def loss_of(unet, text, latents, rows, noise, steps, weighted=True):
    """Min-SNR weighted v-loss (gamma 5); unweighted for reports."""
    a = ALPHAS[steps].view(-1, 1, 1, 1)
    noisy = a.sqrt() * latents + (1 - a).sqrt() * noise
    wanted = a.sqrt() * noise - (1 - a).sqrt() * latents
    guess = unet(noisy, steps, encoder_hidden_states=text(rows).last_hidden_state).sample
    error = (guess.float() - wanted).pow(2).mean((1, 2, 3))
    if not weighted:
        return error.mean()
    snr = a.flatten() / (1 - a.flatten())
    return (error * snr.clamp(max=5) / (snr + 1)).mean()


@torch.no_grad()
def held_out_loss(unet, text, latents, rows):
    generator = torch.Generator().manual_seed(7)
    total = 0.0
    for i in range(0, len(latents), 32):
        part = latents[i:i + 32]
        noise = torch.randn(part.shape, generator=generator)
        steps = torch.randint(0, 1000, (len(part),), generator=generator)
        total += float(loss_of(unet, text, part, rows[i:i + 32], noise, steps, weighted=False)) * len(part)
    return total / len(latents)


@torch.no_grad()
def sample(unet, text, vae, rows, empty, seed=0, count=20, guidance=3.0):
    """Pictures [n, 3, 128, 128] in -1..1 by DDIM with classifier-free guidance."""
    scheduler = DDIMScheduler(**SCHEDULER)
    scheduler.set_timesteps(count)
    states = text(torch.cat([empty.expand_as(rows), rows])).last_hidden_state
    z = torch.randn(len(rows), unet.config.in_channels, 16, 16, generator=torch.Generator().manual_seed(seed))
    for t in scheduler.timesteps:
        free, told = unet(torch.cat([z, z]), t, encoder_hidden_states=states).sample.float().chunk(2)
        z = scheduler.step(free + guidance * (told - free), t, z).prev_sample
    return torch.cat([vae.decode(part / vae.config.scaling_factor).sample.float() for part in z.split(8)]).clamp(-1, 1)


def write_sheet(pictures, path, columns=8):
    bands = [torch.cat(list(pictures[i:i + columns]), 2) for i in range(0, len(pictures), columns)]
    Image.fromarray(((torch.cat(bands, 1).permute(1, 2, 0) + 1) * 127.5).byte().numpy().astype(np.uint8)).save(path)
