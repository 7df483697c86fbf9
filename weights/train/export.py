#!/usr/bin/env python3
"""Write a network as float32 safetensors with its spec in the header, and hold the file's logits to
PyTorch's.

usage: python3 export.py NETWORK WEIGHTS.pt OUT.safetensors
       python3 PATH/export.py MODULE:FACTORY WEIGHTS OUT.safetensors --size 224
                              [--classes NAMES.txt] [--set num_classes=10]... [--mean R,G,B]
                              [--std R,G,B] [--name NAME]

The first form takes a network of the project. The second takes any PyTorch module of the layers
that nn/spec.go knows, from the current folder or installed, for example
torchvision.models:mobilenet_v3_small: FACTORY(num_classes=10) is run once and recorded. WEIGHTS is
its state_dict (.pt, .pth, also inside a checkpoint, or .safetensors); "-" leaves the weights as
FACTORY makes them. --size is N or HxW. NAMES.txt holds a class a line, in English or English and
Chinese with a tab between. A layer that has no word in a spec is named.

A file whose layers do not give the module's logits is not written. The logits of two pictures stay
in its header, and sescope and the page check them when they open it.

The int8 file that the project ships is made from it: go run ./nn/cmd/sescope quantize
OUT.safetensors weights/models/NETWORK.safetensors
"""
import argparse
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != HERE] + [HERE]  # last, so that nothing here hides a person's modules

from sescope_export import foreign, write  # noqa: E402


def project(name, source, target):
    """Export a network of the project."""
    sys.path.insert(0, HERE)
    import torch
    from networks import load_shipped
    from spec import spec

    net = load_shipped(name, torch.load(source, map_location="cpu")).eval()
    tensors = {k: v.float().contiguous().numpy() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    text = json.loads(spec(name))
    write.write(target, text, tensors, [v.flatten() for v in write.logits(net, text)])


def numbers(text):
    return [float(v) for v in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("weights")
    parser.add_argument("out")
    parser.add_argument("--size")
    parser.add_argument("--classes")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--mean", type=numbers, default=[0.485, 0.456, 0.406], help="of values 0..1; ImageNet's by default")
    parser.add_argument("--std", type=numbers, default=[0.229, 0.224, 0.225])
    parser.add_argument("--name")
    args = parser.parse_args()
    if ":" in args.network:
        if not args.size:
            raise SystemExit("--size is missing, expected the input's size in pixels, N or HxW")
        foreign.export(args)
    else:
        project(args.network, args.weights, args.out)


if __name__ == "__main__":
    main()
