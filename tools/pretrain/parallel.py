"""Two one-thread processes that share gradients: on two cores faster than one two-thread process."""
import os
import subprocess
import sys
from pathlib import Path

import torch
import torch.distributed as dist


def launch(world, pid_file):
    """Starts `world` copies of this command and waits; returns only in the copies."""
    if "RANK" in os.environ:
        torch.set_num_threads(int(os.environ.get("THREADS", "1")))
        if world > 1:
            dist.init_process_group("gloo", rank=int(os.environ["RANK"]), world_size=world)
        return int(os.environ["RANK"])
    port = str(20000 + os.getpid() % 20000)
    children = []
    for rank in range(world):
        env = dict(os.environ, RANK=str(rank), WORLD_SIZE=str(world), MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
        children.append(subprocess.Popen([sys.executable, *sys.argv], env=env))
    Path(pid_file).write_text(" ".join(str(child.pid) for child in children))
    codes = [child.wait() for child in children]
    sys.exit(max(abs(code) for code in codes))


def average_gradients(parameters, clock, world):
    """Averages all gradients in one message; every process gets process 0's `clock` with it."""
    if world == 1:
        return clock
    grads = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
    tail = torch.tensor([clock if dist.get_rank() == 0 else 0.0], dtype=torch.float32)
    flat = torch.cat([g.reshape(-1) for g in grads] + [tail])
    dist.all_reduce(flat)
    clock = float(flat[-1])
    flat /= world
    offset = 0
    for p, g in zip(parameters, grads):
        p.grad = flat[offset:offset + g.numel()].view_as(g)
        offset += g.numel()
    return clock


CPU_FLAGS = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
HAS_BF16 = "avx512_bf16" in CPU_FLAGS


def half_precision():
    """bf16 passes where the processor computes them itself; elsewhere they would be slower than fp32."""
    return torch.autocast("cpu", torch.bfloat16, enabled=HAS_BF16)


def save_atomic(value, path):
    """Writes beside, flushes to disk, renames: a kill at any time leaves a whole file."""
    temporary = f"{path}.tmp"
    with open(temporary, "wb") as file:
        torch.save(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
