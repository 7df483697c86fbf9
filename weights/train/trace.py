"""From any PyTorch module of known layers to the layers of a spec (nn/spec.go), by torch.fx.

A module is traced in eval mode. What is only an identity then (dropout, stochastic depth) or a change of shape without a change of order leaves no trace. Attention
blocks are found by what they compute: see patterns.py.
"""
import operator

import torch
import torch.fx
import torch.nn.functional as F
from torch import nn

import patterns

ACTIVATIONS = {
    "relu": (nn.ReLU, F.relu, torch.relu, "relu", "relu_", F.relu_, torch.relu_), "relu6": (nn.ReLU6, F.relu6), "hardswish": (nn.Hardswish, F.hardswish),
    "hardsigmoid": (nn.Hardsigmoid, F.hardsigmoid), "silu": (nn.SiLU, F.silu), "sigmoid": (nn.Sigmoid, torch.sigmoid, F.sigmoid, "sigmoid", "sigmoid_"),
}
NAMES = {f: name for name, functions in ACTIVATIONS.items() for f in functions}
MULTIPLY = {operator.mul, operator.imul, torch.mul, "mul", "mul_"}
ADD = {operator.add, operator.iadd, torch.add, "add", "add_"}
RESHAPE = {torch.flatten, "flatten", "view", "reshape", torch.reshape, "unsqueeze", torch.unsqueeze, "squeeze", torch.squeeze, operator.getitem, "expand_as", "contiguous", nn.Flatten}
MEAN = {torch.mean, "mean"}
SUM = {torch.sum, "sum"}
IDENTITY = {nn.Identity, nn.Dropout, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout}


class Unsupported(ValueError):
    """A layer that the spec has no word for."""


class Values(torch.fx.Interpreter):
    """Runs the graph once and keeps every node's value."""

    def run_node(self, n):
        n.value = super().run_node(n)
        return n.value


def layers(net, size):
    """The spec's layers of a module whose input is (1, 3, size, size)."""
    return Tracer(net, size).layers


class Tracer:
    NAMES, MULTIPLY, ADD, RESHAPE, IDENTITY = NAMES, MULTIPLY, ADD, RESHAPE, IDENTITY  # for patterns.py

    def __init__(self, net, size):
        net = net.eval()
        try:
            graph = torch.fx.symbolic_trace(net)
        except torch.fx.proxy.TraceError as e:
            raise Unsupported(f"{type(net).__name__} chooses its way by its data, which torch.fx cannot follow: {e}") from None
        graph.graph.eliminate_dead_code()
        with torch.no_grad():
            Values(graph).run(torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(1)))
        self.modules = dict(graph.named_modules())
        self.layers, self.names = [], {"input"}
        self.at = {}  # the layer that holds a node's value
        nodes = [n for n in graph.graph.nodes if isinstance(getattr(n, "value", None), torch.Tensor) and n.op != "get_attr"]
        blocks = {n: block for n in nodes if (block := patterns.find(self, n))}
        inside = set().union(*(block["nodes"] for block in blocks.values())) if blocks else set()
        for n in nodes:
            if n.op == "placeholder":
                self.at[n] = "input"
            elif n in blocks:
                self.block(n, blocks[n])
            elif n.op == "output":
                if self.at[n.args[0]] != self.layers[-1]["name"]:
                    raise Unsupported(f"the output is {self.at[n.args[0]]}, expected the last layer, {self.layers[-1]['name']}")
            elif n not in inside:
                self.node(n)

    def what(self, n):
        """A module's class, a function, or a method's name."""
        return type(self.modules[n.target]) if n.op == "call_module" else n.target

    def fail(self, n, why):
        what = self.what(n)
        raise Unsupported(f"layer {n.target if n.op == 'call_module' else n.name}: {getattr(what, '__name__', what)} {why}")

    def tensors(self, n):
        return [a for a in n.args if isinstance(a, torch.fx.Node) and isinstance(a.value, torch.Tensor)]

    def add(self, n, op, source, name=None, **fields):
        """One layer, read from the node source."""
        name = name or (n.target if n.op == "call_module" else n.name)
        parameters = op in ("conv", "batchnorm", "linear")
        if name in self.names:
            if parameters:
                self.fail(n, "is used twice; a layer with parameters can stand in one place only")
            count = 2
            while f"{name}_{count}" in self.names:
                count += 1
            name = f"{name}_{count}"
        layer = {"op": op, "name": name, **fields}
        if self.at[source] != (self.layers[-1]["name"] if self.layers else "input"):
            layer["from"] = self.at[source]
        self.names.add(name)
        self.layers.append(layer)
        self.at[n] = name

    def node(self, n):
        what, inputs = self.what(n), self.tensors(n)
        m = self.modules[n.target] if n.op == "call_module" else None
        x = inputs[0] if inputs else None
        shape = tuple(n.value.shape)
        if x is None:
            self.unknown(n)
        elif what in NAMES:
            self.add(n, NAMES[what], x)
        elif what is nn.Conv2d:
            self.conv(n, m, x)
        elif what in (nn.BatchNorm2d, nn.BatchNorm1d):
            if not m.affine or m.running_mean is None:
                self.fail(n, "without weights or running statistics; expected both")
            self.add(n, "batchnorm", x, eps=m.eps)
        elif what is nn.Linear:
            self.add(n, "linear", x, **{"in": m.in_features, "out": m.out_features, "bias": m.bias is not None})
        elif what in (nn.MaxPool2d, F.max_pool2d, torch.max_pool2d, nn.AvgPool2d, F.avg_pool2d):
            self.pool(n, m, x)
        elif what in (nn.AdaptiveAvgPool2d, F.adaptive_avg_pool2d):
            self.adaptive(n, x)
        elif self.is_mean(n):
            self.add(n, "mean", x)
        elif what in MULTIPLY and len(inputs) == 1 and self.what(x) in SUM and self.scales_to_mean(n, x):
            self.add(n, "mean", self.tensors(x)[0])
        elif what in SUM and all(self.what(u) in MULTIPLY for u in n.users):
            pass  # see above
        elif what in ADD and len(inputs) == 2 and inputs[0].value.shape == inputs[1].value.shape:
            previous, other = sorted(inputs, key=lambda i: self.at[i] != self.layers[-1]["name"])
            self.add(n, "add", previous, **{"with": self.at[other]})
        elif what in IDENTITY or what is F.dropout or getattr(what, "__name__", "") == "stochastic_depth":
            self.at[n] = self.at[x]
        elif what in RESHAPE and torch.equal(n.value.flatten(), x.value.flatten()) and shape[0] == 1:
            if shape[1] == x.value.shape[1] and n.value.numel() == shape[1] or shape == tuple(x.value.shape):
                self.at[n] = self.at[x]
            elif len(shape) == 2:
                self.add(n, "flatten", x)
            else:
                self.fail(n, f"makes {shape} of {tuple(x.value.shape)}, expected (N, C * H * W)")
        else:
            self.unknown(n)

    def unknown(self, n):
        self.fail(n, "is none of the spec's layers: convolution, batch norm, ReLU, ReLU6, hard-swish, hard-sigmoid, SiLU, sigmoid, SE, ECA, CBAM, max and average pool, mean, flatten, linear, dropout, addition")

    def square(self, n, what, value):
        a, b = value if isinstance(value, (tuple, list)) else (value, value)
        if a != b:
            self.fail(n, f"has {what} {value}, expected the same both ways")
        return a

    def conv(self, n, m, x):
        if m.padding_mode != "zeros" or isinstance(m.padding, str) or self.square(n, "dilation", m.dilation) != 1:
            self.fail(n, f"has padding {m.padding!r} ({m.padding_mode}) and dilation {m.dilation}, expected numbers, zeros and 1")
        fields = {"in": m.in_channels, "out": m.out_channels, "kernel": self.square(n, "kernel", m.kernel_size), "stride": self.square(n, "stride", m.stride),
                  "pad": self.square(n, "padding", m.padding), "bias": m.bias is not None}
        if m.groups > 1:
            fields["groups"] = m.groups
        self.add(n, "conv", x, **fields)

    def pool(self, n, m, x):
        if m is None:
            kind = nn.AvgPool2d if self.what(n) is F.avg_pool2d else nn.MaxPool2d
            m = kind(*n.args[1:], **n.kwargs)
        average = isinstance(m, nn.AvgPool2d)
        kernel, stride, pad = (self.square(n, name, v) for name, v in (("kernel", m.kernel_size), ("stride", m.stride), ("padding", m.padding)))
        h = x.value.shape[-1]
        if m.ceil_mode and (h + 2 * pad - kernel) % stride:
            self.fail(n, "rounds its size up (ceil_mode), expected a size that needs no rounding")
        if average and (m.divisor_override or pad and not m.count_include_pad):
            self.fail(n, "divides by another number than its window's size")
        if not average and self.square(n, "dilation", m.dilation) != 1:
            self.fail(n, "has a dilation, expected 1")
        fields = {"kernel": kernel}
        if stride != kernel:
            fields["stride"] = stride
        if pad:
            fields["pad"] = pad
        self.add(n, "avgpool" if average else "maxpool", x, **fields)

    def adaptive(self, n, x):
        (h, w), (oh, ow) = x.value.shape[2:], n.value.shape[2:]
        if (oh, ow) == (1, 1):
            self.add(n, "mean", x)
        elif h == w and oh == ow and h % oh == 0:
            self.add(n, "avgpool", x, kernel=h // oh)
        else:
            self.fail(n, f"makes {oh}x{ow} of {h}x{w}, expected a whole number of pixels a window")

    def is_mean(self, n):
        """A mean over H and W, or nothing else than it: adaptive pooling to 1x1 too."""
        if n.op == "placeholder" or not self.tensors(n):
            return False
        what, x = self.what(n), self.tensors(n)[0].value
        if what in (nn.AdaptiveAvgPool2d, F.adaptive_avg_pool2d):
            return n.value.shape[2:] == (1, 1)
        return what in MEAN and x.ndim == 4 and n.value.numel() == x.shape[1] and torch.allclose(n.value.flatten(), x.mean((2, 3)).flatten())

    def scales_to_mean(self, n, total):
        x = self.tensors(total)[0].value
        return x.ndim == 4 and n.value.numel() == x.shape[1] and torch.allclose(n.value.flatten(), x.mean((2, 3)).flatten(), rtol=1e-4, atol=1e-6)

    def block(self, n, found):
        """One attention layer that ends in the multiplication n."""
        layer = found["layer"]
        fields = {k: v for k, v in layer.items() if k != "op"}
        name = patterns.name(found["parts"], self.names)
        self.add(n, layer["op"], found["x"], name=name, **fields)
