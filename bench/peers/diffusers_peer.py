"""diffusers + peft as a peer: answers each JSON line on stdin with one on stdout. Started by bench/peer.ts.

Commands (fields -> reply, every reply has `ms`):
  load     folder, threads, mode (eager | compile | bf16)      -> parameters; the UNet of a model folder, fp32 unless bf16
  inputs   path (safetensors: sample, timesteps, context, target)
  forward  [out]                                               -> one forward pass; `out` stores the prediction
  lora     rank, alpha, rate, [path]                           -> peft LoRA on the attention projections, AdamW
  step                                                         -> loss; forward, backward, clip 1, AdamW
  image    folder, prompt, latents (safetensors: latents), steps, guidance, scheduler (ddim | dpm++),
           threads, out
"""

import json
import os
import sys
import time

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

TARGETS = ["to_q", "to_k", "to_v", "to_out.0"]
SCHEDULERS = {"ddim": "DDIMScheduler", "dpm++": "DPMSolverMultistepScheduler"}


class Peer:
    def __init__(self) -> None:
        self.unet = self.model = self.optimizer = None
        self.parameters: list[torch.nn.Parameter] = []
        self.inputs: dict[str, torch.Tensor] = {}

    def load(self, folder: str, threads: int, mode: str = "eager") -> dict:
        from diffusers import UNet2DConditionModel

        torch.set_num_threads(threads)
        dtype = torch.bfloat16 if mode == "bf16" else torch.float32
        self.unet = UNet2DConditionModel.from_pretrained(f"{folder}/unet", torch_dtype=dtype)
        self.unet.eval().requires_grad_(False)
        self.model = torch.compile(self.unet) if mode == "compile" else self.unet
        return {"parameters": sum(value.numel() for value in self.unet.parameters())}

    def read(self, path: str) -> dict:
        self.inputs = {key: value.to(self.unet.dtype) for key, value in load_file(path).items()}
        return {}

    def predict(self) -> torch.Tensor:
        data = self.inputs
        return self.model(data["sample"], data["timesteps"], data["context"]).sample

    def forward(self, out: str | None = None) -> dict:
        with torch.inference_mode():
            prediction = self.predict()
        if out:
            save_file({"prediction": prediction.float().contiguous()}, out)
        return {}

    def lora(self, rank: int, alpha: float, rate: float, path: str | None = None) -> dict:
        from peft import LoraConfig

        self.unet.add_adapter(LoraConfig(r=rank, lora_alpha=alpha, target_modules=TARGETS))
        named = {name: value for name, value in self.unet.named_parameters() if value.requires_grad}
        if path:
            stored = load_file(path)
            with torch.no_grad():
                for name, value in named.items():
                    value.copy_(stored["unet." + name.replace(".default.", ".")])
        self.parameters = list(named.values())
        self.optimizer = torch.optim.AdamW(self.parameters, lr=rate, weight_decay=1e-2)
        return {"tensors": len(named)}

    def step(self) -> dict:
        loss = (self.predict().float() - self.inputs["target"].float()).square().mean()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return {"loss": float(loss.detach()), "norm": float(norm)}

    def image(self, folder: str, prompt: str, latents: str, steps: int, guidance: float,
              scheduler: str, threads: int, out: str) -> dict:
        import diffusers

        torch.set_num_threads(threads)
        pipeline = diffusers.StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32, safety_checker=None)
        pipeline.set_progress_bar_config(disable=True)
        pipeline.scheduler = getattr(diffusers, SCHEDULERS[scheduler]).from_config(pipeline.scheduler.config)
        start = load_file(latents)["latents"]
        pixels = pipeline(prompt, latents=start, num_inference_steps=steps, guidance_scale=guidance, output_type="pt").images
        save_file({"pixels": (pixels * 2 - 1).contiguous()}, out)
        return {}


def main() -> None:
    peer = Peer()
    commands = {name: getattr(peer, name) for name in ("load", "forward", "lora", "step", "image")} | {"inputs": peer.read}
    for line in sys.stdin:
        fields = json.loads(line)
        start = time.perf_counter()
        try:
            reply = commands[fields.pop("command")](**fields)
        except Exception as error:  # the bench prints it
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply | {"ms": 1000 * (time.perf_counter() - start)}), flush=True)


if __name__ == "__main__":
    main()
