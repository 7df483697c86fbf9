"""Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon): descent along the nearest
orthogonal matrix of the momentum, for the weights of convolutions behind which a batch norm stands.

Every direction of a weight then learns at the same pace: logs/earlier.tsv has six epochs of `live`
with it and with SGD.
"""
import torch


def orthogonal(matrix):
    """The nearest matrix whose singular values are about 1 (0.7 to 1.2), of a matrix (rows,
    columns), by five steps of a Newton-Schulz iteration with the coefficients of the paper."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(5):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Weights (out, ...) keep the norm sqrt(out), so that lr is the angle of a step, about: a batch
    norm behind the convolution makes the norm a matter of indifference, and weight decay only a
    roundabout way to a learning rate."""

    def __init__(self, parameters, lr, momentum=0.6):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                momentum.mul_(group["momentum"]).add_(p.grad)
                ahead = p.grad + group["momentum"] * momentum  # Nesterov
                step = orthogonal(ahead.flatten(1)).view(p.shape)
                p.mul_(p.shape[0]**0.5 / p.norm()).sub_(step, alpha=group["lr"])
