#!/usr/bin/env python3
"""Makes the networks of the benchmark's second table: what people import, at 224 pixels.

usage: /usr/bin/python3 networks.py [NAME...]

writes build/imported/NAME.safetensors in web/bench. Their weights are random by name and their
batch norms measured on the benchmark's own pictures (weights/train/generated.py), so that logits
differ by picture. Only their shapes matter to a benchmark. Debian: python3-torch
python3-torchvision.
"""
import json
import pathlib
import sys

import numpy as np
import torch
import torchvision

BENCH = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH.parents[1] / "weights" / "train"))

import generated  # noqa: E402
import safetensors  # noqa: E402
from sescope_export import trace  # noqa: E402

NETWORKS = ["mobilenet_v3_small", "mobilenet_v2", "efficientnet_b0", "resnet18", "resnet50", "regnet_y_400mf"]
SIZE, CLASSES = 224, 1000
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def pictures():
    """The waves of site.go, and two of noise."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    waves = [np.stack([.5 + .3 * np.sin(x * (p + 1) / SIZE * 6 + c) + .2 * np.cos(y * (p + 2) * (c + 1) / SIZE * 5) for c in range(3)]) for p in range(4)]
    v = np.clip(np.stack(waves), 0, 1).astype(np.float32)
    return (torch.from_numpy(v) - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def make(name):
    net = getattr(torchvision.models, name)(num_classes=CLASSES)
    generated.fill(net, pictures())
    spec = {"name": name, "title": {"en": name, "zh": name}, "input": {"H": SIZE, "W": SIZE, "C": 3}, "mean": MEAN, "std": STD,
            "classes": [{"en": str(c), "zh": str(c)} for c in range(CLASSES)], "layers": trace.layers(net, SIZE)}
    tensors = {k: v.float().contiguous().numpy() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    folder = BENCH / "build" / "imported"
    folder.mkdir(parents=True, exist_ok=True)
    safetensors.write(folder / f"{name}.safetensors", tensors, {"format": "pt", "sescope": json.dumps(spec, separators=(",", ":"))})
    print(f"{name}: {sum(v.size for v in tensors.values()) / 1e6:.1f} M values")


if __name__ == "__main__":
    for name in sys.argv[1:] or NETWORKS:
        make(name)
