"""The arithmetic of products in training: bfloat16 where the processor is fast in it. One without
instructions for it takes 25 times as long as in float32.
"""
import functools
import time

import torch


def fastest(device="cpu"):
    """torch.bfloat16 on a GPU, and where a processor's steps of a convolution take two thirds of
    float32's time or less; else torch.float32: a choice on a hair's breadth would fall otherwise
    when a run goes on."""
    return torch.bfloat16 if torch.device(device).type != "cpu" else of_processor()


@functools.cache
@torch.enable_grad()
@torch.random.fork_rng(devices=[])  # a run's own random numbers stay as they are
def of_processor():
    net = torch.nn.Sequential(torch.nn.Conv2d(32, 64, 3, padding=1), torch.nn.ReLU(), torch.nn.Conv2d(64, 64, 3, padding=1)).to(memory_format=torch.channels_last)
    x, taken = torch.rand(16, 32, 32, 32).contiguous(memory_format=torch.channels_last), {}
    for kind in (torch.float32, torch.bfloat16):
        for _ in range(3):  # the last counts
            start = time.process_time()
            with autocast("cpu", kind):
                net(x).float().sum().backward()
            taken[kind] = time.process_time() - start
            if taken[kind] > 2:
                break
    return torch.bfloat16 if taken[torch.bfloat16] < taken[torch.float32] / 1.5 else torch.float32


def autocast(device="cpu", kind=None):
    """The context in which products are computed in kind, by default in what is fastest."""
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16, enabled=(kind or fastest(device)) == torch.bfloat16)
