#!/usr/bin/env python3
"""Files of torch.save for the test of the reader (weights/torch), into its testdata.

Tensor "a.weight" is (2, 3) and holds 0.25, 0.5, ... in steps of a quarter, "a.bias" (2) -1 and 1.5;
all of these are exact in every float type.
"""
import collections
import pathlib

import torch
from torch import nn

OUT = pathlib.Path(__file__).resolve().parents[1] / "torch" / "testdata"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 2)


def state(dtype=torch.float32):
    weight = (torch.arange(1, 7).reshape(2, 3) / 4).to(dtype)
    return collections.OrderedDict({"a.weight": weight, "a.bias": torch.tensor([-1, 1.5], dtype=dtype)})


def main():
    OUT.mkdir(exist_ok=True)
    for name, dtype in (("f32", torch.float32), ("f16", torch.float16), ("bf16", torch.bfloat16), ("f64", torch.float64)):
        torch.save(state(dtype), OUT / f"{name}.pt")
    torch.save(state(), OUT / "legacy.pt", _use_new_zipfile_serialization=False)
    turned = state()
    turned["a.weight"] = turned["a.weight"].t().contiguous().t()  # strides (1, 2)
    both = torch.cat([torch.zeros(3), turned["a.bias"]])
    turned["a.bias"] = both[3:]  # an offset into its storage
    torch.save(turned, OUT / "strides.pt")
    parameters = {k: nn.Parameter(v) for k, v in state().items()}
    torch.save({"epoch": 3, "loss": [0.5, 0.25], "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}}, "state_dict": parameters}, OUT / "checkpoint.pt")
    torch.save(Net(), OUT / "module.pt")
    torch.jit.script(Net()).save(str(OUT / "script.pt"))


if __name__ == "__main__":
    main()
