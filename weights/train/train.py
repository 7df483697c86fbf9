#!/usr/bin/env python3
"""Train a network, or twins on the very same batches; an interrupted run continues where its last epoch ended.

usage: python3 train.py NETWORK... --data DIR --out DIR [--epochs N] [--seed 1] [--threads 1] [--limit N]
       torchrun --nproc_per_node 2 train.py NETWORK... --data ...      the same batches, shared among processes

DIR of --data holds train.bin in the CIFAR-10 binary format, or for objects the folders that objects.py reads. --out receives
  NETWORK.ckpt    everything a resumed run needs (weights, optimiser, schedule)
  NETWORK.pt      the weights (state_dict) of the epoch with the best validation accuracy
  NETWORK.jsonl   the log: one line with the recipe, then one line an epoch

Every network has its recipe in RECIPES; in all of them SGD with Nesterov momentum 0.9, weight decay 5e-4, OneCycle to lr, cross entropy,
flip and shift, bfloat16 autocast. A part of the training pictures (data.SPLIT_SEED) is kept for validation; the test data is never read
here. --limit trains on the first N pictures only, for a smoke test. Weights of other networks that a recipe names (init, teacher) are those of
--out, NAME.pt.
"""
import argparse
import contextlib
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
TAUGHT = LIVE | {"epochs": 30, "smoothing": 0, "teachers": ["teacher", "live-40", "live-plain-40"], "temperature": 4, "share": 0.9, "bits": 5, "rounded": 6}
# free_se   takes the SE blocks out of the weight decay: in cnn3-se it pulls the last block's weights to zero, so that all its gates stand at 0.5
# smoothing of the labels; cutout: side of the grey square, as a share of the picture's
# crop      side of the pictures in the first two thirds of the epochs, which then cost little more than half
# bits      in the last epochs, rounded of them, it computes with the weights that the file will have, and the gradient passes the rounding
#           (straight-through, Bengio et al. 2013, arXiv:1308.3432)
# net       its network, where that has another name
# init      the weights it starts from, all but those of a last layer for other classes; "{}-40" is the network's own run by LIVE
# most      pictures of a class in one epoch, other ones every time
# teachers  the networks that it learns from (Hinton et al. 2015, arXiv:1503.02531): share of the loss is the divergence from the mean of their
#           probabilities on the same picture, all softened by temperature; the rest is the labels' cross entropy
RECIPES = {
    "simple": TUTORIAL,
    "simple-se": TUTORIAL,
    "cnn3-se": TUTORIAL | {"epochs": 30, "free_se": True},
    "live-40": LIVE | {"net": "live"},
    "live-plain-40": LIVE | {"net": "live-plain"},
    "live": TAUGHT | {"init": "live-40"},
    "live-plain": TAUGHT | {"init": "live-plain-40"},
    "objects-120": LIVE | {"net": "objects", "epochs": 120, "batch": 64, "lr": 0.1, "crop": 48, "init": "live-40"},
    "objects": LIVE | {"epochs": 72, "batch": 64, "lr": 0.05, "crop": 48, "init": "objects-120", "most": 100},
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


def trained(out, name, why):
    """The weights of another run in the same folder."""
    path = out / f"{name}.pt"
    if not path.exists():
        raise SystemExit(f"{path}: is missing, and {why}: python3 train.py {name} makes it")
    return torch.load(path)


def make(name):
    """The network of a recipe, untrained."""
    return NETWORKS[RECIPES[name].get("net", name)]().to(memory_format=torch.channels_last)


def common(recipe):
    """What twins have to share."""
    return {k: v for k, v in recipe.items() if k not in ("net", "init")}


def divergence(logits, soft, temperature):
    """KL(soft || softmax(logits / temperature)) x temperature^2, which keeps its gradient as large as the cross entropy's."""
    return torch.nn.functional.kl_div((logits / temperature).log_softmax(1), soft, reduction="batchmean") * temperature**2


@contextlib.contextmanager
def rounded(net, bits):
    """Inside, large weights are the whole numbers of `sescope quantize --bits`; outside, they are as exact as before."""
    exact = [(p, p.data) for name, p in net.named_parameters() if bits and name.endswith(".weight") and p.numel() >= 4096]
    for p, values in exact:
        scale = values.abs().flatten(1).amax(1).clamp(min=1e-30).view(-1, *[1] * (values.dim() - 1)) / (2 ** (bits - 1) - 1)
        p.data = (values / scale).round() * scale
    try:
        yield
    finally:
        for p, values in exact:
            p.data = values


class Run:
    """One network on its way: weights, optimiser, schedule, and the files that it leaves."""

    def __init__(self, name, head, batches, out, world):
        self.name, self.head, self.first, self.best = name, head, 0, -1.0
        self.checkpoint, self.best_path, self.log = (out / f"{name}.{e}" for e in ("ckpt", "pt", "jsonl"))
        self.net = make(name)
        free = [p for m in self.net.modules() if isinstance(m, SEBlock) for p in m.parameters()] if head.get("free_se") else []
        decayed = [p for p in self.net.parameters() if not any(p is q for q in free)]
        groups = [{"params": decayed, "weight_decay": 5e-4}, {"params": free, "weight_decay": 0}]
        self.optimiser = torch.optim.SGD([g for g in groups if g["params"]], lr=head["lr"], momentum=0.9, nesterov=True)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimiser, head["lr"], total_steps=head["epochs"] * batches)
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint)
            if state["recipe"] != head:
                raise SystemExit(f"{self.checkpoint}: was made with {state['recipe']}, this run asks for {head}: choose another --out or remove it")
            self.net.load_state_dict(state["net"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.schedule.load_state_dict(state["schedule"])
            self.first, self.best = state["epoch"], state["best"]
        elif "init" in head:
            own = self.net.state_dict()
            start = trained(out, head["init"], f"{name} starts from it")
            self.net.load_state_dict({k: v for k, v in start.items() if v.shape == own[k].shape}, strict=False)
        self.model = torch.nn.parallel.DistributedDataParallel(self.net) if world > 1 else self.net

    def bits(self, epoch):
        return self.head.get("bits", 0) if epoch >= self.head["epochs"] - self.head.get("rounded", 0) else 0

    def step(self, epoch, pixels, labels, soft):
        self.optimiser.zero_grad()
        with rounded(self.net, self.bits(epoch)):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = self.model(pixels)
            loss = torch.nn.functional.cross_entropy(logits.float(), labels, label_smoothing=self.head.get("smoothing", 0))
            if soft is not None:
                loss = (1 - self.head["share"]) * loss + self.head["share"] * divergence(logits.float(), soft, self.head["temperature"])
            loss.backward()
        self.optimiser.step()
        self.schedule.step()
        return loss.item()

    def finish(self, epoch, line):
        """Keep the weights if they are the best, tell, and write what a resumed run needs."""
        if line["val"] > self.best:
            self.best = line["val"]
            save(self.net.state_dict(), self.best_path)
        with open(self.log, "a") as f:
            f.write(json.dumps(line) + "\n")
        print(self.name, line, flush=True)
        save({"recipe": self.head, "net": self.net.state_dict(), "optimiser": self.optimiser.state_dict(),
              "schedule": self.schedule.state_dict(), "epoch": epoch, "best": self.best}, self.checkpoint)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", choices=RECIPES, nargs="+", metavar="NETWORK")
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
    recipes = [RECIPES[name] | ({"epochs": args.epochs} if args.epochs else {}) for name in args.networks]
    recipe = common(recipes[0])
    if any(common(r) != recipe for r in recipes):
        raise SystemExit(f"{' and '.join(args.networks)} have different recipes, expected one: train them one after the other")
    source = objects if recipes[0].get("net", args.networks[0]) == "objects" else data
    train, val = source.load(args.data)
    if args.limit:
        train, val = [t[:args.limit] for t in train], [t[:args.limit] for t in val]
    most = recipe.get("most", len(train[1]))
    batches = len(objects.at_most(torch.arange(len(train[1])), train[1], most)) // recipe["batch"]

    args.out.mkdir(parents=True, exist_ok=True)
    runs = []
    for name, r in zip(args.networks, recipes):
        torch.manual_seed(args.seed)
        runs.append(Run(name, {"network": name, "seed": args.seed, "limit": args.limit} | r, batches, args.out, world))
    first = runs[0].first
    if any(run.first != first for run in runs):
        raise SystemExit("; ".join(f"{run.name} has {run.first} epochs" for run in runs) + ": expected as many of each; remove the checkpoints or train them one by one")
    if first == 0 and rank == 0:
        for run in runs:
            run.log.write_text(json.dumps(run.head) + "\n")
    teachers = []
    for name in recipe.get("teachers", []):
        teachers.append(make(name).eval())
        teachers[-1].load_state_dict(trained(args.out, name, f"{args.networks[0]} learns from it"))

    for epoch in range(first, recipe["epochs"]):
        start, total = time.time(), [0.0] * len(runs)
        # Seeds are drawn anew every epoch, so a resumed run needs no random state. All processes see one order of pictures.
        order = torch.randperm(len(train[1]), generator=torch.Generator().manual_seed(1000 * args.seed + epoch))
        order = objects.at_most(order, train[1], most)
        rng = torch.Generator().manual_seed(1000 * (1000 * args.seed + epoch) + rank)
        torch.manual_seed(rng.initial_seed())
        size = recipe["crop"] if "crop" in recipe and epoch < recipe["epochs"] * 2 // 3 else val[0].shape[-1]
        for run in runs:
            run.model.train()
        for indices in order[:batches * recipe["batch"]].split(recipe["batch"]):
            indices = indices[rank::world]
            pixels, soft = data.normalise(source.augment(train[0][indices], rng, size, recipe.get("cutout", 0))), None
            if teachers:
                with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                    soft = torch.stack([(t(pixels).float() / recipe["temperature"]).softmax(1) for t in teachers]).mean(0)
            for i, run in enumerate(runs):
                total[i] += run.step(epoch, pixels, train[1][indices], soft)
        if rank:
            continue
        for i, run in enumerate(runs):
            with rounded(run.net, run.bits(epoch)):
                val_accuracy = accuracy(run.net, *val)
            run.finish(epoch + 1, {"epoch": epoch + 1, "loss": round(total[i] / batches, 4), "val": round(val_accuracy, 4), "seconds": round(time.time() - start, 1)})


if __name__ == "__main__":
    main()
