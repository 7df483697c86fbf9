"""The blocks that weigh a network's channels, one class a kind, as the spec (nn/spec.go) and the
project's networks know them.

A block takes maps x, (N, C, H, W), and returns x times gates of 0..1. What all of them have:
    gate(...)        the gates, (N, C)
    excitation       the submodule whose output the gates are: a forward hook on it sees them
    layers(name)     the spec's layers of the block, in the order of the network
"""
import math

import torch
from torch import nn


def spatial_mean(x):
    """(N, C, H, W) -> (N, C). A sum and a small product: the gradient of mean() itself divides a
    whole feature map."""
    return x.sum(dim=(2, 3)) * (1 / (x.shape[2] * x.shape[3]))


def two_layers(channels, reduction, bias):
    """The two Linear layers of SE and of CBAM's channel part, with a ReLU between."""
    width = max(1, channels // reduction)
    return nn.Linear(channels, width, bias=bias), nn.ReLU(inplace=True), nn.Linear(width, channels, bias=bias)


class SEBlock(nn.Module):
    """Squeeze-and-Excitation (Hu et al. 2018, arXiv:1709.01507), as the tutorial writes it: both
    Linear layers bias-free.

    The gate of channel c is sigmoid(W2 relu(W1 mean_hw(x)))[c]; the block returns x * gate. With
    start, the second layer has biases, which begin there.
    """

    def __init__(self, channels, reduction=16, start=None):
        super().__init__()
        self.fc = nn.Sequential(*two_layers(channels, reduction, bias=False), nn.Sigmoid())
        if start is not None:
            self.fc[2].bias = nn.Parameter(torch.full((channels,), float(start)))

    def forward(self, x):
        return x * self.gate(spatial_mean(x))[:, :, None, None]

    def gate(self, squeezed):
        """The excitation: (N, C) squeezed channels -> (N, C) gates in 0..1."""
        return self.fc(squeezed)

    @property
    def excitation(self):
        return self.fc

    def layers(self, name):
        return [{"op": "se", "name": name, "out": self.fc[0].out_features, "fc": [f"{name}.fc.0", f"{name}.fc.2"]}]


class ECABlock(nn.Module):
    """Efficient channel attention (Wang et al. 2020, arXiv:1910.03151): a convolution of k
    neighbouring channels instead of two Linear layers.

    k is the odd number at |(log2(C) + b) / gamma|, rounded down and then up to odd: equation 12 as
    the authors' code computes it.
    """

    def __init__(self, channels, gamma=2, b=1):
        super().__init__()
        k = int(abs((math.log2(channels) + b) / gamma))
        k += 1 - k % 2
        self.conv = nn.Conv1d(1, 1, k, padding=k // 2, bias=False)
        self.excitation = nn.Sigmoid()

    def forward(self, x):
        return x * self.gate(spatial_mean(x))[:, :, None, None]

    def gate(self, squeezed):
        """(N, C) squeezed channels -> (N, C) gates in 0..1."""
        return self.excitation(self.conv(squeezed[:, None])[:, 0])

    def layers(self, name):
        return [{"op": "eca", "name": name, "kernel": self.conv.kernel_size[0], "conv": f"{name}.conv"}]


class CBAMBlock(nn.Module):
    """Convolutional block attention module (Woo et al. 2018, arXiv:1807.06521): channels first,
    then places.

    Channel part: gate = sigmoid(MLP(mean_hw(x)) + MLP(max_hw(x))), the MLP with biases. Spatial
    part: y = x * gate is multiplied by sigmoid(conv7x7([mean_c(y); max_c(y)])), one value a place.
    """

    def __init__(self, channels, reduction=16, kernel=7):
        super().__init__()
        self.fc = nn.Sequential(*two_layers(channels, reduction, bias=True))
        self.spatial = nn.Conv2d(2, 1, kernel, padding=kernel // 2, bias=False)
        self.excitation, self.places = nn.Sigmoid(), nn.Sigmoid()
        self.scaled = nn.Identity()

    def forward(self, x):
        y = self.scaled(x * self.gate(spatial_mean(x), x.amax(dim=(2, 3)))[:, :, None, None])
        return y * self.place(y)

    def gate(self, mean, largest):
        """(N, C) means and maxima -> (N, C) gates in 0..1."""
        return self.excitation(self.fc(mean) + self.fc(largest))

    def place(self, y):
        """(N, C, H, W) -> (N, 1, H, W) in 0..1."""
        return self.places(self.spatial(torch.cat([y.mean(1, keepdim=True), y.amax(1, keepdim=True)], 1)))

    def layers(self, name):
        return [{"op": "cbam", "name": name, "out": self.fc[0].out_features, "fc": [f"{name}.fc.0", f"{name}.fc.2"], "bias": True},
                {"op": "spatial", "name": f"{name}.spatial", "kernel": self.spatial.kernel_size[0], "conv": f"{name}.spatial"}]


KINDS = {"se": SEBlock, "eca": ECABlock, "cbam": CBAMBlock}
BLOCKS = tuple(KINDS.values())


def hook_gates(net, keep):
    """Call keep(name, gates) for every block of net in each forward pass, gates (N, C); returns the
    hooks' handles."""
    return [m.excitation.register_forward_hook(lambda _m, _i, out, name=name: keep(name, out)) for name, m in net.named_modules() if isinstance(m, BLOCKS)]


def hook_scaled(net, keep):
    """Call keep(z) for every block of net in each forward pass, z the maps (N, C, H, W) behind the
    channels' gates."""
    return [getattr(m, "scaled", m).register_forward_hook(lambda _m, _i, out: keep(out)) for m in net.modules() if isinstance(m, BLOCKS)]


def hook_places(net, keep):
    """Call keep(name, places) for every spatial attention of net in each forward pass, places (N,
    1, H, W); name is the layer's in the spec."""
    return [m.places.register_forward_hook(lambda _m, _i, out, name=name: keep(f"{name}.spatial", out)) for name, m in net.named_modules() if isinstance(m, CBAMBlock)]


def last_convolution(net):
    """The last convolution of net that makes feature maps: those inside a block make gates."""
    inside = {c for m in net.modules() if isinstance(m, BLOCKS) for c in m.modules()}
    return [m for m in net.modules() if isinstance(m, nn.Conv2d) and m not in inside][-1]
