"""Attention blocks in a traced graph, found by what they compute, not by their class.

All end in x * gate. find() walks back from the gate: its function, then what one of PATTERNS knows, down
to statistics of x, which are held to their definition by their values.
"""
import torch
from torch import nn

TURN = ("transpose", "permute", torch.transpose, torch.permute)
HIDDEN = ("relu", "relu6", "silu", "hardswish")  # what may stand between two fully connected layers


def find(tracer, n):
    """What ends in the multiplication n: {"nodes": all nodes inside, "x": what is scaled, "layer": the spec's, "parts": names of its layers}, or None."""
    if n.op in ("output", "placeholder") or tracer.what(n) not in tracer.MULTIPLY or len(tracer.tensors(n)) != 2:
        return None
    for gate, x in (tracer.tensors(n), tracer.tensors(n)[::-1]):
        if x.value.ndim != 4 and x.value.numel() != x.value.shape[1]:
            continue
        walk = Walk(tracer, gate)
        function = walk.activation("sigmoid", "hardsigmoid")
        if function is None:
            continue
        for pattern in PATTERNS:
            inside = Walk(tracer, walk.at)
            if found := pattern(inside, x):
                layer, parts = found
                if function != "sigmoid":
                    layer["gate"] = function
                return {"nodes": walk.nodes | inside.nodes, "x": x, "layer": layer, "parts": parts}
    return None


class Walk:
    """Walks back through the graph: at is the node whose making is asked for, nodes are those behind it."""

    def __init__(self, tracer, at):
        self.tracer, self.at, self.nodes = tracer, at, set()

    def inputs(self):
        """The nodes that at is made of; torch.max makes a pair, of which a node takes one."""
        return [a for a in self.at.args if isinstance(a, torch.fx.Node) and isinstance(a.value, (torch.Tensor, tuple))]

    def back(self):
        self.nodes.add(self.at)
        self.at = self.inputs()[0] if self.inputs() else None

    def is_(self, *kinds):
        return self.at is not None and self.at.op != "placeholder" and self.tracer.what(self.at) in kinds

    def skip(self):
        """Past changes of shape, and past what turns axes that are 1 long: the order of the values must stay."""
        while self.is_(*self.tracer.RESHAPE, *self.tracer.IDENTITY, *TURN):
            if self.is_(*TURN) and not torch.equal(self.at.value.flatten(), self.inputs()[0].value.flatten()):
                return
            self.back()

    def activation(self, *names):
        """Past an activation of those names; returns its name, or None."""
        self.skip()
        name = self.tracer.NAMES.get(self.tracer.what(self.at)) if self.at is not None and self.at.op != "placeholder" else None
        if name not in names:
            return None
        self.back()
        return name

    def module(self, *kinds):
        """Past a module of those classes; returns its node, or None."""
        self.skip()
        if not self.is_(*kinds):
            return None
        node = self.at
        self.back()
        return node

    def statistic(self, x, dims):
        """Past the mean or maximum of x over dims; returns "mean" or "max", or None."""
        start, chain = self.at, []
        while self.at is not x:
            if self.at is None or len(chain) == 8 or self.at.op == "placeholder" or len(self.inputs()) != 1:
                return None
            chain.append(self.at)
            self.at = self.inputs()[0]
        value = x.value if x.value.ndim == 4 else x.value[:, :, None, None]
        for name, want in (("mean", value.mean(dims)), ("max", value.amax(dims))):
            if start.value.numel() == want.numel() and torch.allclose(start.value.flatten(), want.flatten(), rtol=1e-4, atol=1e-6):
                self.nodes.update(chain)
                return name
        return None


def two_layers(walk):
    """last(act(first(...))): ({"fc1", "act", "fc2"}), the modules' nodes and the activation's name, or None."""
    fc2 = walk.module(nn.Conv2d, nn.Linear)
    act = fc2 and walk.activation(*HIDDEN)
    fc1 = act and walk.module(nn.Conv2d, nn.Linear)
    return fc1 and (fc1, act, fc2)


def excitation(walk, fcs, op):
    """The spec's line of a block with two fully connected layers."""
    tracer, (fc1, act, fc2) = walk.tracer, fcs
    modules = [tracer.modules[fc.target] for fc in (fc1, fc2)]
    for node, m in zip((fc1, fc2), modules):
        if isinstance(m, nn.Conv2d) and (m.kernel_size != (1, 1) or m.stride != (1, 1) or m.groups != 1 or m.padding not in (0, (0, 0))):
            tracer.fail(node, "excites, expected a 1x1 convolution")
    if (modules[0].bias is None) != (modules[1].bias is None):
        tracer.fail(fc1, "has a bias where the other layer of the block has none")
    layer = {"op": op, "out": modules[0].weight.shape[0], "fc": [fc1.target, fc2.target]}
    if modules[0].bias is not None:
        layer["bias"] = True
    if act != "relu":
        layer["act"] = act
    return layer, layer["fc"]


def squeeze_excite(walk, x):
    """SE: sigmoid(last(act(first(mean(x)))))."""
    fcs = two_layers(walk)
    if fcs is None:
        return None
    walk.skip()
    if walk.at is x and x.value.numel() != x.value.shape[1] or walk.at is not x and walk.statistic(x, (2, 3)) != "mean":
        return None
    return excitation(walk, fcs, "se")


def shared_excite(walk, x):
    """CBAM's channel part: sigmoid(MLP(mean(x)) + MLP(max(x))), the same MLP."""
    walk.skip()
    if not walk.is_(*walk.tracer.ADD) or len(walk.inputs()) != 2:
        return None
    branches, seen = [], {}
    for start in walk.inputs():
        branch = Walk(walk.tracer, start)
        fcs = two_layers(branch)
        if fcs is None:
            return None
        branch.skip()
        seen[branch.statistic(x, (2, 3))] = fcs
        branches.append(branch)
    if set(seen) != {"mean", "max"} or any(a.target != b.target for a, b in zip(seen["mean"][::2], seen["max"][::2])) or seen["mean"][1] != seen["max"][1]:
        return None
    walk.nodes.add(walk.at)
    for branch in branches:
        walk.nodes |= branch.nodes
    return excitation(walk, seen["mean"], "cbam")


def channel_convolution(walk, x):
    """ECA: sigmoid(conv1d over the channels of mean(x))."""
    conv = walk.module(nn.Conv1d)
    if conv is None:
        return None
    walk.skip()
    if walk.statistic(x, (2, 3)) != "mean":
        return None
    m, tracer = walk.tracer.modules[conv.target], walk.tracer
    k = m.kernel_size[0]
    if (m.in_channels, m.out_channels, m.stride, m.dilation, m.padding_mode, m.bias) != (1, 1, (1,), (1,), "zeros", None) or m.padding != (k // 2,) or k % 2 == 0:
        tracer.fail(conv, "excites, expected one kernel of odd size without a bias, padded with zeros by half of it")
    return {"op": "eca", "kernel": k, "conv": conv.target}, [conv.target]


def places(walk, x):
    """CBAM's spatial part: sigmoid(conv([mean over channels, max over channels])), with or without a batch norm."""
    norm = walk.module(nn.BatchNorm2d)
    conv = walk.module(nn.Conv2d)
    if conv is None or not walk.is_(torch.cat, torch.concat, torch.stack) or not isinstance(walk.at.args[0], (tuple, list)):
        return None
    order = []
    for start in walk.at.args[0]:
        branch = Walk(walk.tracer, start)
        order.append(branch.statistic(x, 1))
        walk.nodes |= branch.nodes
    if sorted(order, key=str) != ["max", "mean"]:
        return None
    walk.nodes.add(walk.at)
    m, tracer = walk.tracer.modules[conv.target], walk.tracer
    k = tracer.square(conv, "kernel", m.kernel_size)
    if m.out_channels != 1 or k % 2 == 0 or m.stride != (1, 1) or m.padding != (k // 2, k // 2) or m.dilation != (1, 1) or m.padding_mode != "zeros":
        tracer.fail(conv, "weighs places, expected one kernel of odd size, padded with zeros by half of it")
    layer = {"op": "spatial", "kernel": k, "conv": conv.target}
    if m.bias is not None:
        layer["bias"] = True
    if order[0] == "max":
        layer["maxfirst"] = True
    if norm is not None:
        layer |= {"norm": norm.target, "eps": tracer.modules[norm.target].eps}
    return layer, [conv.target]


PATTERNS = (squeeze_excite, shared_excite, channel_convolution, places)


def name(parts, taken):
    """The block's own module gives its name: what its layers' names begin with alike, or the only layer's."""
    split = [p.split(".") for p in parts]
    prefix = split[0][:-1] if len(split) == 1 else [a for a, b in zip(*split) if a == b]
    if prefix and prefix[-1] == "fc":
        prefix = prefix[:-1]
    for candidate in (".".join(prefix), parts[0]):
        if candidate and candidate not in taken:
            return candidate
    return None
