#!/usr/bin/env python3
"""What attention brings: one table from the logs of twins that differ in nothing else.

usage: python3 study.py LOGS [--networks tiny-none,tiny-se,tiny-eca,tiny-cbam] [--seeds 1,2,3]
                        [--json OUT.json]

LOGS holds what everyday.py left, NETWORK.jsonl and NETWORK-SEED.jsonl; runs that are missing or not
finished are named below the table and leave a gap. The first network is the one without attention:
the difference of a seed is to its run of the same seed, on the same batches, and behind the mean of
the differences stands the half width of its 95 % interval (Student's t). "gates at 1" is what the
accuracy loses when every channel's gate is forced open. --json writes the differences as card.py
--compared puts them into the files.
"""
import argparse
import json
import pathlib
import statistics

from networks import NETWORKS
from seeds import T95


SET = {"set": {"en": "Tiny ImageNet's validation set", "zh": "Tiny ImageNet 验证集"}, "pictures": 10000}


def ended(logs, name, seed):
    """The last line of a finished run, or None."""
    path = logs / (f"{name}.jsonl" if seed == "1" else f"{name}-{seed}.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return lines[-1] if lines and "test" in lines[-1] else None


def shown(values, form="{:.2f}"):
    return " ".join("-" if v is None else form.format(v) for v in values)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs", type=pathlib.Path)
    parser.add_argument("--networks", default="tiny-none,tiny-se,tiny-eca,tiny-cbam")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--json", type=pathlib.Path)
    args = parser.parse_args()
    names, seeds = args.networks.split(","), args.seeds.split(",")
    print("| network | parameters | top-1 by seed | mean | sd | top-5 | difference, 95 % interval | gates at 1 |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    plain, missing, cards = {}, [], {}
    for name in names:
        runs = {seed: ended(args.logs, name, seed) for seed in seeds}
        missing += [f"{name} seed {seed}" for seed, run in runs.items() if run is None]
        found = {seed: run for seed, run in runs.items() if run}
        plain = plain or found
        accuracy = [None if run is None else 100 * run["test"] for run in runs.values()]
        known = [v for v in accuracy if v is not None]
        mean = f"{statistics.mean(known):.2f}" if known else "-"
        spread = f"{statistics.stdev(known):.2f}" if len(known) > 1 else "-"
        five = f"{100 * statistics.mean(run['test top-5'] for run in found.values()):.2f}" if found else "-"
        pairs = [100 * (run["test"] - plain[seed]["test"]) for seed, run in found.items() if seed in plain] if name != names[0] else []
        half = T95[len(pairs)] * statistics.stdev(pairs) / len(pairs)**0.5 if len(pairs) in T95 else None
        difference = f"{statistics.mean(pairs):+.2f}" + (f" ± {half:.2f}" if half is not None else "") if pairs else ""
        if half is not None:
            cards[name] = {"difference": SET | {"seeds": len(pairs), "points": round(statistics.mean(pairs), 2), "half": round(half, 2)}}
        opened = [100 * (run["test, gates at 1"] - run["test"]) for run in found.values() if "test, gates at 1" in run]
        parameters = sum(p.numel() for p in NETWORKS[name]().parameters())
        print(f"| `{name}` | {parameters:,} | {shown(accuracy)} | {mean} | {spread} | {five} | {difference} | "
              f"{f'{statistics.mean(opened):+.1f}' if opened else ''} |")
    if args.json:
        args.json.write_text(json.dumps(cards, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if missing:
        print("\nNot there: " + ", ".join(missing) + ".")


if __name__ == "__main__":
    main()
