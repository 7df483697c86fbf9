#!/usr/bin/env python3
"""CIFAR-10 in its binary format: reading, the fixed validation split, normalising, and augmentation of whole batches.

usage: python3 data.py TRAIN.bin VALIDATION.bin     write the validation split as a .bin file of its own, for `sescope eval`
"""
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


def split(pixels, labels):
    """The training part and the validation part. The split has a seed of its own, so every run of every network has the same one."""
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(SPLIT_SEED))
    train, val = order[VALIDATION:], order[:VALIDATION]
    return (pixels[train], labels[train]), (pixels[val], labels[val])


def normalise(pixels):
    """uint8 (N, 3, 32, 32) -> float32, (x / 255 - mean) / std, channels last in memory."""
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (MEAN, STD))
    return ((pixels.float() / 255 - mean) / std).contiguous(memory_format=torch.channels_last)


def augment(pixels, rng, size=32, cutout=0):
    """Flip half of the pictures, cut a square of size pixels out of each at a random place, and grey out a square in it.

    At the picture's own size that is the usual shift by -4..4 pixels with zero fill. A smaller size makes early epochs cheap and keeps the
    scale of things. cutout is the grey square's side as a share of size (DeVries and Taylor 2017, arXiv:1708.04552); it may lie partly
    outside. rng is a torch.Generator.
    """
    n, side = len(pixels), pixels.shape[-1]
    flip = torch.rand(n, generator=rng) < 0.5
    pixels = torch.where(flip.view(-1, 1, 1, 1), pixels.flip(3), pixels)
    if size == side:
        pixels, side = torch.nn.functional.pad(pixels, (4, 4, 4, 4)), side + 8
    dy, dx = torch.randint(0, side - size + 1, (2, n), generator=rng)
    rows, cols = dy.view(-1, 1) + torch.arange(size), dx.view(-1, 1) + torch.arange(size)
    out = pixels[torch.arange(n).view(-1, 1, 1), :, rows.view(n, size, 1), cols.view(n, 1, size)]  # (N, H, W, 3)
    if cutout:
        half = round(size * cutout / 2)
        y, x = (torch.randint(0, size, (n, 1), generator=rng) - torch.arange(size) for _ in "yx")
        out[((y >= -half) & (y < half))[:, :, None] & ((x >= -half) & (x < half))[:, None, :]] = torch.tensor([round(255 * m) for m in MEAN], dtype=torch.uint8)
    return out.permute(0, 3, 1, 2)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    _, (px, lb) = split(*read(sys.argv[1]))
    np.concatenate([lb.numpy().astype(np.uint8)[:, None], px.reshape(len(lb), -1).numpy()], 1).tofile(sys.argv[2])
