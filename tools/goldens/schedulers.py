"""Writes test/fixtures/schedulers.json: what diffusers computes for noise schedules, samplers and learning rates.

Run from the repository root, with diffusers 0.42 and torch on the path:

    python tools/goldens/schedulers.py
"""

import itertools
import json
import math
import pathlib

import diffusers.schedulers.scheduling_euler_ancestral_discrete as ancestral_module
import torch
from diffusers import (DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
                       EulerDiscreteScheduler, PNDMScheduler)
from diffusers.optimization import get_scheduler
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg
from diffusers.training_utils import compute_snr

CLASSES = {"ddim": DDIMScheduler, "dpm++": DPMSolverMultistepScheduler, "euler": EulerDiscreteScheduler,
           "euler-ancestral": EulerAncestralDiscreteScheduler, "pndm": PNDMScheduler}
NEEDED = {"pndm": {"skip_prk_steps": True}}
SPACINGS = ["leading", "trailing", "linspace"]
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SD15 = {**SD, "set_alpha_to_one": False, "steps_offset": 1, "clip_sample": False}
PROBES = [0, 1, 19, 100, 146, 147, 500, 981, 998, 999]


def numbers(tensor):
    """Single-precision values with the digits that identify them."""
    return [float(f"{v:.9g}") for v in tensor.flatten().tolist()]


def fixed(count, shift):
    return torch.tensor([1.5 * math.sin(1.7 * i + shift) for i in range(count)], dtype=torch.float32)


def fake_model(x, t):
    return 0.5 * torch.sin(x) + float(t) / 1000


def schedules():
    configs = [SD, {}, {"beta_schedule": "squaredcos_cap_v2"},
               {**SD, "prediction_type": "v_prediction", "rescale_betas_zero_snr": True},
               {"trained_betas": [0.1, 0.2, 0.3, 0.4], "num_train_timesteps": 4}]
    for config in configs:
        table = DDPMScheduler(**config).alphas_cumprod
        yield {"config": config, "values": {t: float(f"{table[t].item():.9g}") for t in PROBES if t < len(table)}}


def timesteps():
    for name, spacing, offset in itertools.product(CLASSES, SPACINGS, [0, 1]):
        for steps in [1, 2, 7, 10, 16, 20, 32, 50, 64]:
            scheduler = CLASSES[name](**SD, **NEEDED.get(name, {}), timestep_spacing=spacing, steps_offset=offset)
            scheduler.set_timesteps(steps)
            yield {"scheduler": name, "spacing": spacing, "offset": offset, "steps": steps,
                   "timesteps": scheduler.timesteps.tolist()}


def trajectory(name, config, steps, eta=0.0):
    config = {**config, **NEEDED.get(name, {})}
    scheduler = CLASSES[name].from_config(config)
    scheduler.set_timesteps(steps)
    x = fixed(6, 0.3) * scheduler.init_noise_sigma
    states = []
    for i, t in enumerate(scheduler.timesteps):
        extra = {"eta": eta, "variance_noise": fixed(6, i)} if eta else {}
        ancestral_module.randn_tensor = lambda *_, **__: fixed(6, i)  # the noise that the test gives too
        seen = scheduler.scale_model_input(x, t)
        x = scheduler.step(fake_model(seen, t), t, x, **extra).prev_sample
        states.append(numbers(x))
    return {"scheduler": name, "config": config, "steps": steps, "eta": eta,
            "initialScale": float(scheduler.init_noise_sigma), "timesteps": scheduler.timesteps.tolist(), "states": states}


def trajectories():
    for name, kind, spacing in itertools.product(CLASSES, ["epsilon", "v_prediction"], SPACINGS):
        for steps in [2, 10, 20]:
            yield trajectory(name, {**SD15, "prediction_type": kind, "timestep_spacing": spacing}, steps)
        yield trajectory(name, {**SD15, "prediction_type": kind}, 50)
    for name in CLASSES:
        yield trajectory(name, {}, 12)
        yield trajectory(name, {**SD15, "beta_schedule": "squaredcos_cap_v2"}, 12)
        zero = {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction", "timestep_spacing": "trailing"}
        if name != "pndm":  # which leaves the key aside
            # Of a number that does not divide 1000, ddim leaves its rows between two timesteps, which ours does not follow.
            yield trajectory(name, {**SD15, **zero}, 10 if name == "ddim" else 12)
    yield trajectory("ddim", {**SD15, "clip_sample": True, "clip_sample_range": 0.8}, 12)
    yield trajectory("ddim", SD15, 12, eta=0.7)
    yield trajectory("dpm++", {**SD15, "solver_order": 1}, 20)
    for name, kind, spacing in itertools.product(["dpm++", "euler"], ["epsilon", "v_prediction"], SPACINGS):
        for steps in [1, 5, 20, 30]:
            config = {**SD15, "prediction_type": kind, "timestep_spacing": spacing, "use_karras_sigmas": True}
            yield trajectory(name, config, steps)
    yield trajectory("dpm++", {**SD15, "lower_order_final": False, "euler_at_final": True}, 12)


def training():
    for kind in ["epsilon", "v_prediction"]:
        scheduler = DDPMScheduler(**SD, prediction_type=kind)
        signal, noise = fixed(8, 0.1), fixed(8, 2.2)
        for t in [0, 146, 147, 999]:
            at = torch.tensor([t])
            snr = compute_snr(scheduler, at)
            weight = torch.clamp(snr, max=5) / (snr if kind == "epsilon" else snr + 1)
            target = noise if kind == "epsilon" else scheduler.get_velocity(signal[None], noise[None], at)
            yield {"prediction": kind, "timestep": t, "snr": snr.item(), "weight": weight.item(),
                   "signal": numbers(signal), "noise": numbers(noise), "target": numbers(target),
                   "noisy": numbers(scheduler.add_noise(signal[None], noise[None], at))}


def guidance():
    conditional, unconditional = fixed(8, 0.4), fixed(8, 1.9)
    for scale, rescale in [(7.5, 0.0), (7.5, 0.7), (3.0, 1.0)]:
        out = (unconditional + scale * (conditional - unconditional))[None]
        if rescale:
            out = rescale_noise_cfg(out, conditional[None], guidance_rescale=rescale)
        yield {"scale": scale, "rescale": rescale, "conditional": numbers(conditional),
               "unconditional": numbers(unconditional), "out": numbers(out)}


def learning_rates():
    names = ["constant", "constant_with_warmup", "linear", "cosine", "cosine_with_restarts", "polynomial"]
    for name, warmup, total in itertools.product(names, [0, 1, 7], [40]):
        for cycles, power in [(1, 1.0)] if name[:2] not in ("po", "co") else [(1, 1.0), (3, 2.0)]:
            optimizer = torch.optim.SGD([torch.zeros(1)], lr=1e-3)
            schedule = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=total,
                                     num_cycles=cycles, power=power).lr_lambdas[0]
            past = total if name == "cosine" else total + 5
            yield {"name": name, "warmup": warmup, "total": total, "cycles": cycles, "power": power, "end": 1e-7 / 1e-3,
                   "factors": [schedule(step) for step in range(past + 1)]}


if __name__ == "__main__":
    goldens = {part.__name__: list(part()) for part in
               [schedules, timesteps, trajectories, training, guidance, learning_rates]}
    lines = [f' "{name}": [\n' + ",\n".join("  " + json.dumps(case) for case in cases) + "\n ]"
             for name, cases in goldens.items()]
    pathlib.Path("test/fixtures/schedulers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
