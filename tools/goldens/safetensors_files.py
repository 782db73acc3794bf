"""Writes test/fixtures/safetensors/: a file of the reference writer with every dtype the engine reads, and its values as float32.

    python tools/goldens/safetensors_files.py
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "safetensors"
VALUES = [0.0, -0.0, 1.0, -2.5, 1 / 3, 65504.0, 6e-8, -1e-5, 3.0e38, float("inf"), float("-inf"), float("nan")]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    floats = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16, "f64": torch.float64}
    tensors = {f"floats.{name}": torch.tensor(VALUES, dtype=torch.float64).reshape(3, 4).to(t) for name, t in floats.items()}
    tensors |= {
        "whole.i64": torch.tensor([-1, 2**40]),
        "whole.i32": torch.tensor([[-7], [8]], dtype=torch.int32),
        "whole.i16": torch.tensor([-300], dtype=torch.int16),
        "whole.i8": torch.tensor([-3, 4, 5], dtype=torch.int8),
        "whole.u8": torch.tensor([250], dtype=torch.uint8),
        "flag": torch.tensor([True, False, True]),
        "small.e4m3": torch.tensor([1.5], dtype=torch.float8_e4m3fn),
        "small.e5m2": torch.tensor([1.5], dtype=torch.float8_e5m2),
        "scalar": torch.tensor(4.25),
        "empty": torch.zeros(0, 3),
        'odd "name" é\n \U0001f600': torch.ones(1),
        'odd "name" é\n \uffff': torch.ones(1),
    }
    save_file(tensors, OUT / "reference.safetensors", metadata={"note": 'tab\t "quoted" é \x01'})
    as_text = {name: [str(v) for v in tensors[name].float().flatten().tolist()] for name in tensors if name.startswith("floats")}
    (OUT / "reference.json").write_text(json.dumps(as_text, indent=1) + "\n")


main()
