#!/usr/bin/env python3
"""Take the training pictures' own proportions out of the head: there are 18 breeds of dog in one
class.

usage: python3 prior.py WEIGHTS.pt OUT.pt --pictures DIR [--tau 1]

A head that was trained on pictures of which every twentieth is a dog says "dog" too readily where
every thing is as likely as another, before a camera. Logit adjustment (Menon et al. 2021,
arXiv:2007.07314) subtracts tau times the logarithm of each class's share of the epoch from its
bias; the class evidence stays an exact sum. Printed for several tau: accuracy on the validation
pictures, and the mean of the classes' accuracies, which --tau should favour. OUT receives the
weights.
"""
import argparse
import pathlib

import numpy as np
import torch

from arithmetic import fastest
from everyday import RECIPES, Pictures, answers, bits, epoch_order, top
from networks import NETWORKS
from train import rounded


def shares(known, recipe):
    """Each class's share of the pictures of an epoch."""
    rows = epoch_order(known.rows("train"), known.label.numpy(), recipe, 0)
    count = np.bincount(known.merge[known.label[rows]].numpy(), minlength=int(known.merge.max()) + 1)
    return torch.from_numpy(np.maximum(count, 1) / count.sum()).float()


def class_mean(logits, labels):
    """The mean of the classes' accuracies."""
    right = (logits.argmax(1) == labels).float()
    return torch.stack([right[labels == c].mean() for c in labels.unique()]).mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path, required=True)
    parser.add_argument("--tau", type=float, default=1)
    args = parser.parse_args()
    state, known = torch.load(args.weights, map_location="cpu"), Pictures(args.pictures)
    net = NETWORKS["everyday"]().to(memory_format=torch.channels_last)
    net.load_state_dict(state)
    prior, rows = shares(known, RECIPES["everyday"]).log(), known.rows("val")
    with rounded(net, bits(RECIPES["everyday"], 1)):
        logits, labels = answers(net, known, rows, fastest())[0], known.merge[known.label[rows]]
    for tau in sorted({0.0, 0.5, 0.75, 1.0, args.tau}):
        adjusted = logits - tau * prior
        print(f"tau {tau:.2f}: top-1 {top(adjusted, labels, 1):.4f}, top-5 {top(adjusted, labels, 5):.4f}, mean of classes {class_mean(adjusted, labels):.4f}")
    state["fc.bias"] = state["fc.bias"] - args.tau * prior
    torch.save(state, args.out)


if __name__ == "__main__":
    main()
