"""Weights that two languages make alike, so that a golden of a large network needs no large file.

Parameter NAME of a module gets the values offset + (u - 0.5) * spread, u from a counter hashed with
the name (murmur3's finaliser). Batch norm's running statistics are measured on a few batches and
belong in the golden's file. The metadata key "generated" of a golden lists what is generated;
nn/generated_test.go makes the same values.
"""
import json
import math

import numpy as np
import torch
from torch import nn


def uniform(name, n):
    """n float32 values in [0, 1): 24 bits of a hash of NAME and 0..n-1."""
    seed = np.uint32(2166136261)
    with np.errstate(over="ignore"):
        for b in name.encode():
            seed = (seed ^ np.uint32(b)) * np.uint32(16777619)  # FNV-1a
        x = seed + np.arange(n, dtype=np.uint32) * np.uint32(0x9E3779B9)
        x = (x ^ x >> np.uint32(16)) * np.uint32(0x85EBCA6B)
        x = (x ^ x >> np.uint32(13)) * np.uint32(0xC2B2AE35)
        x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)


def fill(net, pictures):
    """Give net generated weights and, by batches of the normalised pictures (N, 3, H, W) with
    noise, running statistics that keep its values near 1. Returns (generated, stored): the list for
    the metadata and the tensors to store."""
    generated, stored = [], {}
    modules = dict(net.named_modules())
    with torch.no_grad():
        for name, p in net.named_parameters():
            prefix, kind = name.rpartition(".")[::2]
            if isinstance(modules[prefix], nn.BatchNorm2d):
                offset, spread = (1.0, 1.0) if kind == "weight" else (0.0, 0.6)
            elif kind == "bias":
                offset, spread = 0.0, 0.4
            else:  # Kaiming's uniform for ReLU
                offset, spread = 0.0, 2 * math.sqrt(6 / p[0].numel())
            spread = float(np.float32(spread))
            values = np.float32(offset) + (uniform(name, p.numel()) - np.float32(0.5)) * np.float32(spread)
            p.copy_(torch.from_numpy(values.reshape(tuple(p.shape))))
            generated.append({"name": name, "shape": list(p.shape), "offset": offset, "spread": spread})
        norms = {n: m for n, m in modules.items() if isinstance(m, nn.BatchNorm2d)}
        for m in norms.values():
            m.reset_running_stats()
            m.momentum = None  # a plain average over the batches
        torch.manual_seed(5)
        net.train()
        for _ in range(4):
            net(torch.cat([pictures, pictures.flip(3)]) + 0.3 * torch.randn(2 * len(pictures), *pictures.shape[1:]))
        net.eval()
        for n, m in norms.items():
            for part in ("running_mean", "running_var"):
                half = getattr(m, part).half()
                getattr(m, part).copy_(half.float())
                stored[f"{n}.{part}"] = half.numpy()
    return json.dumps(generated), stored
