#!/usr/bin/env python3
"""What SE brings, with its spread: the accuracy of twins trained from several seeds, and the
difference of each pair.

usage: python3 seeds.py WITH WITHOUT --seeds 1,2,3 --runs DIR --data DIR [--test] [--json OUT.json]

DIR of --runs holds what train.py left: NAME.pt, and NAME-SEED.pt for seeds other than 1. The
weights are rounded to the recipe's bits, as in the files that are shipped. Behind the seeds stand
mean and sample standard deviation, and for the difference the half width of its 95 % interval
(Student's t). Nothing is chosen here; --test reads test-a.bin, too; --json is for card.py
--compared.
"""
import argparse
import json
import pathlib
import statistics

import torch

import data
from card import run
from networks import NETWORKS
from train import RECIPES, rounded

T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}  # by the number of seeds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs=2)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--runs", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    args = parser.parse_args()
    seeds = args.seeds.split(",")
    sets = {"validation": data.load(args.data)[1]}
    if args.test:
        sets["test"] = data.read(args.data / "test-a.bin")

    found = {}
    for name in args.networks:
        for seed in seeds:
            net = NETWORKS[name]().eval().to(memory_format=torch.channels_last)
            net.normalise = data.normalise
            net.load_state_dict(torch.load(args.runs / (f"{name}.pt" if seed == "1" else f"{name}-{seed}.pt"), map_location="cpu"))
            for kind, bits in (("float32", 0), ("int8", RECIPES[name].get("bits", 8))):
                with rounded(net, bits):
                    for part, (pixels, labels) in sets.items():
                        found.setdefault((part, kind), {}).setdefault(name, []).append(100 * (run(net, pixels)[0].argmax(1) == labels).float().mean().item())
    line = "{:16} {:8} {:12} {} {:>8} {:>6}".format
    print(line("set", "weights", "network", " ".join(f"seed {s:>2}" for s in seeds), "mean", "sd"))
    rows = []
    for (part, kind), by_name in found.items():
        difference = [a - b for a, b in zip(*by_name.values())]
        half = T95[len(seeds)] * statistics.stdev(difference) / len(seeds)**0.5
        for name, values in (by_name | {"difference": difference}).items():
            rows.append({"set": part, "weights": kind, "network": name, "seeds": [round(v, 2) for v in values],
                         "mean": round(statistics.mean(values), 2), "sd": round(statistics.stdev(values), 2)})
            print(line(part, kind, name, " ".join(f"{v:7.2f}" for v in values), f"{rows[-1]['mean']:.2f}", f"{rows[-1]['sd']:.2f}"), f"  +- {half:.2f}" if name == "difference" else "")
        rows[-1]["half95"] = round(half, 2)
    if args.json:
        args.json.write_text("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")


if __name__ == "__main__":
    main()
