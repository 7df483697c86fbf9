#!/usr/bin/env python3
"""How good `everyday` is, by source and on Tiny ImageNet's own 200 classes.

usage: python3 report.py WEIGHTS.pt --pictures DIR [--confused N]

WEIGHTS are a state_dict of everyday.py, DIR is pictures.py's --out. Printed, as a Markdown table:
  own split        the validation pictures, whole and by source, in the 311 classes
  Tiny ImageNet    its 10,000 validation pictures, once in its own 200 classes, once in the 311
  groceries        the pictures of other visits, in the 311 classes and in the data set's 43
The figures in a source's own classes are those of the second linear layer, which reads the same
means and is not shipped; only the outputs of that source's classes compete. Weights are rounded to
the bits of the recipe, products what the processor is fastest in. --confused prints the N pairs of
classes that are most often taken for one another, as a share of the first one's pictures.
"""
import argparse
import pathlib

import numpy as np
import torch

from arithmetic import fastest
from everyday import RECIPES, Pictures, answers, bits, top
from networks import NETWORKS
from pictures import SOURCES, table
from train import rounded


def among(logits, chosen):
    """Logits of which only the chosen outputs compete."""
    out = torch.full_like(logits, -torch.inf)
    out[:, chosen] = logits[:, chosen]
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path, required=True)
    parser.add_argument("--confused", type=int, default=0)
    args = parser.parse_args()
    net = NETWORKS["everyday"]().to(memory_format=torch.channels_last)
    net.load_state_dict(torch.load(args.weights, map_location="cpu"))
    known = Pictures(args.pictures)
    rows = np.concatenate([known.rows("val"), known.rows("test")])
    val = np.isin(np.arange(len(rows)), np.arange(len(known.rows("val"))))
    with rounded(net, bits(RECIPES["everyday"], 1)):
        logits, fine = answers(net, known, rows, fastest())
    label, source = known.label[rows], known.source[rows]
    merged = known.merge[label]

    print("| pictures | how many | classes | top-1 | top-5 |\n| --- | --- | --- | --- | --- |")

    def line(name, chosen, outputs, labels, classes):
        chosen = torch.from_numpy(chosen)
        if chosen.any():
            values = [f"{100 * top(outputs[chosen], labels[chosen], k):.1f} %" for k in (1, 5)]
            print(f"| {name} | {chosen.sum().item()} | {classes} | {values[0]} | {values[1]} |")

    line("own split", val, logits, merged, logits.shape[1])
    for i, s in enumerate(SOURCES):
        line(f"of these {s}", val & (source == i), logits, merged, logits.shape[1])
    for i, name in ((0, "Tiny ImageNet, its validation"), (3, "groceries of other visits")):
        own = label[torch.from_numpy(known.source[rows] == i)].unique()
        line(name, ~val & (source == i), among(fine, own), label, f"its {len(own)}")
        line(name, ~val & (source == i), logits, merged, logits.shape[1])
    if args.confused:
        names, guess = [en for en, _, _ in table()], logits.argmax(1)
        pairs = [(((merged == a) & (guess == b) & torch.from_numpy(val)).sum().item() / max(1, ((merged == a) & torch.from_numpy(val)).sum().item()), names[a], names[b])
                 for a in merged.unique().tolist() for b in guess[merged == a].unique().tolist() if a != b]
        for share, a, b in sorted(pairs, reverse=True)[:args.confused]:
            print(f"{a} taken for {b}: {100 * share:.0f} %")


if __name__ == "__main__":
    main()
