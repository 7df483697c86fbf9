"""Attention blocks in a recorded graph, found by what they compute: SE, ECA, and CBAM's two parts.
trace.py tries them on every multiplication."""
import torch

from . import curves
from .graph import MOVES

# The spec's ops of channel attention (nn/attention.go), and those of them with two Linear layers.
SE, ECA, CBAM = CHANNELS = "se", "eca", "cbam"
TWO_LAYERS = SE, CBAM


def find(tracer, n):
    """The block that ends in the multiplication n, or None: what it reads, and what emit needs."""
    g, inputs = tracer.graph, tracer.graph.inputs(n)
    if len(inputs) != 2:
        return None
    for x, gate in (inputs, inputs[::-1]):
        if x.value.numel() != n.value.numel():
            continue
        for look in (channels, places):
            if block := look(tracer, x, gate):
                return {"reads": [x], **block}
    return None


def channels(tracer, x, gate):
    """SE, ECA or CBAM's channel part: gates for each channel of x."""
    found = curves.find(tracer.graph, gate, curves.GATES, loose=True)
    if not found:
        return None
    name, logits, line = found
    for look in (squeeze_excite, shared_excite, channel_convolution):
        if block := look(tracer, x, logits):
            return {**block, **line, "gate": name}
    return None


def squeeze_excite(tracer, x, logits):
    """SE: last(act(first(mean(x))))."""
    two = two_layers(tracer, logits)
    if not two or (root := tracer.squeezed(two[1]["from"])) is None or root != (x, "mean"):
        return None
    return {"op": SE, **two[0]}


def shared_excite(tracer, x, logits):
    """CBAM's channel part: MLP(mean(x)) + MLP(max(x)), the same MLP."""
    g = tracer.graph
    while g.op(logits) in MOVES and len(g.inputs(logits)) == 1:
        logits = g.inputs(logits)[0]
    if g.op(logits) != "add" or len(g.inputs(logits)) != 2:
        return None
    seen = {}
    for branch in g.inputs(logits):
        two = two_layers(tracer, branch)
        root = two and tracer.squeezed(two[1]["from"])
        if not root or root[0] is not x:
            return None
        seen[root[1]] = two[0]
    if set(seen) != {"mean", "max"} or seen["mean"]["names"] != seen["max"]["names"] or seen["mean"]["act"] != seen["max"]["act"]:
        return None
    return {"op": CBAM, **seen["mean"]}


def channel_convolution(tracer, x, logits):
    """ECA: a convolution over the channels of mean(x)."""
    g = tracer.graph
    while g.op(logits) in MOVES and len(g.inputs(logits)) == 1:
        logits = g.inputs(logits)[0]
    if g.op(logits) != "convolution":
        return None
    _, weight, bias, stride, padding, dilation = g.args(logits)[:6]
    w = g.constant(weight)
    if w is None or w.shape[:2] != (1, 1) or w.ndim != 3 or bias is not None or set(stride) | set(dilation) != {1} or padding[0] != w.shape[2] // 2 or w.shape[2] % 2 == 0:
        return None
    if (root := tracer.squeezed(g.inputs(logits)[0])) is None or root != (x, "mean"):
        return None
    return {"op": ECA, "weight": weight, "w": w}


def two_layers(tracer, logits):
    """Two fully connected layers with an activation between: (fields, the first one), or None."""
    last = connected(tracer, logits)
    act = last and curves.find(tracer.graph, last["from"], curves.HIDDEN, loose=True)
    first = act and connected(tracer, act[1])
    if not first or first["w"].shape != last["w"].shape[::-1]:
        return None
    return {"act": act[0], "fc": [first, last], "names": [tracer.graph.name_of(fc["weight"]) or fc["weight"] for fc in (first, last)]}, first


def connected(tracer, v):
    """The fully connected layer that makes a vector, with what only scales and shifts behind it in
    its weights, or None."""
    g = tracer.graph
    op, inputs = g.op(v), g.inputs(v) if v.op == "call_function" else []
    if len(inputs) != 1 or not g.vector(v):
        return None
    if op in ("addmm", "mm", "linear"):
        w, b, weight = tracer.matrix(v)
        return None if w is None else {"from": inputs[0], "w": w, "b": b, "weight": weight}
    if op == "convolution":
        _, weight, bias, _, _, _, _, _, groups = g.args(v)[:9]
        w = g.constant(weight)
        if w is None or w.ndim != 4 or w.shape[2:] != (1, 1) or groups != 1 or not g.vector(inputs[0]):
            return None
        return {"from": inputs[0], "w": w.flatten(1), "b": None if bias is None else g.constant(bias), "weight": weight}
    if op in MOVES:
        return connected(tracer, inputs[0]) if inputs[0].value.numel() == v.value.numel() else None
    inner = connected(tracer, inputs[0])
    d = next((i for i, size in enumerate(inputs[0].value.shape) if size > 1), 0)
    line = inner and tracer.line(v, inputs[0], "x" * d + "C")
    if not line:
        return None
    w, b = line
    bias = torch.zeros_like(b) if inner["b"] is None else inner["b"]
    return {**inner, "w": inner["w"] * w[:, None], "b": bias * w + b}


def places(tracer, x, gate):
    """CBAM's spatial part: a function of conv([mean over channels, max over channels]), with or
    without a batch norm."""
    g = tracer.graph
    if gate.value.ndim != 4 or gate.value.shape[1] != 1 or gate.value.numel() == 1:
        return None
    found = curves.find(g, gate, curves.GATES)
    if not found or found[2] != {"scale": 1, "shift": 0}:
        return None
    conv, norm = found[1], None
    if "batch_norm" in g.op(conv):
        conv, norm = g.inputs(conv)[0], conv
    if g.op(conv) != "convolution" or len(g.inputs(conv)) != 1:
        return None
    joined = g.inputs(conv)[0]
    _, weight, bias, stride, padding, dilation = g.args(conv)[:6]
    w = g.constant(weight)
    if g.op(joined) not in ("cat", "stack") or w is None or w.shape[:2] != (1, 2) or w.shape[2] != w.shape[3] or set(padding) != {w.shape[2] // 2} or set(stride) | set(dilation) != {1}:
        return None
    random = torch.rand(x.value.shape, generator=torch.Generator().manual_seed(4))
    try:
        y = g.replay(joined, x, random).flatten()
    except (RuntimeError, ValueError):
        return None
    mean, largest = random.mean(1).flatten(), random.amax(1).flatten()
    for order, parts in ((False, (mean, largest)), (True, (largest, mean))):
        if y.numel() == 2 * mean.numel() and torch.allclose(y, torch.cat(parts), atol=1e-5):
            return {"op": "spatial", "gate": found[0], "w": w, "weight": weight, "b": None if bias is None else g.constant(bias), "norm": norm, "maxfirst": order}
    return None


def emit(tracer, n, block):
    """Appends the block's layers; returns what value does."""
    g, (source, axes) = tracer.graph, tracer.held[block["reads"][0]]
    fields = {}
    if block["gate"] != "sigmoid":
        fields["gate"] = block["gate"]
    if block["op"] in TWO_LAYERS:
        biased = any(fc["b"] is not None for fc in block["fc"])
        fields.update(out=block["fc"][0]["w"].shape[0], fc=[])
        for fc in block["fc"]:
            name = tracer.weights_name(n, fc["weight"], part=True)
            fields["fc"].append(name)
            tracer.store(name + ".weight", fc["w"])
            if biased:
                tracer.store(name + ".bias", torch.zeros(fc["w"].shape[0]) if fc["b"] is None else fc["b"])
        if biased:
            fields["bias"] = True
        if block["act"] != "relu":
            fields["act"] = block["act"]
        parts = fields["fc"]
    else:
        name = tracer.weights_name(n, block["weight"], part=True)
        tracer.store(name + ".weight", block["w"])
        fields.update(kernel=block["w"].shape[2], conv=name)
        if block.get("b") is not None:
            fields["bias"] = True
            tracer.store(name + ".bias", block["b"])
        if block.get("maxfirst"):
            fields["maxfirst"] = True
        parts = [name]
        if block.get("norm") is not None:
            fields["norm"], fields["eps"] = norm(tracer, block["norm"])
            parts = [name, fields["norm"]]
    name = tracer.add(source, block["op"], block_name(tracer, n, parts), **fields)
    scale, shift = block.get("scale", 1), block.get("shift", 0)
    count = tracer.channels(block["reads"][0], axes)
    if scale != 1:  # x (a + b gate) = b SE(x) + a x
        name = tracer.scale_and_shift(n, name, torch.full((count,), float(scale)), torch.zeros(count))
    if shift:
        other = source
        if shift != 1:
            other = tracer.scale_and_shift(n, source, torch.full((count,), float(shift)), torch.zeros(count))
            name, other = other, name
        name = tracer.add(name, "add", tracer.name(n.name), **{"with": other})
    return name, axes


def norm(tracer, n):
    """The name and eps of a batch norm, with its tensors stored."""
    parts = [tracer.graph.constant(a) for a in tracer.graph.args(n)[1:5]]
    name = tracer.name(tracer.module(n), tracer.parts)
    for part, v, otherwise in zip(("weight", "bias", "running_mean", "running_var"), parts, (1, 0, 0, 1)):
        tracer.store(f"{name}.{part}", torch.full((1,), float(otherwise)) if v is None else v)
    return name, [a for a in tracer.graph.args(n) if isinstance(a, float)][-1]


def block_name(tracer, n, parts):
    """The block's own module: what its layers' names begin with alike, without an .fc at the end;
    or its first layer's name."""
    split = [p.split(".") for p in parts]
    if len(split) == 1:
        split = [split[0][:-1]]
    prefix = []
    for words in zip(*split):
        if len(set(words)) > 1:
            break
        prefix.append(words[0])
    if prefix and prefix[-1] == "fc":
        prefix.pop()
    name = ".".join(prefix)
    if not name:
        name = parts[0] + ".gate"
    elif name in tracer.names:
        name = parts[0]
    tracer.names.add(name)
    return name if sum(l["name"] == name for l in tracer.layers) == 0 else tracer.name(name)
