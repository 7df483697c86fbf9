#!/usr/bin/env python3
"""Open any of the project's networks in PyTorch, a taught one (sescope teach) as well: the file's spec says its layers.

    from load import load
    net, spec = load("mine.safetensors")            # a torch.nn.Module in eval mode, and the spec as a dict
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
import torch.nn.functional as F

import safetensors

ACTIVATIONS = {"relu": F.relu, "relu6": F.relu6, "hardswish": F.hardswish, "hardsigmoid": F.hardsigmoid, "silu": F.silu, "sigmoid": torch.sigmoid}


class Network(torch.nn.Module):
    """The layers of a spec on the tensors of its file; nn/spec.go says what each op is."""

    def __init__(self, spec, tensors):
        super().__init__()
        self.spec = spec
        for name, a in tensors.items():
            value = torch.from_numpy(np.array(a, dtype=np.float32))
            if name.endswith((".running_mean", ".running_var")):
                self.register_buffer(self.key(name), value)
            else:
                self.register_parameter(self.key(name), torch.nn.Parameter(value))
        self.register_buffer("input/mean", torch.tensor(spec["mean"]).view(3, 1, 1))
        self.register_buffer("input/std", torch.tensor(spec["std"]).view(3, 1, 1))

    @staticmethod
    def key(name):
        return name.replace(".", "/")  # a module's attribute cannot have dots

    def tensor(self, name):
        return getattr(self, self.key(name), None)

    def forward(self, x):
        x = (x - self.tensor("input.mean")) / self.tensor("input.std")
        out = {"input": x}
        for layer in self.spec["layers"]:
            if layer.get("from"):
                x = out[layer["from"]]
            x = out[layer["name"]] = self.layer(layer, x, out)
        return x.flatten(1)

    def layer(self, l, x, out):
        op, name = l["op"], l["name"]
        weight, bias = self.tensor(name + ".weight"), self.tensor(name + ".bias")
        if op in ACTIVATIONS:
            return ACTIVATIONS[op](x)
        if op == "conv":
            return F.conv2d(x.reshape(*x.shape, 1, 1) if x.ndim == 2 else x, weight, bias, l["stride"], l.get("pad", 0), 1, l.get("groups") or 1)
        if op == "batchnorm":
            return F.batch_norm(x, self.tensor(name + ".running_mean"), self.tensor(name + ".running_var"), weight, bias, eps=l["eps"])
        if op in ("maxpool", "avgpool"):
            return (F.max_pool2d if op == "maxpool" else F.avg_pool2d)(x, l["kernel"], l.get("stride") or None, l.get("pad", 0))
        if op == "mean":
            return x.mean((2, 3))
        if op == "flatten":
            return x.flatten(1)
        if op == "linear":
            return F.linear(x.flatten(1), weight, bias)
        if op == "dropout":
            return x
        if op == "add":
            return x + out[l["with"]]
        if op in ("se", "eca", "cbam"):
            gate = ACTIVATIONS[l.get("gate") or "sigmoid"]
            return x * gate(self.excitation(l, x))[:, :, None, None]
        if op == "spatial":  # of CBAM
            statistics = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
            return x * torch.sigmoid(F.conv2d(statistics, self.tensor(l["conv"] + ".weight"), padding=l["kernel"] // 2))
        raise SystemExit(f"layer {name}: {op} is not known here, expected an op of nn/spec.go")

    def excitation(self, l, x):
        """What stands in front of a block's gate function: (N, C, H, W) -> (N, C). See attention.py."""
        mean = x.mean((2, 3))
        if l["op"] == "eca":
            return F.conv1d(mean[:, None], self.tensor(l["conv"] + ".weight"), padding=l["kernel"] // 2)[:, 0]
        out = self.two_layers(l, mean)
        return out if l["op"] == "se" else out + self.two_layers(l, x.amax((2, 3)))

    def two_layers(self, l, squeezed):
        """The two Linear layers of SE and CBAM, which may be written as 1x1 convolutions: (N, C) -> (N, C)."""
        first, second = l["fc"]
        dense = lambda name, v: F.linear(v, self.tensor(name + ".weight").flatten(1), self.tensor(name + ".bias"))  # noqa: E731
        return dense(second, ACTIVATIONS[l.get("act") or "relu"](dense(first, squeezed)))


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
    """(1, 3, side, side) of a picture's centre square, 0..1. Pillow's box filter averages areas as nn/preprocess.go does."""
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
