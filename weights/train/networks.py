"""The tutorial's networks, parameter for parameter, and the ones that a webcam is pointed at.

A state_dict saved from the tutorial's own classes loads here unchanged, and the other way round.
Inputs are normalised batches, (N, 3, 32, 32) float32 for CIFAR-10 and (N, 3, 64, 64) for objects;
outputs are logits, (N, classes).
"""
import numpy as np
import torch
from torch import nn

import safetensors
from attention import KINDS, SEBlock, spatial_mean


class SimpleCNN(nn.Module):
    """Two 3x3 convolutions without pooling, mean over H and W, one Linear; SE after each ReLU if
    se."""

    def __init__(self, se, num_classes=10):
        super().__init__()
        self.layer1 = self._layer(3, 64, se)
        self.layer2 = self._layer(64, 128, se)
        self.fc = nn.Linear(128, num_classes)

    @staticmethod
    def _layer(cin, cout, se):
        layers = [nn.Conv2d(cin, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU()]
        return nn.Sequential(*layers, *([SEBlock(cout)] if se else []))

    def forward(self, x):
        conv, bn, relu, *se = self.layer2
        pooled = spatial_mean(relu(bn(conv(self.layer1(x)))))
        if se:  # mean(gate * map) = gate * mean(map): the last SE block scales C numbers instead of C maps, and an epoch takes half the time
            pooled = pooled * se[0].gate(pooled)
        return self.fc(pooled)


class CNN3SE(nn.Module):
    """Three blocks of 3x3 convolution, BN, ReLU, SE, max pool 2; then 2048 -> 512 -> 10. The
    tutorial's heat maps show conv3."""

    def __init__(self, num_classes=10):
        super().__init__()
        for i, (cin, cout) in enumerate([(3, 32), (32, 64), (64, 128)], 1):
            setattr(self, f"conv{i}", nn.Conv2d(cin, cout, 3, padding=1))
            setattr(self, f"bn{i}", nn.BatchNorm2d(cout))
            setattr(self, f"se{i}", SEBlock(cout))
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.5)
        self.fc1 = nn.Linear(128 * 4 * 4, 512)
        self.fc2 = nn.Linear(512, num_classes)

    def features(self, x):
        for i in (1, 2, 3):
            conv, bn, se = (getattr(self, f"{name}{i}") for name in ("conv", "bn", "se"))
            x = self.pool(se(torch.relu(bn(conv(x)))))
        return x

    def forward(self, x):
        x = torch.flatten(self.features(x), 1)
        return self.fc2(self.dropout(torch.relu(self.fc1(x))))


class Residual(nn.Module):
    """x + attention(relu(bn2(conv2(relu(bn1(conv1(x))))))), the attention of one of KINDS or
    "none".

    No ReLU stands behind the sum, so that the mean of a channel is mean(x) + gate * mean(branch),
    and a logit an exact sum over channels.
    """

    def __init__(self, channels, kind, **options):
        super().__init__()
        self.kind = kind
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        if kind in KINDS:  # under its own name: block1.se.fc.0.weight
            setattr(self, kind, KINDS[kind](channels, **options))

    @property
    def attention(self):
        return getattr(self, self.kind, None)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        return x + (self.attention(y) if self.attention else y)


class Inverted(nn.Module):
    """x + project(attention(relu(depthwise(relu(expand(x)))))), each with batch norm: the inverted
    bottleneck of MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) with the attention on the
    expanded channels, as MobileNetV3 has it (Howard et al. 2019, arXiv:1905.02244)."""

    def __init__(self, channels, kind, expand=4, **options):
        super().__init__()
        wide = expand * channels
        self.kind = kind
        self.expand = nn.Conv2d(channels, wide, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(wide)
        self.depthwise = nn.Conv2d(wide, wide, 3, padding=1, groups=wide, bias=False)
        self.bn2 = nn.BatchNorm2d(wide)
        if kind in KINDS:
            setattr(self, kind, KINDS[kind](wide, **options))
        self.project = nn.Conv2d(wide, channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels)

    @property
    def attention(self):
        return getattr(self, self.kind, None)

    def forward(self, x):
        y = torch.relu(self.bn2(self.depthwise(torch.relu(self.bn1(self.expand(x))))))
        return x + self.bn3(self.project(self.attention(y) if self.attention else y))


class LiveNet(nn.Module):
    """A ResNet, with SE or another attention in each block, of 3 + 4 * blocks convolutions: a stem,
    then two stages of blocks residual blocks at half and a quarter of its side.

    channels are those of the stem and of the two stages. The pool of the stem stands in front of
    its batch norm, which then has a quarter of the values to normalise: training spends its time in
    convolutions.
    """

    def __init__(self, kind, channels, blocks, num_classes=10, stem_stride=1):
        super().__init__()
        c1, c2, c3 = channels
        self.conv1 = nn.Conv2d(3, c1, 3, stride=stem_stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(c1)
        self.conv2 = nn.Conv2d(c1, c2, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(c2)
        self.conv3 = nn.Conv2d(c2, c3, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(c3)
        for i, c in enumerate([c2] * blocks + [c3] * blocks, 1):
            setattr(self, f"block{i}", Residual(c, kind))
        self.blocks = blocks
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(c3, num_classes)

    def stage(self, i):
        """The residual blocks behind conv2 or conv3, with their names."""
        first = 1 + self.blocks * (i - 2)
        return [(f"block{i}", getattr(self, f"block{i}")) for i in range(first, first + self.blocks)]

    def features(self, x):
        x = torch.relu(self.bn1(self.pool(self.conv1(x))))
        x = torch.relu(self.bn2(self.conv2(x)))
        for _, block in self.stage(2):
            x = block(x)
        x = torch.relu(self.bn3(self.conv3(self.pool(x))))
        for _, block in self.stage(3):
            x = block(x)
        return x

    def forward(self, x):
        return self.fc(spatial_mean(self.features(x)))


class EverydayNet(nn.Module):
    """A ResNet for 64x64: a stem of stride 2, conv2 and a pool, residual blocks at 16x16, a pool,
    conv3 and residual blocks at 8x8.

    channels are those of the stem and of the two stages, blocks the residual blocks of each stage.
    With sources, a second linear layer reads the same means and names the classes of the sources
    before they were merged; it teaches the body and is not shipped. block is the class of the
    residual blocks, only the numbers of those that have the attention, all without it, and options
    are the attention's.
    """

    def __init__(self, attention, channels, blocks, num_classes, sources=0, block=Residual, only=None, **options):
        super().__init__()
        c1, c2, c3 = channels
        self.conv1 = nn.Conv2d(3, c1, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(c1)
        self.conv2 = nn.Conv2d(c1, c2, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(c2)
        self.conv3 = nn.Conv2d(c2, c3, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(c3)
        for i, c in enumerate([c2] * blocks[0] + [c3] * blocks[1], 1):
            setattr(self, f"block{i}", block(c, "none" if only and i not in only else attention, **options))
        self.blocks = blocks
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(c3, num_classes)
        self.sources = nn.Linear(c3, sources) if sources else None

    def stage(self, i):
        """The residual blocks behind conv2 or conv3, with their names."""
        first, count = (1, self.blocks[0]) if i == 2 else (1 + self.blocks[0], self.blocks[1])
        return [(f"block{k}", getattr(self, f"block{k}")) for k in range(first, first + count)]

    def features(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.pool(self.conv2(x))))
        for _, block in self.stage(2):
            x = block(x)
        x = torch.relu(self.bn3(self.conv3(self.pool(x))))
        for _, block in self.stage(3):
            x = block(x)
        return x

    def forward(self, x):
        return self.fc(spatial_mean(self.features(x)))

    def both(self, x):
        """The logits of the classes, and those of the sources' own classes or None."""
        means = spatial_mean(self.features(x))
        return self.fc(means), self.sources(means) if self.sources else None

    def begin(self, state):
        """Take the weights of a network of the same widths with as many blocks or fewer.

        Its blocks become the first of their stage. Those that it lacks begin near the identity, as
        x + a tenth of their branch: a branch of nothing would have no gradient through its ReLU. A
        layer that it has not, such as sources of a shipped file, stays as it was made.
        """
        had = {k.split(".")[0] for k in state if k.startswith("block")}
        second = sorted(b for b in had if state[f"{b}.conv1.weight"].shape[0] == self.conv2.out_channels)
        third = sorted(had - set(second))
        if len(second) > self.blocks[0] or len(third) > self.blocks[1]:
            raise SystemExit(f"weights of {len(second)} and {len(third)} blocks a stage, expected at most {self.blocks[0]} and {self.blocks[1]}")
        to = dict(zip(second + third, [name for name, _ in self.stage(2)[:len(second)] + self.stage(3)[:len(third)]]))
        renamed = {".".join([to.get(first, first), *rest]): v for k, v in state.items() for first, *rest in [k.split(".")]}
        missing = self.load_state_dict(renamed, strict=False)
        if missing.unexpected_keys or any(not k.startswith(("block", "sources.")) for k in missing.missing_keys):
            raise SystemExit(f"weights of another network: unknown {missing.unexpected_keys}, missing {missing.missing_keys}")
        for name in {f"block{i}" for i in range(1, 1 + sum(self.blocks))} - set(to.values()):
            torch.nn.init.constant_(getattr(self, name).bn2.weight, 0.1)


DEEP = {"channels": (32, 48, 96), "blocks": 2}  # 49.7 M multiply-adds at 32x32
FLAT = {"channels": (32, 64, 128), "blocks": 1}  # 48.2 M, and at 64x64 with a stem of stride 2
WIDE = {"channels": (128, 256, 512), "blocks": 1}
HALF = {"channels": (16, 32, 96), "blocks": (1, 2), "num_classes": 200}  # of everyday's width, 33 M
TWICE = {"blocks": (2, 4)}  # as many multiply-adds in inverted bottlenecks as HALF has in basic blocks

NETWORKS = {
    "simple": lambda: SimpleCNN(se=False),
    "simple-se": lambda: SimpleCNN(se=True),
    "cnn3-se": CNN3SE,
    "live": lambda: LiveNet("se", **DEEP),
    "live-plain": lambda: LiveNet("none", **DEEP),
    "teacher": lambda: LiveNet("se", **WIDE),
    "teacher-9": lambda: LiveNet("se", channels=(64, 128, 256), blocks=1),
    "resnet9": lambda: LiveNet("se", **FLAT),
    "everyday": lambda: EverydayNet("se", channels=(32, 64, 192), blocks=(3, 2), num_classes=311, sources=414),
    "tiny-none": lambda: EverydayNet("none", **HALF | TWICE, block=Inverted),
    "tiny-se": lambda: EverydayNet("se", **HALF | TWICE, block=Inverted),
    "tiny-eca": lambda: EverydayNet("eca", **HALF | TWICE, block=Inverted),
    "tiny-cbam": lambda: EverydayNet("cbam", **HALF | TWICE, block=Inverted),
    # The study on basic blocks, and trials in which one thing each is other: see everyday.py.
    "basic-none": lambda: EverydayNet("none", **HALF),
    "basic-se": lambda: EverydayNet("se", **HALF),
    "basic-eca": lambda: EverydayNet("eca", **HALF),
    "basic-cbam": lambda: EverydayNet("cbam", **HALF),
    "trial-none": lambda: EverydayNet("none", **HALF),
    "trial-se": lambda: EverydayNet("se", **HALF),
    "trial-reduction-4": lambda: EverydayNet("se", **HALF, reduction=4),
    "trial-open": lambda: EverydayNet("se", **HALF, start=3),
    "trial-decay": lambda: EverydayNet("se", **HALF),
    "trial-first": lambda: EverydayNet("se", **HALF, only=(1,)),
    "trial-last": lambda: EverydayNet("se", **HALF, only=(3,)),
    "objects": lambda: LiveNet("se", num_classes=67, stem_stride=2, **FLAT),
    "objects-teacher": lambda: LiveNet("se", num_classes=143, stem_stride=2, **WIDE),
}


def shipped(name):
    """The network as its file holds it: without what only training reads."""
    net = NETWORKS[name]()
    if getattr(net, "sources", None):
        net.sources = None
    return net


def state_of(tensors):
    """The state_dict in the tensors of a shipped file, whose whole numbers become float32."""
    own = {k: v for k, v in tensors.items() if not k.startswith(("signature.", "reject."))}
    return {k: torch.from_numpy(np.array(v)) for k, v in safetensors.dequantise(own).items()}


def load_shipped(name, state):
    """shipped(name) with the weights of a state_dict from training."""
    net = shipped(name)
    net.load_state_dict({k: v for k, v in state.items() if not k.startswith("sources.")})
    return net
