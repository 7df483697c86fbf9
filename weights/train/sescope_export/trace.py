"""From any PyTorch module of known layers to the layers of a spec (nn/spec.go) and their tensors.

graph.py records what the module does; a part of the graph is taken for a layer if it computes what
the layer does. nn/onnx does the same with ONNX files.
"""
import torch

from . import curves, gates
from .graph import MOVES, SINGLE, Graph, Unsupported, first_tensor

KNOWN_LAYERS = ("convolution, batch norm, linear, ReLU, ReLU6, leaky ReLU, PReLU, ELU, GELU, SiLU, hard-swish, hard-sigmoid, sigmoid, tanh, SE, ECA, CBAM and other gates, "
                "max and average pool, mean, maximum, flatten, addition, multiplication, concat, split, channel shuffle, zero padding")

SQUEEZES = {"mean", "sum", "amax", "max", "mul", "div", "_adaptive_avg_pool2d", "adaptive_avg_pool2d", "avg_pool2d", "adaptive_max_pool2d", "max_pool2d_with_indices", "max_pool2d"}
CHOICES = {"split", "split_with_sizes", "chunk", "slice", "narrow"}


def layers(net, size):
    """The spec's layers of a module whose input is (1, 3, size, size)."""
    return Tracer(net, (3, size, size)).layers


class Tracer:
    """layers and tensors of a module; shape is its input's: (C, H, W). output is the function
    behind the last layer: softmax, or sigmoid."""

    def __init__(self, net, shape):
        self.net, self.graph = net, Graph(net, shape)
        g = self.graph
        self.layers, self.tensors, self.output = [], {}, "softmax"
        self.names, self.parts = {"input"}, set()  # of layers, and of parts of blocks
        self.held = {next(n for n in g.nodes if n.op == "placeholder"): ("input", "xCHW")}
        out = g.real(g.output)
        while g.op(out) in MOVES and len(g.inputs(out)) == 1 and g.inputs(out)[0].value.numel() == out.value.numel():
            out = g.inputs(out)[0]
        if g.op(out) in ("_softmax", "_log_softmax", "softmax", "log_softmax"):
            out = g.real(g.args(out)[0])
        elif (found := curves.find(g, out)) and found[0] == "sigmoid":
            out, self.output = found[1], "sigmoid"
        if not g.vector(out):
            raise Unsupported(f"the output has the shape {tuple(out.value.shape)}, expected one value for each class")
        self.logits, self.classes = out, out.value.numel()
        if self.value(out)[0] != self.layers[-1]["name"]:
            raise Unsupported(f"the output is {self.value(out)[0]}, expected the last layer, {self.layers[-1]['name']}")

    def run(self, x):
        """The module's logits, in front of the function behind its last layer."""
        g = self.graph
        picture = next(n for n in g.nodes if n.op == "placeholder")
        if not torch.allclose(g.replay(g.output, picture, x, most=1 << 20), first_tensor(self.net(x)), rtol=1e-4, atol=1e-5):
            raise Unsupported(f"{type(self.net).__name__} chooses its way by its data, or by chance: what was recorded on one picture does not hold for another")
        return g.replay(self.logits, picture, x, most=1 << 20)

    def fail(self, n, why):
        raise Unsupported(f"layer {self.module(n)}: {self.graph.op(n)} {why}")

    def module(self, n):
        """What a person may know a node by: the module of its weights, or its number."""
        named = [self.graph.name_of(a) for a in self.graph.call(n).all_input_nodes if not a.varies]
        return next((name.rpartition(".")[0] for name in named if name), n.name)

    def name(self, base, taken=None):
        taken = self.names if taken is None else taken
        name, count = base, 1
        while name in taken or not name or name + ".weight" in self.tensors:
            count += 1
            name = f"{base}_{count}"
        taken.add(name)
        return name

    def weights_name(self, n, a, part=False):
        """A free name for the layer, or the part of a block, whose weights are the argument a."""
        base = self.graph.name_of(a) or n.name + ".weight"
        return self.name(base.rpartition(".")[0] or n.name, self.parts if part else None)

    def store(self, name, value):
        self.tensors[name] = value.detach().float().contiguous().numpy().copy()

    def add(self, source, op, name, **fields):
        """Appends a layer that reads the layer source; returns its name."""
        layer = {"op": op, "name": name, **fields}
        if source != (self.layers[-1]["name"] if self.layers else "input"):
            layer["from"] = source
        self.layers.append(layer)
        return name

    def value(self, n):
        """(layer, axes): where a value is held, and what each axis is there: C, H, W, F (a
        flattened map), x for one place."""
        todo = [self.graph.real(n)]
        while todo:  # without recursion: networks are deeper than Python's stack
            n = todo[-1]
            if n in self.held:
                todo.pop()
                continue
            missing = [i for i in self.needs(n) if i not in self.held]
            todo.extend(missing)
            if not missing:
                self.held[n] = self.emit(n)
        return self.held[n]

    def needs(self, n):
        """The values that must be held before n can be converted; how is kept for emit."""
        g = self.graph
        if n.op != "call_function":
            self.fail(n, "is none of the layers of a spec: " + KNOWN_LAYERS)
        if not hasattr(n, "plan"):
            n.plan = self.plan(n)
        return n.plan[1]

    def plan(self, n):
        """(function that appends the layers, what must be held in front, its further arguments)."""
        g, op, inputs = self.graph, self.graph.op(n), self.graph.inputs(n)
        if root := self.squeezed(n):
            return self.squeeze, [root[0]], root[1]
        if found := curves.find(g, n):
            return self.function, [found[1]], found
        if op == "mul" and (block := gates.find(self, n)):
            return gates.emit, block["reads"], block
        if op in MOVES and len(inputs) == 1:
            last, root = n, inputs[0]
            while g.op(root) in MOVES and len(g.inputs(root)) == 1 and not (g.op(last) in CHOICES and root.value.ndim == 4):  # of a shuffled map, some: two layers
                last, root = root, g.inputs(root)[0]
            return self.move, [root], root
        if "batch_norm" in op and len(inputs) == 1 or op in ("add", "sub", "rsub", "mul", "div", "neg") and len(inputs) == 1:
            return self.affine, inputs, None
        known = {"convolution": self.conv, "_convolution": self.conv, "conv2d": self.conv, "addmm": self.linear, "mm": self.linear, "linear": self.linear,
                 "max_pool2d_with_indices": self.pool, "max_pool2d": self.pool, "avg_pool2d": self.pool, "_adaptive_avg_pool2d": self.adaptive,
                 "adaptive_avg_pool2d": self.adaptive, "add": self.sum, "mul": self.product, "cat": self.concat, "constant_pad_nd": self.pad,
                 "prelu": self.prelu, "_prelu_kernel": self.prelu}
        if op not in known:
            if op in ("mean", "amax", "sum", "max"):
                self.fail(n, "goes over some axes only, expected height and width together")
            if op == "_unsafe_index" and n.value.ndim == 4:  # how PyTorch 2 takes upsample_nearest2d apart
                self.fail(n, "picks pixels, as upsample_nearest2d does, and is none of the layers of a spec: " + KNOWN_LAYERS)
            self.fail(n, "is none of the layers of a spec: " + KNOWN_LAYERS)
        return known[op], inputs, None

    def emit(self, n):
        f, reads, more = n.plan
        if f is gates.emit:
            return gates.emit(self, n, more)
        return f(n, [self.held[i] for i in reads], more)

    def channels(self, n, axes):
        return next((d for d, letter in zip(n.value.shape, axes) if letter in "CF"), 1)

    def function(self, n, held, found):
        """An activation, or one line for all channels."""
        (source, axes), (name, root, fields) = held[0], found
        if name == "identity":
            return held[0]
        if name == "line":
            c = self.channels(root, axes)
            return self.scale_and_shift(n, source, torch.full((c,), fields["scale"]), torch.full((c,), fields["shift"])), axes
        return self.add(source, name, self.name(n.name), **fields), axes

    def scale_and_shift(self, n, source, w, b, name=None):
        """A batch norm that multiplies and adds these."""
        name = self.name(name or n.name)
        for part, v in (("weight", w), ("bias", b), ("running_mean", torch.zeros_like(w)), ("running_var", torch.ones_like(w))):
            self.store(f"{name}.{part}", v)
        return self.add(source, "batchnorm", name, eps=1e-12)

    def affine(self, n, held, _):
        """A batch norm as it is, or what else multiplies and adds a number for each channel."""
        g, (source, axes) = self.graph, held[0]
        root, parts = g.inputs(n)[0], [g.constant(a) for a in g.args(n)[1:5]]
        if "batch_norm" in g.op(n) and next((a for a in g.args(n) if isinstance(a, bool)), False):  # the first is whether it trains
            self.fail(n, "normalises by the picture's own mean and deviation, as InstanceNorm does, expected those of the training")
        if "batch_norm" in g.op(n) and parts[2] is not None:
            c, eps = parts[2].numel(), [a for a in g.args(n) if isinstance(a, float)][-1]
            name = self.name(self.module(n))
            for part, v, otherwise in zip(("weight", "bias", "running_mean", "running_var"), parts, (1, 0, 0, 1)):
                self.store(f"{name}.{part}", torch.full((c,), float(otherwise)) if v is None else v)
            return self.add(source, "batchnorm", name, eps=eps), axes
        line = self.line(n, root, axes)
        if line is None:
            self.fail(n, "changes the places of a map by different numbers, expected one for each channel")
        return self.scale_and_shift(n, source, *line, name=self.module(n)), axes

    def line(self, n, root, axes):
        """(w, b), a number for each channel, with n = w root + b, or None."""
        if root.value.numel() != n.value.numel():
            return None
        y = [self.graph.replay(n, root, torch.full_like(root.value, v)) for v in (0.0, 1.0, 50.0, -50.0)]
        b, w = y[0], y[1] - y[0]
        if not all(torch.allclose(y[i], w * v + b, rtol=1e-4, atol=1e-4) for i, v in ((2, 50.0), (3, -50.0))):
            return None
        d = next((i for i, letter in enumerate(axes) if letter in "CF"), 0)
        b, w = (v.reshape(root.value.shape).movedim(d, 0).flatten(1) for v in (b, w))
        if not (torch.equal(b, b[:, :1].expand_as(b)) and torch.equal(w, w[:, :1].expand_as(w))):
            return None
        return w[:, 0], b[:, 0]

    def squeezed(self, n):
        """(map, (mean or max, its axes)) if n holds the means or largest values of the channels of
        a map, or None."""
        g, root = self.graph, n
        if not g.vector(n):
            return None
        for _ in range(12):
            if root.op != "call_function" or len(g.inputs(root)) != 1 or g.op(root) not in MOVES | SQUEEZES:
                return None
            root = g.inputs(root)[0]
            if root.value.ndim == 4 and not g.vector(root):
                x = torch.rand(root.value.shape, generator=torch.Generator().manual_seed(3)) * 2 - 0.7
                y = g.replay(n, root, x)
                for kind, want in (("mean", x.mean((2, 3))), ("max", x.amax((2, 3)))):
                    if isinstance(y, torch.Tensor) and y.numel() == want.numel() and torch.allclose(y.flatten(), want.flatten(), atol=1e-4):
                        return root, kind
        return None

    def squeeze(self, n, held, kind):
        source, axes = held[0]
        if axes != "xCHW":
            self.fail(n, f"reads a map whose axes are {axes}, expected xCHW")
        return self.add(source, kind, self.name(n.name)), vector_axes(n.value.shape)

    def move(self, n, held, root):
        """A flattening, another order of the axes, some channels, or a shuffle of them, by where
        each value comes from."""
        g, (source, axes) = self.graph, held[0]
        shape = root.value.shape
        index = g.replay(n, root, torch.arange(root.value.numel()).reshape(shape))
        places = {}  # letter: that coordinate of every value
        for d, letter in enumerate(axes):
            if letter != "x":
                view = [1] * len(shape)
                view[d] = shape[d]
                places[letter] = torch.arange(shape[d]).reshape(view).expand(shape).flatten()[index.flatten()].reshape(index.shape)
        hw = [places[k].max().item() + 1 if k in places else 1 for k in "HW"]
        c = places.get("C", places.get("F"))
        if hw[0] * hw[1] > 1 and index.numel() == root.value.numel() and g.vector(n):
            if not torch.equal(index.flatten(), torch.arange(index.numel())) or axes not in ("xCHW",):
                self.fail(n, "flattens a map in another order than (C, H, W)")
            return self.add(source, "flatten", self.name(n.name)), vector_axes(index.shape, "F")
        new = ["x"] * index.ndim
        for d, size in enumerate(index.shape):
            if size > 1:
                changes = [k for k, v in places.items() if (v.select(d, 0) != v.select(d, 1)).any()]
                if len(changes) != 1:
                    self.fail(n, f"makes {tuple(index.shape)} of {tuple(shape)}, expected a flattening, another order of the axes, some channels or a shuffle of them")
                new[d] = changes[0]
        letter = "F" if "F" in axes else "C"
        if letter not in new:
            if c is not None and c.numel() and c.unique().numel() == 1 and index.ndim > 1:
                new[1 if new[1] == "x" else new.index("x")] = letter
        if len(set(new) - {"x"}) != len([k for k in new if k != "x"]) or any((letter_ in new) != (size > 1) for letter_, size in zip("HW", hw)):
            self.fail(n, f"makes {tuple(index.shape)} of {tuple(shape)}, expected a flattening, another order of the axes, some channels or a shuffle of them")
        if c is None:
            return source, "".join(new)
        d = new.index(letter)
        chosen = c.movedim(d, 0).flatten(1)
        if not torch.equal(chosen, chosen[:, :1].expand_as(chosen)):
            self.fail(n, "mixes the channels of different places")
        return self.pick(n, source, chosen[:, 0].tolist(), self.channels(root, axes)), "".join(new)

    def pick(self, n, source, chosen, total):
        """The layer that leaves these channels, in this order."""
        if chosen == list(range(total)):
            return source
        if chosen == list(range(chosen[0], chosen[0] + len(chosen))):
            return self.add(source, "slice", self.name(n.name), start=chosen[0], out=len(chosen))
        if len(chosen) == total and chosen[0] == 0 and chosen[1] and total % chosen[1] == 0:
            each, groups = chosen[1], total // chosen[1]
            if chosen == [k % groups * each + k // groups for k in range(total)]:
                return self.add(source, "shuffle", self.name(n.name), groups=groups)
        self.fail(n, "puts channels into an order that a spec has no word for")

    def conv(self, n, held, _):
        g, (source, axes) = self.graph, held[0]
        x, weight, bias, stride, padding, dilation, transposed, *rest = g.args(n)
        groups, w = rest[1] if rest else 1, g.constant(weight)
        if transposed:
            self.fail(n, "is a transposed one: " + KNOWN_LAYERS)
        if w is None or w.ndim != 4 or axes not in ("xCHW", "xCxx") or len(set(stride)) != 1:
            self.fail(n, f"has weights of {None if w is None else tuple(w.shape)}, strides {stride} and reads the axes {axes}, expected a convolution of a map with one stride")
        pads = [padding[0], padding[-1], padding[0], padding[-1]]
        w, pads = square(w, dilation, pads)
        name = self.weights_name(n, weight)
        fields = {"in": w.shape[1] * groups, "out": w.shape[0], "kernel": w.shape[2], "stride": stride[0], **padded(pads)}
        self.store(name + ".weight", w)
        if bias is not None:
            fields["bias"] = True
            self.store(name + ".bias", g.constant(bias))
        if groups > 1:
            fields["groups"] = groups
        return self.add(source, "conv", name, **fields), "xCHW"

    def linear(self, n, held, _):
        g, (source, axes) = self.graph, held[0]
        w, b, weight = self.matrix(n)
        if w is None or axes.strip("x") not in ("C", "F", "") or axes[-1:] == "x" and axes.strip("x"):
            self.fail(n, f"multiplies the axes {axes} with what is no constant matrix, or no vector")
        name = self.weights_name(n, weight)
        self.store(name + ".weight", w)
        fields = {"in": w.shape[1], "out": w.shape[0]}
        if b is not None:
            fields["bias"] = True
            self.store(name + ".bias", b)
        return self.add(source, "linear", name, **fields), "x" * (n.value.ndim - 1) + "C"

    def matrix(self, n):
        """(weights (out, in), bias or None, the node of the weights) of a fully connected layer on
        a vector; weights None if it is none."""
        g, op = self.graph, self.graph.op(n)
        if op == "addmm":
            bias, x, weight = g.args(n)[:3]
            w, b = g.constant(weight), g.constant(bias)
            if w is None or b is None or g.call(n).kwargs:
                return None, None, weight
            return w.t(), b.expand(w.shape[1]), weight
        if op == "mm":
            weight = g.args(n)[1]
            w = g.constant(weight)
            return (None if w is None else w.t()), None, weight
        weight, bias = (list(g.args(n)[1:]) + [None])[:2]
        return g.constant(weight), None if bias is None else g.constant(bias), weight

    def pool(self, n, held, _):
        g, (source, axes), args = self.graph, held[0], list(self.graph.args(n))
        kernel, average = args[1], g.op(n) == "avg_pool2d"
        rest = args[2:] + [None] * 8
        stride, pad = rest[0] or kernel, rest[1] or [0, 0]
        dilation, ceil = ([1], rest[2]) if average else (rest[2] or [1], rest[3])
        counts, divisor = (rest[3] is not False, rest[4]) if average else (True, None)
        if len(set(kernel)) != 1 or len(set(stride)) != 1 or set(dilation) != {1} or divisor or axes not in ("xCHW", "xCxx"):
            self.fail(n, f"has a window of {kernel}, strides {stride}, dilation {dilation}, divisor {divisor}, expected the same both ways and none of the others")
        k, s, x = kernel[0], stride[0], g.inputs(n)[0].value
        pads = [pad[0], pad[-1], pad[0], pad[-1]]
        grown = False
        for d in range(2):  # rounding its size up is more padding behind
            beyond = (n.value.shape[2 + d] - 1) * s + k - x.shape[2 + d] - pads[d]
            if beyond > pads[2 + d]:
                pads[2 + d], grown = beyond, True
        fields = {"kernel": k, **({"stride": s} if s != k else {}), **padded(pads)}
        if average and grown and counts and any(pad):
            self.fail(n, "has ceil_mode and counts its padding, expected one of both")
        if average and (grown or any(pad) and not counts):
            fields["inside"] = True
        return self.add(source, "avgpool" if average else "maxpool", self.name(n.name), **fields), axes

    def adaptive(self, n, held, _):
        (h, w), (oh, ow) = self.graph.inputs(n)[0].value.shape[2:], n.value.shape[2:]
        if h % oh or w % ow or h // oh != w // ow:
            self.fail(n, f"makes {oh}x{ow} of {h}x{w}, expected a whole number of pixels a window")
        return (held[0] if h == oh else (self.add(held[0][0], "avgpool", self.name(n.name), kernel=h // oh), held[0][1]))

    def sum(self, n, held, _):
        inputs = self.graph.inputs(n)
        if len(inputs) != 2 or held[0][1] != held[1][1] or inputs[0].value.shape != inputs[1].value.shape or self.graph.call(n).kwargs.get("alpha", 1) != 1:
            self.fail(n, f"adds the shapes {[tuple(i.value.shape) for i in inputs]}, expected maps of one shape")
        (a, axes), (b, _) = sorted(held, key=lambda h: h[0] != self.layers[-1]["name"])
        return self.add(a, "add", self.name(n.name), **{"with": b}), axes

    def product(self, n, held, _):
        """A gate that is taken apart no further: for each channel, for each place, or for each
        value."""
        g, inputs = self.graph, self.graph.inputs(n)
        if len(inputs) != 2:
            self.fail(n, "multiplies a map with itself")
        (a, b), (x, gate) = inputs, held
        if a.value.numel() < b.value.numel():
            a, b, x, gate = b, a, gate, x
        shift = len(x[1]) - len(gate[1])
        if any(letter != "x" and (d + shift < 0 or x[1][d + shift] != letter) for d, letter in enumerate(gate[1])):
            self.fail(n, f"multiplies maps whose axes are {x[1]} and {gate[1]}")
        return self.add(x[0], "mul", self.name(n.name), **{"with": gate[0]}), x[1]

    def concat(self, n, held, _):
        g = self.graph
        parts, d = g.args(n)[0], (list(g.args(n)) + [0])[1]
        order = [self.held[g.real(p)] for p in parts if p.value.numel()]
        axes = order[0][1]
        if any(not p.varies for p in parts) or axes[d] not in "Cx" or any(o[1][:d] + "C" + o[1][d + 1:] != axes[:d] + "C" + axes[d + 1:] for o in order):
            self.fail(n, "joins maps along an axis that is not their channels")
        name = self.name(n.name)
        self.layers.append({"op": "concat", "name": name, "parts": [o[0] for o in order]})
        return name, axes[:d] + "C" + axes[d + 1:]

    def pad(self, n, held, _):
        source, axes = held[0]
        pads = list(self.graph.args(n)[1]) + [0] * 4
        value = (list(self.graph.args(n)) + [0, 0])[2]
        if any(pads[4:]) or value or min(pads) < 0 or axes != "xCHW":
            self.fail(n, f"pads {pads[:4]} by {value}, expected zeros around height and width")
        left, right, top, bottom = pads[:4]
        return self.add(source, "pad", self.name(n.name), pads=[top, left, bottom, right]), axes

    def prelu(self, n, held, _):
        source, axes = held[0]
        weight = self.graph.args(n)[1]
        name = self.weights_name(n, weight)
        self.store(name + ".weight", self.graph.constant(weight).flatten())
        return self.add(source, "prelu", name), axes


def vector_axes(shape, letter="C"):
    d = next((i for i, size in enumerate(shape) if size > 1), min(1, len(shape) - 1))
    return "".join(letter if i == d else "x" for i in range(len(shape)))


def padded(pads):
    """A layer's pads: (top, left, bottom, right)."""
    if len(set(pads)) == 1:
        return {"pad": pads[0]} if pads[0] else {}
    return {"pads": list(pads)}


def square(w, dilation, pads):
    """A kernel as a square one without dilation, with zeros, and the pads that it then has."""
    reach = [(k - 1) * d + 1 for k, d in zip(w.shape[2:], [dilation[0], dilation[-1]])]
    if w.shape[2] == w.shape[3] and set(dilation) == {1}:
        return w, pads
    side = max(reach)
    out, first = torch.zeros(*w.shape[:2], side, side), [(side - r) // 2 for r in reach]
    out[:, :, first[0]:first[0] + reach[0]:dilation[0], first[1]:first[1] + reach[1]:dilation[-1]] = w
    more = first + [side - r - f for r, f in zip(reach, first)]
    return out, [p + m for p, m in zip(pads, more)]
