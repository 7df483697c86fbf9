"""Exports a module that is not the project's."""
import ast
import importlib
import os
import pathlib
import sys

import torch

from . import trace, weights, write


def module(text, settings):
    """MODULE:FACTORY, called with name=value settings; the current folder is searched first."""
    name, _, factory = text.partition(":")
    sys.path.insert(0, os.getcwd())
    try:
        net = getattr(importlib.import_module(name), factory)(**{k: value(v) for k, _, v in (s.partition("=") for s in settings)})
    except (ImportError, AttributeError, TypeError) as e:
        raise SystemExit(f"{text}: {e}, expected a module that can be imported from here and a function or class of it that makes the network") from None
    if not isinstance(net, torch.nn.Module):
        raise SystemExit(f"{text} makes {type(net).__name__}, expected a torch.nn.Module")
    return net.eval().float()


def value(text):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text  # a word


def classes(path, count):
    """Names, a line each, in English or English and Chinese with a tab between; numbers without a
    file."""
    if path is None:
        return [{"en": f"class {i}", "zh": f"类别 {i}"} for i in range(count)]
    lines = [line.split("\t") for line in pathlib.Path(path).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    return [{"en": n[0].strip(), "zh": n[-1].strip()} for n in lines]


def grey(values, channels):
    return values if len(values) == channels else [sum(values) / len(values)] * channels


def export(args):
    net = module(args.network, args.set)
    if args.weights != "-":
        weights.load(net, args.weights)
    size = [int(v) for v in args.size.lower().split("x")]
    first = next((m for m in net.modules() if isinstance(m, torch.nn.Conv2d)), None)
    shape = (1 if first is not None and first.in_channels == 1 else 3, size[0], size[-1])
    try:
        traced = trace.Tracer(net, shape)
        spec = describe(args, shape, traced)
        want = [v.flatten() for v in write.logits(traced.run, spec)]
    except trace.Unsupported as e:
        raise SystemExit(f"{args.network}: {e}") from None
    if traced.output == "sigmoid" and len(spec["classes"]) == 2 and traced.classes == 1 and traced.layers[-1]["op"] == "linear":
        want = two(spec, traced, want)
    if len(spec["classes"]) != len(want[0]):
        raise SystemExit(f"{args.classes}: {len(spec['classes'])} classes, and the network has {len(want[0])} outputs")
    write.write(args.out, spec, traced.tensors, want)


def describe(args, shape, traced):
    name = args.name or args.network.partition(":")[2]
    spec = {"name": name, "title": {"en": name, "zh": name}, "input": {"H": shape[1], "W": shape[2], "C": shape[0]}, "mean": grey(args.mean, shape[0]),
            "std": grey(args.std, shape[0]), "classes": classes(args.classes, traced.classes), "layers": traced.layers}
    return spec if traced.output == "softmax" else {**spec, "output": traced.output}


def two(spec, traced, want):
    """One sigmoid for two named classes is softmax over 0 and that value."""
    last = spec["layers"][-1]
    del spec["output"]
    last["out"] = 2
    for part in (".weight", ".bias"):
        if (v := traced.tensors.get(last["name"] + part)) is not None:
            traced.tensors[last["name"] + part] = torch.cat([torch.zeros_like(torch.from_numpy(v)), torch.from_numpy(v)]).numpy()
    return [torch.cat([torch.zeros(1), w]) for w in want]
