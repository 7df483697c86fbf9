#!/usr/bin/env python3
"""Train a network; an interrupted run continues where its last epoch ended.

usage: python3 train.py NETWORK --data DIR --out DIR [--epochs N] [--seed 1] [--threads 1] [--limit N]
       torchrun --nproc_per_node 2 train.py NETWORK ...      the same batches, shared among processes

DIR of --data holds train.bin in the CIFAR-10 binary format, or for objects the folders that objects.py reads. --out receives
  NETWORK.ckpt    everything a resumed run needs (weights, optimiser, schedule)
  NETWORK.pt      the weights (state_dict) of the epoch with the best validation accuracy
  NETWORK.jsonl   the log: one line with the recipe, then one line an epoch

Every network has its recipe in RECIPES; in all of them SGD with Nesterov momentum 0.9, weight decay 5e-4, OneCycle to lr, cross entropy,
flip and shift, bfloat16 autocast. A part of the training pictures (data.SPLIT_SEED) is kept for validation; the test data is never read
here. --limit trains on the first N pictures only, for a smoke test. objects starts from --out's live.pt.
"""
import argparse
import ctypes
import json
import os
import pathlib
import time

import torch
import torch.distributed as dist

import data
import objects
from networks import NETWORKS, SEBlock

TUTORIAL = {"epochs": 20, "batch": 64, "lr": 0.1}
LIVE = {"epochs": 40, "batch": 128, "lr": 0.2, "free_se": True, "smoothing": 0.1, "cutout": 0.25, "crop": 24}
# free_se   takes the SE blocks out of the weight decay: in cnn3-se it pulls the last block's weights to zero, so that all its gates stand at 0.5
# smoothing of the labels; cutout: side of the grey square, as a share of the picture's
# crop      side of the pictures in the first two thirds of the epochs, which then cost little more than half
# init      the network whose weights it starts from, all but the last layer's
RECIPES = {
    "simple": TUTORIAL,
    "simple-se": TUTORIAL,
    "cnn3-se": TUTORIAL | {"epochs": 30, "free_se": True},
    "live": LIVE,
    "live-plain": LIVE,
    "objects": LIVE | {"epochs": 120, "batch": 64, "lr": 0.1, "crop": 48, "init": "live"},
    "teacher": LIVE | {"epochs": 28, "smoothing": 0},  # smoothed labels make the worse teacher (Müller et al. 2019, arXiv:1906.02629)
}


def keep_memory():
    """Let glibc keep what was freed: maps of megabytes that go back to the system at every step cost a fifth of an epoch in page faults."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for parameter, value in ((-4, 0), (-1, 2**31 - 1), (-2, 2**28)):  # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD
            libc.mallopt(parameter, value)


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
    parser.add_argument("network", choices=RECIPES)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args(argv)

    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    if world > 1:
        dist.init_process_group("gloo")
    keep_memory()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    recipe = RECIPES[args.network] | ({"epochs": args.epochs} if args.epochs else {})
    source = objects if args.network == "objects" else data
    train, val = source.load(args.data)
    if args.limit:
        train, val = [t[:args.limit] for t in train], [t[:args.limit] for t in val]
    batches = len(train[1]) // recipe["batch"]

    net = NETWORKS[args.network]().to(memory_format=torch.channels_last)
    free = [p for m in net.modules() if isinstance(m, SEBlock) for p in m.parameters()] if recipe.get("free_se") else []
    decayed = [p for p in net.parameters() if not any(p is q for q in free)]
    groups = [{"params": decayed, "weight_decay": 5e-4}, {"params": free, "weight_decay": 0}]
    optimiser = torch.optim.SGD([g for g in groups if g["params"]], lr=recipe["lr"], momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe["lr"], total_steps=recipe["epochs"] * batches)
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint, best_path, log = (args.out / f"{args.network}.{e}" for e in ("ckpt", "pt", "jsonl"))

    head = {"network": args.network, "seed": args.seed, "limit": args.limit} | recipe
    first, best = 0, -1.0
    if "init" in recipe:
        start = torch.load(args.out / f"{recipe['init']}.pt")
        net.load_state_dict({k: v for k, v in start.items() if not k.startswith("fc.")}, strict=False)
    if checkpoint.exists():
        state = torch.load(checkpoint)
        if state["recipe"] != head:
            raise SystemExit(f"{checkpoint}: was made with {state['recipe']}, this run asks for {head}: choose another --out or remove it")
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        first, best = state["epoch"], state["best"]
    elif rank == 0:
        log.write_text(json.dumps(head) + "\n")
    model = torch.nn.parallel.DistributedDataParallel(net) if world > 1 else net

    for epoch in range(first, recipe["epochs"]):
        start, total = time.time(), 0.0
        # Seeds are drawn anew every epoch, so a resumed run needs no random state. All processes see one order of pictures.
        order = torch.randperm(len(train[1]), generator=torch.Generator().manual_seed(1000 * args.seed + epoch))
        rng = torch.Generator().manual_seed(1000 * (1000 * args.seed + epoch) + rank)
        torch.manual_seed(rng.initial_seed())
        size = recipe["crop"] if "crop" in recipe and epoch < recipe["epochs"] * 2 // 3 else val[0].shape[-1]
        model.train()
        for indices in order[:batches * recipe["batch"]].split(recipe["batch"]):
            indices = indices[rank::world]
            pixels = data.normalise(source.augment(train[0][indices], rng, size, recipe.get("cutout", 0)))
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = torch.nn.functional.cross_entropy(model(pixels), train[1][indices], label_smoothing=recipe.get("smoothing", 0))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        if rank:
            continue
        val_accuracy = accuracy(net, *val)
        line = {"epoch": epoch + 1, "loss": round(total / batches, 4), "val": round(val_accuracy, 4), "seconds": round(time.time() - start, 1)}
        if val_accuracy > best:
            best = val_accuracy
            save(net.state_dict(), best_path)
        with open(log, "a") as f:
            f.write(json.dumps(line) + "\n")
        print(args.network, line, flush=True)
        save({"recipe": head, "net": net.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(), "epoch": epoch + 1, "best": best}, checkpoint)


if __name__ == "__main__":
    main()
