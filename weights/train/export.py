#!/usr/bin/env python3
"""Write a trained network as float32 safetensors with its spec in the header.

usage: python3 export.py NETWORK WEIGHTS.pt OUT.safetensors

The int8 file that the project ships is made from it: go run ./nn/cmd/sescope quantize OUT.safetensors weights/models/NETWORK.safetensors
"""
import sys

import torch

import safetensors
from networks import NETWORKS
from spec import spec


def main(name, source, target):
    net = NETWORKS[name]()
    net.load_state_dict(torch.load(source, map_location="cpu"))
    tensors = {k: v.float().contiguous().numpy() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    safetensors.write(target, tensors, {"format": "pt", "sescope": spec(name)})


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in NETWORKS:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
