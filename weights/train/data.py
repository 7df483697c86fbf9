#!/usr/bin/env python3
"""CIFAR-10 in its binary format: reading, the fixed validation split, normalising, and augmentation
of whole batches.

usage: python3 data.py TRAIN.bin VALIDATION.bin

writes the validation split as a .bin file of its own, for `sescope eval`.
"""
import math
import sys

import numpy as np
import torch

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2023, 0.1994, 0.2010)
RECORD = 1 + 3 * 32 * 32
VALIDATION = 5000
SPLIT_SEED = 20261123


def read(path):
    """(pixels uint8 (N, 3, 32, 32), labels int64 (N,)) of a CIFAR-10 .bin file."""
    raw = np.fromfile(path, np.uint8)
    if raw.size == 0 or raw.size % RECORD:
        raise SystemExit(f"{path}: {raw.size} bytes, expected a multiple of {RECORD} (1 label byte and 3072 pixels a record)")
    raw = raw.reshape(-1, RECORD)
    return torch.from_numpy(raw[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(raw[:, 0].astype(np.int64))


def load(root):
    """((pixels, labels) to train on, (pixels, labels) kept for validation) of root/train.bin."""
    return split(*read(root / "train.bin"))


def order(n):
    """The fixed order of n pictures whose first VALIDATION are kept: it has a seed of its own, so
    every run of every network has the same split."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(SPLIT_SEED))


def split(pixels, labels):
    """The training part and the validation part."""
    train, val = order(len(labels))[VALIDATION:], order(len(labels))[:VALIDATION]
    return (pixels[train], labels[train]), (pixels[val], labels[val])


def normalise(pixels):
    """uint8 (N, 3, 32, 32) -> float32, (x / 255 - mean) / std, channels last in memory."""
    mean, std = (torch.tensor(v, device=pixels.device).view(1, 3, 1, 1) for v in (MEAN, STD))
    return ((pixels.float() / 255 - mean) / std).contiguous(memory_format=torch.channels_last)


def sized(pixels, side):
    """(N, 3, H, H) -> (N, 3, side, side), float32, each pixel the mean of what it covers."""
    if pixels.shape[-1] == side:
        return pixels
    return torch.nn.functional.interpolate(pixels.float(), (side, side), mode="bilinear", align_corners=False, antialias=True)


def uniform(rng, lo, hi, *shape):
    """Random numbers between lo and hi, on the generator's device."""
    return lo + (hi - lo) * torch.rand(shape, generator=rng, device=rng.device)


def augment(pixels, rng, size=32):
    """Flip half of the pictures and cut a square of size pixels out of each at a random place.

    At the picture's own size that is the usual shift by -4..4 pixels with zero fill. A smaller size
    makes early epochs cheap and keeps the scale of things. rng is a torch.Generator on the
    pictures' device.
    """
    n, side = len(pixels), pixels.shape[-1]
    flip = uniform(rng, 0, 1, n) < 0.5
    pixels = torch.where(flip.view(-1, 1, 1, 1), pixels.flip(3), pixels)
    if size == side:
        pixels, side = torch.nn.functional.pad(pixels, (4, 4, 4, 4)), side + 8
    dy, dx = torch.randint(0, side - size + 1, (2, n, 1), generator=rng, device=rng.device) + torch.arange(size, device=rng.device)
    return pixels[torch.arange(n, device=rng.device).view(-1, 1, 1), :, dy.view(n, size, 1), dx.view(n, 1, size)].permute(0, 3, 1, 2)


def turned(pixels, size, zoom, turn, dx=0, dy=0, mirror=1, fill="zeros"):
    """Each picture's square of zoom times its side, turned by turn (radians), shifted by dx, dy
    (half sides), as size x size pixels."""
    n = len(pixels)
    cos, sin, one = zoom * torch.cos(turn), zoom * torch.sin(turn), torch.ones_like(turn)
    theta = torch.stack([torch.stack([cos * mirror, -sin, one * dx], 1), torch.stack([sin * mirror, cos, one * dy], 1)], 1)
    grid = torch.nn.functional.affine_grid(theta, (n, 3, size, size), align_corners=False)
    return torch.nn.functional.grid_sample(pixels.float(), grid, padding_mode=fill, align_corners=False)


def light(pixels, rng, spread):
    """Vary saturation, contrast, each colour's strength (the white balance) and brightness: another
    visit has another lamp."""
    factor = lambda share, channels: uniform(rng, 1 - share * spread, 1 + share * spread, len(pixels), channels, 1, 1)  # noqa: E731
    grey = pixels.mean(1, keepdim=True)
    out = grey + (pixels - grey) * factor(1, 1)
    out = (out - 127.5) * factor(1, 1) + 127.5
    return (out * factor(0.375, 3) + 100 * (factor(1, 1) - 1)).clamp(0, 255)


def vary(pixels, rng, share=1.0):
    """augment; then a share of the pictures has other light, and half of these, since what is
    sampled anew is a little blurred, become a square of 75 to 120 % of their side, turned by up to
    17 degrees."""
    pixels = augment(pixels, rng).float()
    n = len(pixels)
    zoom, turn = torch.exp(uniform(rng, math.log(0.75), math.log(1.2), n)), uniform(rng, -0.3, 0.3, n)
    place = uniform(rng, 0, 1, n, 1, 1, 1)
    moved = light(torch.where(place < share / 2, turned(pixels, pixels.shape[-1], zoom, turn), pixels), rng, 0.25)
    return torch.where(place < share, moved, pixels)


def square(rng, n, size, side):
    """(N, 1, size, size): true inside a square of side (N, 1) pixels around a random place."""
    y, x = ((torch.arange(size, device=rng.device) - uniform(rng, 0, size, n, 1)).abs() < side / 2 for _ in "yx")
    return (y[:, :, None] & x[:, None, :])[:, None]


def mix(pixels, targets, rng, share):
    """Mix a share of the pictures (N, 3, H, W) with their neighbours in the batch, half of them all
    over (mixup, Zhang et al. 2018, arXiv:1710.09412), half by pasting a square of the neighbour
    (CutMix, Yun et al. 2019, arXiv:1905.04899); the targets (N, classes) follow."""
    n, size = len(pixels), pixels.shape[-1]
    own, kind = uniform(rng, 0, 1, n, 1), uniform(rng, 0, 1, n, 1, 1, 1)
    pasted = 1 - square(rng, n, size, size * (1 - own).sqrt()).float()
    weight = torch.where(kind < share / 2, pasted, torch.where(kind < share, own[:, :, None, None], torch.ones((), device=rng.device)))
    kept = weight.expand(n, 1, size, size).mean((2, 3))
    pixels = pixels.float()
    return pixels * weight + pixels.roll(1, 0) * (1 - weight), targets * kept + targets.roll(1, 0) * (1 - kept)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    _, (px, lb) = split(*read(sys.argv[1]))
    np.concatenate([lb.numpy().astype(np.uint8)[:, None], px.reshape(len(lb), -1).numpy()], 1).tofile(sys.argv[2])
