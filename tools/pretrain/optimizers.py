"""AdamW, and Muon (momentum made orthogonal by Newton-Schulz) for the matrices with AdamW for the rest."""
import torch
import torch.distributed as dist

from parallel import HAS_BF16


def orthogonal(matrix, steps=5):
    """Nearest half-orthogonal matrix, roughly: quintic Newton-Schulz iteration (Jordan et al. 2024); it needs no more than bf16."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix) / (matrix.norm() + 1e-7)
    x = x.bfloat16() if HAS_BF16 else x
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.T if tall else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr=0.02, momentum=0.95, weight_decay=0.01):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            for p, direction in zip(parameters, directions([self.blend(p, group["momentum"]) for p in parameters])):
                rows, columns = p.flatten(1).shape
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(direction.view_as(p), alpha=-group["lr"] * max(1.0, rows / columns) ** 0.5)

    def blend(self, p, momentum):
        """Nesterov momentum as a matrix."""
        state = self.state[p]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(p)
        state["momentum"].lerp_(p.grad, 1 - momentum)
        return p.grad.lerp(state["momentum"], momentum).flatten(1)


def directions(matrices):
    """Each process makes its share of the matrices orthogonal; one message spreads the results."""
    if not dist.is_initialized():
        return [orthogonal(m) for m in matrices]
    world, loads, flat = dist.get_world_size(), [0] * dist.get_world_size(), torch.zeros(sum(m.numel() for m in matrices))
    views = [part.view_as(m) for part, m in zip(flat.split([m.numel() for m in matrices]), matrices)]
    for k in sorted(range(len(matrices)), key=lambda i: -matrices[i].numel()):
        owner = loads.index(min(loads))
        loads[owner] += matrices[k].numel() * min(matrices[k].shape)
        if owner == dist.get_rank() % world:
            views[k].copy_(orthogonal(matrices[k]))
    dist.all_reduce(flat)
    return views


def build_optimizers(kind, unet, text, lr=8e-4, muon_lr=0.02):
    """A list of optimizers; each group remembers its full rate in `peak`."""
    adam = dict(lr=lr, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    everything = [*unet.parameters(), *text.parameters()]
    if kind == "adamw":
        optimizers = [torch.optim.AdamW(everything, **adam)]
    else:
        matrices = [p for name, p in unet.named_parameters() if p.ndim >= 2 and not name.startswith(("conv_in", "conv_out", "time_embedding"))]
        chosen = {id(p) for p in matrices}
        optimizers = [Muon(matrices, lr=muon_lr), torch.optim.AdamW([p for p in everything if id(p) not in chosen], **adam)]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return optimizers
