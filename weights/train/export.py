#!/usr/bin/env python3
"""Write a network as float32 safetensors with its spec in the header, and hold what SEscope computes with it to PyTorch.

usage: python3 export.py NETWORK WEIGHTS.pt OUT.safetensors
       python3 export.py MODULE:FACTORY WEIGHTS.pt OUT.safetensors --size 224 --classes NAMES.txt [--set num_classes=10]... [--mean R,G,B] [--std R,G,B] [--name NAME]

The first form takes a network of the project. The second takes any PyTorch module of the layers that nn/spec.go knows, for example
torchvision.models:mobilenet_v3_small: FACTORY(num_classes=10) is traced, WEIGHTS.pt is its state_dict, "-" leaves the weights as FACTORY makes them,
and NAMES.txt holds a class a line, in English or English and Chinese with a tab between. A layer that has no word in a spec is named.

The int8 file that the project ships is made from it: go run ./nn/cmd/sescope quantize OUT.safetensors weights/models/NETWORK.safetensors
"""
import argparse
import ast
import importlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import torch
from PIL import Image

import safetensors
import trace
from networks import NETWORKS, load_shipped
from spec import spec

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main(name, source, target):
    """Export a network of the project."""
    net = load_shipped(name, torch.load(source, map_location="cpu"))
    write(net, spec(name), target)


def write(net, spec_text, target):
    """Write a module under a spec (JSON text) and check the file's logits."""
    tensors = {k: v.float().contiguous().numpy() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    safetensors.write(target, tensors, {"format": "pt", "sescope": spec_text})
    check(net.eval(), json.loads(spec_text), target)


def check(net, spec, target):
    """Two pictures through PyTorch and through `sescope run`: the logits may differ by 1e-3 of the largest."""
    if not shutil.which("go"):
        print(f"{target}: not checked, since there is no go on the PATH to run it", file=sys.stderr)
        return
    size, rng = spec["input"]["H"], np.random.default_rng(11)
    y, x = np.mgrid[0:size, 0:size] / size
    waves = np.stack([np.sin(7 * x), np.cos(5 * x * y), np.sin(9 * y)], -1) * 0.5 + 0.5
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/{i}.png" for i in range(2)]
        pictures = [(255 * p).astype(np.uint8) for p in (waves, rng.random((size, size, 3)))]
        for file, pixels in zip(files, pictures):
            Image.fromarray(pixels).save(file)
        run = subprocess.run(["go", "run", "./nn/cmd/sescope", "run", str(pathlib.Path(target).resolve()), *files, "--json"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{target}: {run.stderr.strip()}")
    mean, std = (torch.tensor(spec[k], dtype=torch.float32)[:, None, None] for k in ("mean", "std"))
    worst = 0
    for line, pixels in zip(run.stdout.splitlines(), pictures):
        with torch.no_grad():
            want = net(((torch.from_numpy(pixels.transpose(2, 0, 1).copy()).float() / 255 - mean) / std)[None])[0]
        got = torch.tensor(json.loads(line)["logits"])
        worst = max(worst, ((got - want).abs().max() / want.abs().max()).item())
    if not worst <= 1e-3:
        raise SystemExit(f"{target}: its logits differ from PyTorch's by {worst:.2g} of the largest, expected at most 1e-3")
    print(f"{target}: logits equal PyTorch's but for {worst:.1g} of the largest")


def foreign(args):
    """Export a module that is not the project's."""
    module, _, factory = args.network.partition(":")
    settings = {k: ast.literal_eval(v) for k, _, v in (s.partition("=") for s in args.set)}
    net = getattr(importlib.import_module(module), factory)(**settings).eval()
    if args.weights != "-":
        net.load_state_dict(torch.load(args.weights, map_location="cpu"))
    names = [line.split("\t") for line in pathlib.Path(args.classes).read_text(encoding="utf-8").splitlines() if line]
    name = args.name or factory
    spec = {"name": name, "title": {"en": name, "zh": name}, "input": {"H": args.size, "W": args.size, "C": 3}, "mean": args.mean, "std": args.std,
            "classes": [{"en": n[0], "zh": n[-1]} for n in names], "layers": trace.layers(net, args.size)}
    write(net, json.dumps(spec, ensure_ascii=False, separators=(",", ":")), args.out)


def numbers(text):
    return [float(v) for v in text.split(",")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("weights")
    parser.add_argument("out")
    parser.add_argument("--size", type=int)
    parser.add_argument("--classes")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--mean", type=numbers, default=[0.485, 0.456, 0.406], help="of values 0..1; ImageNet's by default")
    parser.add_argument("--std", type=numbers, default=[0.229, 0.224, 0.225])
    parser.add_argument("--name")
    args = parser.parse_args()
    if args.network in NETWORKS:
        main(args.network, args.weights, args.out)
    elif ":" in args.network and args.size and args.classes:
        try:
            foreign(args)
        except trace.Unsupported as e:
            raise SystemExit(f"{args.network}: {e}")
    else:
        raise SystemExit(__doc__)
