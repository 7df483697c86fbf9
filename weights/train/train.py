#!/usr/bin/env python3
"""Train one of the tutorial's networks on CIFAR-10; an interrupted run continues where its last epoch ended.

usage: python3 train.py NETWORK --data DIR --out DIR [--epochs 20] [--batch 64] [--lr 0.1] [--seed 1] [--threads 1] [--free-se] [--limit N]

DIR of --data holds train.bin in the CIFAR-10 binary format. --out receives
  NETWORK.ckpt    everything a resumed run needs (weights, optimiser, schedule, random state)
  NETWORK.pt      the weights (state_dict) of the epoch with the best validation accuracy
  NETWORK.jsonl   the log: one line with the recipe, then one line an epoch

Recipe: SGD with Nesterov momentum 0.9, weight decay 5e-4, OneCycle to --lr, cross entropy, flip and 4-pixel shift, bfloat16 autocast.
--free-se takes the SE blocks out of the weight decay: in cnn3-se it pulls the last block's weights to zero, so that all its gates stand at 0.5.
5,000 training pictures (data.SPLIT_SEED) are kept for validation; the test data is never read here. --limit trains on the first N
pictures only, for a smoke test.
"""
import argparse
import json
import os
import pathlib
import time

import torch

import data
from networks import NETWORKS, SEBlock


def accuracy(net, pixels, labels, batch=250):
    net.eval()
    correct = 0
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for i in range(0, len(labels), batch):
            correct += (net(data.normalise(pixels[i:i + batch])).argmax(1) == labels[i:i + batch]).sum().item()
    return correct / len(labels)


def save(obj, path):
    """Write beside, then rename: a run killed while writing keeps its last checkpoint."""
    tmp = path.with_suffix(".tmp")
    torch.save(obj, tmp)
    os.replace(tmp, path)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--free-se", action="store_true")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args(argv)

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = torch.Generator().manual_seed(args.seed)
    train, val = data.split(*data.read(args.data / "train.bin"))
    if args.limit:
        train, val = [t[:args.limit] for t in train], [t[:args.limit] for t in val]
    batches = len(train[1]) // args.batch

    net = NETWORKS[args.network]().to(memory_format=torch.channels_last)
    free = [p for m in net.modules() if isinstance(m, SEBlock) for p in m.parameters()] if args.free_se else []
    decayed = [p for p in net.parameters() if not any(p is q for q in free)]
    groups = [{"params": decayed, "weight_decay": 5e-4}, {"params": free, "weight_decay": 0}]
    optimiser = torch.optim.SGD([g for g in groups if g["params"]], lr=args.lr, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.lr, total_steps=args.epochs * batches)
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint, best_path, log = (args.out / f"{args.network}.{e}" for e in ("ckpt", "pt", "jsonl"))

    recipe = {"network": args.network, "epochs": args.epochs, "batch": args.batch, "lr": args.lr, "seed": args.seed, "free_se": args.free_se, "limit": args.limit}
    first, best = 0, -1.0
    if checkpoint.exists():
        state = torch.load(checkpoint)
        if {"free_se": False} | state["recipe"] != recipe:
            raise SystemExit(f"{checkpoint}: was made with {state['recipe']}, this run asks for {recipe}: choose another --out or remove it")
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        rng.set_state(state["rng"])
        torch.set_rng_state(state["torch_rng"])
        first, best = state["epoch"], state["best"]
    else:
        log.write_text(json.dumps(recipe) + "\n")

    for epoch in range(first, args.epochs):
        start, total = time.time(), 0.0
        net.train()
        for indices in torch.randperm(len(train[1]), generator=rng)[:batches * args.batch].split(args.batch):
            pixels = data.normalise(data.augment(train[0][indices], rng))
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = torch.nn.functional.cross_entropy(net(pixels), train[1][indices])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        val_accuracy = accuracy(net, *val)
        line = {"epoch": epoch + 1, "loss": round(total / batches, 4), "val": round(val_accuracy, 4), "seconds": round(time.time() - start, 1)}
        if val_accuracy > best:
            best = val_accuracy
            save(net.state_dict(), best_path)
        with open(log, "a") as f:
            f.write(json.dumps(line) + "\n")
        print(args.network, line, flush=True)
        save({"recipe": recipe, "net": net.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(),
              "rng": rng.get_state(), "torch_rng": torch.get_rng_state(), "epoch": epoch + 1, "best": best}, checkpoint)


if __name__ == "__main__":
    main()
