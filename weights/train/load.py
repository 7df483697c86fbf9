#!/usr/bin/env python3
"""Open any of the project's networks in PyTorch, a taught one (sescope teach) as well: the file's
spec says its layers.

    from load import load
    net, spec = load("mine.safetensors")            # a torch.nn.Module in eval mode, a dict
    logits = net(pictures)                          # (N, 3, H, W), 0..1, of the size spec["input"]
    names = [spec["classes"][i]["en"] for i in logits.argmax(1)]

    python3 load.py mine.safetensors picture.png    # prints logits and probabilities as JSON

The module normalises by itself. int8 weights are multiplied by their scales, so all is float32, and
all weights are parameters that can be trained on.
"""
import argparse
import json
import pathlib

import numpy as np
import torch

import safetensors
from sescope_export.network import Network

def load(path):
    """(module, spec) of a .safetensors file that carries a spec."""
    tensors, metadata = safetensors.read(path)
    if "sescope" not in metadata:
        raise SystemExit(f"{path}: no spec in its header (metadata key sescope)")
    beside = ("signature.", "reject.")
    tensors = {k: v for k, v in tensors.items() if not k.startswith(beside) and not k.endswith(".num_batches_tracked")}
    spec = json.loads(metadata["sescope"])
    return Network(spec, safetensors.dequantise(tensors)).eval(), spec


def picture(path, side):
    """(1, 3, side, side) of a picture's centre square, 0..1. Pillow's box filter averages areas as
    nn/preprocess.go does."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    image = image.crop((left, top, left + edge, top + edge))
    if edge != side:
        image = image.resize((side, side), Image.BOX)
    return torch.from_numpy(np.asarray(image).transpose(2, 0, 1).astype(np.float32) / 255)[None]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=pathlib.Path)
    parser.add_argument("picture", type=pathlib.Path)
    args = parser.parse_args()
    net, spec = load(args.network)
    with torch.no_grad():
        logits = net(picture(args.picture, spec["input"]["H"]))[0]
    p = torch.softmax(logits / (spec.get("temperature") or 1), 0)
    print(json.dumps({"logits": logits.tolist(), "p": {c["en"]: round(v, 6) for c, v in zip(spec["classes"], p.tolist())}}, ensure_ascii=False))


if __name__ == "__main__":
    main()
