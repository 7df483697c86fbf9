"""A module's computation as a graph of PyTorch's own operators, for trace.py.

The module is run once on random numbers while torch records every operator (ATen). Sizes are then
numbers, subclasses and functional forms look like what they call, and what is nothing in eval mode
has left no trace. Every node keeps its value, and any part of the graph can be run again on other
numbers: so trace.py asks what a part computes instead of how it is written.
"""
import operator

import torch
import torch.fx
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.node import map_arg

IDENTITY = {"alias", "clone", "detach", "_to_copy", "lift_fresh", "lift_fresh_copy", "contiguous", "dropout", "native_dropout", "to"}
MOVES = {"view", "_unsafe_view", "reshape", "_reshape_alias", "unsqueeze", "squeeze", "expand", "expand_as", "permute", "transpose", "t", "numpy_T", "select", "slice",
         "split", "split_with_sizes", "chunk", "flatten", "index_select", "narrow", "unbind", "repeat", "channel_shuffle", "native_channel_shuffle", "movedim"}
SINGLE = {"add", "sub", "rsub", "mul", "div", "pow", "exp", "log", "erf", "sqrt", "neg", "abs", "reciprocal", "minimum", "maximum", "clamp", "clamp_min", "clamp_max",
          "hardtanh", "relu", "relu6", "hardswish", "hardsigmoid", "silu", "sigmoid", "tanh", "gelu", "elu", "selu", "celu", "leaky_relu", "softplus", "mish", "threshold",
          "where", "gt", "ge", "lt", "le", "square", "floor"}


class Unsupported(ValueError):
    """A layer that the spec has no word for."""


class Values(torch.fx.Interpreter):
    """Runs the graph once and keeps every node's value."""

    def run_node(self, n):
        out = super().run_node(n)
        n.value = out.clone() if isinstance(out, torch.Tensor) else out  # operators that write into their input come later
        return out


def first_tensor(out):
    """The logits of what a module returns: a tensor, or the first or best named one of a list,
    dictionary or object."""
    if isinstance(out, torch.Tensor):
        return out
    if isinstance(out, dict) or hasattr(out, "logits"):
        out = dict(out) if isinstance(out, dict) else {"logits": out.logits}
        for key in ("logits", "output", "out", "pred"):
            if isinstance(out.get(key), torch.Tensor):
                return out[key]
        out = list(out.values())
    for part in out if isinstance(out, (tuple, list)) else ():
        if isinstance(part, torch.Tensor):
            return part
    raise Unsupported(f"the module returns {type(out).__name__}, expected a tensor, or some in a dictionary, list or tuple")


class Graph:
    def __init__(self, net, shape):
        """shape is the picture's: (C, H, W)."""
        net = net.eval().to(memory_format=torch.contiguous_format)
        self.names = {id(v): k for k, v in list(net.named_parameters()) + list(net.named_buffers())}
        x = torch.randn(1, *shape, generator=torch.Generator().manual_seed(1))
        with torch.no_grad():
            try:
                net(x)
            except (RuntimeError, TypeError, ValueError, IndexError) as e:
                raise Unsupported(f"the module cannot be run on one picture of the shape {tuple(x.shape)}: {e}") from None
            try:
                traced = make_fx(lambda picture: first_tensor(net(picture)))(x)
            except RuntimeError as e:
                raise Unsupported(f"{type(net).__name__} chooses its way by its data, or reads numbers out of tensors: {str(e).splitlines()[0]}") from None
            traced.graph.eliminate_dead_code()
            Values(traced).run(x)
        self.traced, self.nodes = traced, list(traced.graph.nodes)
        for n in self.nodes:
            n.varies = n.op == "placeholder" or any(i.varies for i in n.all_input_nodes)
        self.output = next(n for n in self.nodes if n.op == "output").args[0]
        if isinstance(self.output, (tuple, list)):
            self.output = self.output[0]
        self.chains = {}

    def op(self, n):
        """The operator's name; of a choice of one of several results, that of what made them."""
        if n.op != "call_function":
            return n.op
        if n.target is operator.getitem:
            return self.op(n.args[0])
        schema = getattr(n.target, "_schema", None)  # PyTorch 2 has operators of higher order, without one
        return (schema.name.split("::")[-1] if schema else str(n.target)).rstrip("_")

    def call(self, n):
        """The node whose arguments made n."""
        return n.args[0] if n.op == "call_function" and n.target is operator.getitem else n

    def args(self, n):
        return self.call(n).args

    def inputs(self, n):
        """The inputs that depend on the picture, past what changes nothing."""
        seen = []
        for i in self.call(n).all_input_nodes:
            if i.varies and (r := self.real(i)) not in seen:
                seen.append(r)
        return seen

    def real(self, n):
        while n.op == "call_function" and n.varies and self.op(n) in IDENTITY:
            n = self.args(n)[0]
        return n

    def constant(self, a):
        """The tensor of an argument that does not depend on the picture, or None."""
        return a.value if isinstance(a, torch.fx.Node) and not a.varies else None

    def name_of(self, a):
        """The name of the parameter that a constant is, or was made of, or None."""
        for _ in range(16):
            if a.op == "get_attr":
                return self.names.get(id(getattr(self.traced, a.target)))
            inputs = self.call(a).all_input_nodes
            if not inputs:
                return None
            a = inputs[0]
        return None

    def replay(self, v, root, x, loose=False, most=256):
        """The value of v with x in the place of root; loose leaves out what only moves values. most
        bounds the nodes that are run."""
        done, todo = {root: x}, [v]
        with torch.no_grad():
            while todo:
                n = todo[-1]
                if n in done or not n.varies:
                    done.setdefault(n, getattr(n, "value", None))
                    todo.pop()
                    continue
                if len(done) > most or n.op != "call_function":
                    raise ValueError(f"{n} does not come from {root}")
                moves = loose and self.op(n) in MOVES
                needs = self.inputs(n) if moves else [i for i in n.all_input_nodes]
                missing = [i for i in needs if i not in done]
                todo.extend(missing)
                if missing:
                    continue
                if moves:
                    done[n] = done[needs[0]]
                else:
                    args, kwargs = (map_arg(a, lambda i: copy(done[i])) for a in (n.args, n.kwargs))
                    done[n] = n.target(*args, **kwargs)
        return done[v]

    def vector(self, n):
        """Whether one axis at most has more than one place."""
        return sum(d > 1 for d in n.value.shape) <= 1

    def parent(self, n, loose):
        """The nearest value that n is a function of, place by place, or None. With loose, changes
        of a vector's shape count as functions."""
        op = self.op(n)
        if n.op != "call_function" or n.value is None:
            return None
        inputs = self.inputs(n)
        if loose and op in MOVES and len(inputs) == 1:
            repeats = op in ("expand", "expand_as", "repeat")
            return inputs[0] if self.vector(inputs[0]) and (repeats or self.vector(n) and n.value.numel() == inputs[0].value.numel()) else None
        if op not in SINGLE or not 1 <= len(inputs) <= 2 or any(i.value.numel() != n.value.numel() for i in inputs):
            return None
        if any(not i.varies and i.value.numel() != 1 for i in n.all_input_nodes):
            return None
        if len(inputs) == 1:
            return inputs[0]
        right = self.ancestors(inputs[1], loose)
        return next((a for a in self.ancestors(inputs[0], loose) if a in right), None)

    def ancestors(self, n, loose):
        """n and the values that it is a function of, nearest first."""
        if (n, loose) not in self.chains:
            p = self.parent(n, loose)
            self.chains[n, loose] = ([n] + (self.ancestors(p, loose) if p is not None else []))[:12]
        return self.chains[n, loose]

    def shared(self, v, root):
        """Whether something outside reads a value between v and root: then that value is a
        layer's."""
        inside, todo = {v}, [v]
        while todo:
            for i in self.call(todo.pop()).all_input_nodes:
                if i.varies and i not in inside and self.real(i) is not root and i is not root:
                    inside.add(i)
                    todo.append(i)
        return any(u not in inside for i in inside - {v} for u in i.users)


def copy(x):
    return x.clone() if isinstance(x, torch.Tensor) else x
