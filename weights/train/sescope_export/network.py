"""A spec and its tensors as a PyTorch module: what nn/spec.go says of each op."""
import numpy as np
import torch
import torch.nn.functional as F

from .gates import CHANNELS, ECA, SE

ACTIVATIONS = {"relu": F.relu, "relu6": F.relu6, "hardswish": F.hardswish, "hardsigmoid": F.hardsigmoid, "silu": F.silu, "sigmoid": torch.sigmoid,
               "tanh": torch.tanh, "gelu": F.gelu}


class Network(torch.nn.Module):
    """The layers of a spec on the tensors of its file. It normalises its pictures, 0..1, by
    itself."""

    def __init__(self, spec, tensors):
        super().__init__()
        self.spec = spec
        for name, a in tensors.items():
            value = torch.from_numpy(np.array(a, dtype=np.float32))
            if name.endswith((".running_mean", ".running_var")):
                self.register_buffer(self.key(name), value)
            else:
                self.register_parameter(self.key(name), torch.nn.Parameter(value))
        self.register_buffer("input/mean", torch.tensor(spec["mean"]).view(-1, 1, 1))
        self.register_buffer("input/std", torch.tensor(spec["std"]).view(-1, 1, 1))

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
        if op in ("conv", "maxpool", "avgpool", "pad"):
            return self.window(l, x.reshape(*x.shape, 1, 1) if x.ndim == 2 else x, weight, bias)
        if op == "batchnorm":
            return F.batch_norm(x, self.tensor(name + ".running_mean"), self.tensor(name + ".running_var"), weight, bias, eps=l["eps"])
        if op in ("mean", "max"):
            return x.mean((2, 3)) if op == "mean" else x.amax((2, 3))
        if op == "flatten":
            return x.flatten(1)
        if op == "linear":
            return F.linear(x.flatten(1), weight, bias)
        if op == "dropout":
            return x
        if op in ("leakyrelu", "elu"):
            return (F.leaky_relu if op == "leakyrelu" else F.elu)(x, l.get("slope", 0))
        if op == "prelu":
            return F.prelu(x, weight)
        if op == "add":
            return x.reshape(out[l["with"]].shape) + out[l["with"]]
        if op == "mul":
            factor = out[l["with"]]
            return x * (factor[:, :, None, None] if factor.ndim == 2 and x.ndim == 4 else factor)
        if op == "concat":
            return torch.cat([out[p] for p in l["parts"]], 1)
        if op == "slice":
            start = l.get("start", 0)
            return x[:, start:start + l["out"]]
        if op == "shuffle":
            n, c, *rest = x.shape
            return x.reshape(n, l["groups"], c // l["groups"], *rest).transpose(1, 2).reshape(x.shape)
        if op in CHANNELS:
            gate = ACTIVATIONS[l.get("gate") or "sigmoid"](self.excitation(l, x if x.ndim == 4 else x[:, :, None, None]))
            return x * (gate if x.ndim == 2 else gate[:, :, None, None])
        if op == "spatial":
            return x * ACTIVATIONS[l.get("gate") or "sigmoid"](self.places(l, x))
        raise SystemExit(f"layer {name}: {op} is not known here, expected an op of nn/spec.go")

    def window(self, l, x, weight, bias):
        """Convolutions and pools, with other pads on each side."""
        op, kernel, pad = l["op"], l.get("kernel"), l.get("pad", 0)
        top, left, bottom, right = l.get("pads") or [pad] * 4
        around = lambda v, value=0.0: F.pad(v, (left, right, top, bottom), value=value)  # noqa: E731
        if op == "pad":
            return around(x)
        if op == "conv":
            return F.conv2d(around(x), weight, bias, l["stride"], 0, 1, l.get("groups") or 1)
        stride = l.get("stride") or kernel
        if op == "maxpool":
            return F.max_pool2d(around(x, float("-inf")), kernel, stride)
        mean = F.avg_pool2d(around(x), kernel, stride)
        return mean / F.avg_pool2d(around(torch.ones_like(x)), kernel, stride) if l.get("inside") else mean

    def excitation(self, l, x):
        """What stands in front of a block's gate function: (N, C, H, W) -> (N, C). See
        attention.py."""
        mean = x.mean((2, 3))
        if l["op"] == ECA:
            return F.conv1d(mean[:, None], self.tensor(l["conv"] + ".weight"), padding=l["kernel"] // 2)[:, 0]
        out = self.two_layers(l, mean)
        return out if l["op"] == SE else out + self.two_layers(l, x.amax((2, 3)))

    def two_layers(self, l, squeezed):
        """The two Linear layers of SE and CBAM, which may be written as 1x1 convolutions: (N, C) ->
        (N, C)."""
        first, second = l["fc"]
        dense = lambda name, v: F.linear(v, self.tensor(name + ".weight").flatten(1), self.tensor(name + ".bias"))  # noqa: E731
        return dense(second, ACTIVATIONS[l.get("act") or "relu"](dense(first, squeezed)))

    def places(self, l, x):
        """CBAM's spatial part in front of its gate function: (N, C, H, W) -> (N, 1, H, W)."""
        statistics = [x.mean(1, keepdim=True), x.amax(1, keepdim=True)]
        conv, norm = l["conv"], l.get("norm")
        y = F.conv2d(torch.cat(statistics[::-1] if l.get("maxfirst") else statistics, 1), self.tensor(conv + ".weight"), self.tensor(conv + ".bias"), padding=l["kernel"] // 2)
        if norm:
            y = F.batch_norm(y, *(self.tensor(f"{norm}.{part}") for part in ("running_mean", "running_var", "weight", "bias")), eps=l["eps"])
        return y
