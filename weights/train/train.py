#!/usr/bin/env python3
"""Train a network, or twins on the very same batches; an interrupted run continues where its last
epoch ended.

usage: python3 train.py NETWORK... --data DIR --out DIR [--epochs N] [--seed 1] [--device cuda]
           [--threads 1] [--limit N]
       torchrun --nproc_per_node 2 train.py NETWORK... --data ...
The second shares the same batches among processes (on the CPU).

DIR of --data holds train.bin in the CIFAR-10 binary format (see data.load), or for objects the
folders that objects.py reads. --out receives
  NETWORK.ckpt    everything a resumed run needs (weights, optimiser, schedule)
  NETWORK.pt      the weights (state_dict) of the epoch with the best validation accuracy
  NETWORK.jsonl   the log: one line with the recipe, then one line an epoch
Seeds other than 1 write NETWORK-SEED.ckpt and so on.

Every network has its recipe in RECIPES; in all of them SGD with Nesterov momentum 0.9 (or Muon, see
there), weight decay 5e-4, OneCycle to lr, cross entropy, flip and shift, bfloat16 where the
processor is fast in it. A part of the training pictures (data.SPLIT_SEED) is kept for validation;
the test data is never read here. --limit trains on the first N pictures only, for a smoke test.
Weights of other networks that a recipe names (init, teachers) are those of --out, NAME.pt.
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
from arithmetic import autocast
from attention import BLOCKS
from muon import Muon
from networks import NETWORKS

TUTORIAL = {"epochs": 20, "batch": 64, "lr": 0.1}
LIVE = {"batch": 512, "lr": 0.4, "free_se": True, "mix": 0.5}
TAUGHT = {"temperature": 4, "share": 0.9}
MUON = {"batch": 512, "lr": 0.1, "muon": 0.1, "free_se": True}
TWIN = MUON | TAUGHT | {"epochs": 100, "vary": 0.25, "mix": 0.5, "teachers": ["teacher-9"], "views": 12, "shrunk": 24, "bits": 5, "rounded": 20}
# free_se   takes the SE blocks out of the weight decay: in cnn3-se it pulls the last block's
#           weights to zero, so that all its gates stand at 0.5
# muon      the learning rate of the convolutions' weights, which Muon trains instead of SGD: see
#           muon.py
# vary      the share of the pictures that are lit in other ways, and half of it turned and scaled,
#           too
# mix       the share of the pictures that are mixed with another one, by mixup or CutMix
# crop      side of the pictures in the first two thirds of the epochs, which then cost little more
#           than half
# shrunk    side to which the stored pictures are made smaller in the first half of the epochs,
#           which then cost little more than half
# bits      in the last epochs, rounded of them, it computes with the weights that the file will
#           have, and the gradient passes the rounding (straight-through, Bengio et al. 2013,
#           arXiv:1308.3432)
# init      the network whose weights it starts from, all but those of a last layer for other
#           classes
# most      pictures of a class in one epoch, other ones every time
# others    whether it also learns the classes that objects.NAMES leaves out
# teachers  the networks that it learns from (Hinton et al. 2015, arXiv:1503.02531): share of the
#           loss is the divergence from the mean of their probabilities on the same picture, all
#           softened by temperature; the rest is the labels' cross entropy. Of a teacher that knows
#           more classes, the first ones are meant
# views     how many epochs of pictures the teachers answer for (and for their mirror images: the
#           mean counts). They stand in --out, views, and are used again and again, mirrored at
#           random, by every seed and twin: two large teachers cost more than the network that
#           learns
RECIPES = {
    "simple": TUTORIAL,
    "simple-se": TUTORIAL,
    "cnn3-se": TUTORIAL | {"epochs": 30, "free_se": True},
    "teacher": LIVE | {"epochs": 80},
    "teacher-9": MUON | {"epochs": 24, "mix": 0.3},
    "live": TWIN,
    "live-plain": TWIN,
    "resnet9": LIVE | TAUGHT | {"epochs": 108, "teachers": ["teacher"], "bits": 5, "rounded": 20},
    "objects-teacher": LIVE | {"epochs": 110, "batch": 128, "lr": 0.1, "most": 100, "others": True, "init": "teacher"},
    "objects": LIVE | TAUGHT | {"epochs": 280, "batch": 64, "lr": 0.1, "most": 100, "crop": 48, "init": "resnet9", "teachers": ["objects-teacher"]},
}


def keep_memory():
    """Let glibc keep what was freed: maps of megabytes that go back to the system at every step
    cost a fifth of an epoch in page faults."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for parameter, value in ((-4, 0), (-1, 2**31 - 1), (-2, 2**28)):  # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD
            libc.mallopt(parameter, value)


def accuracy(net, pixels, labels, batch=250):
    net.eval()
    correct = 0
    with torch.no_grad(), autocast(pixels.device):
        for i in range(0, len(labels), batch):
            correct += (net(data.normalise(pixels[i:i + batch])).argmax(1) == labels[i:i + batch]).sum().item()
    return correct / len(labels)


def save(obj, path):
    """Write beside, then rename: a run killed while writing keeps its last checkpoint. Other runs
    may write the same file."""
    tmp = path.with_suffix(f".tmp{os.getpid()}")
    torch.save(obj, tmp)
    os.replace(tmp, path)


def compiled(net, device):
    """On a GPU, whose kernels are short here, fused: a step is a matter of launches and of passes
    over memory."""
    return torch.compile(net) if device != "cpu" and hasattr(torch, "compile") else net  # PyTorch 2


def trained(out, name, why):
    """The weights of another run in the same folder."""
    path = out / f"{name}.pt"
    if not path.exists():
        raise SystemExit(f"{path}: is missing, and {why}: python3 train.py {name} makes it")
    return torch.load(path, map_location="cpu")


def divergence(logits, soft, temperature):
    """KL(soft || softmax(logits / temperature)) x temperature^2, which keeps its gradient as large
    as the cross entropy's."""
    return torch.nn.functional.kl_div((logits / temperature).log_softmax(1), soft, reduction="batchmean") * temperature**2


@contextlib.contextmanager
def rounded(net, bits):
    """Inside, large weights are the whole numbers of `sescope quantize --bits`; outside, they are
    as exact as before."""
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

    def __init__(self, name, recipe, batches, out, world, args):
        torch.manual_seed(args.seed)
        head = {"network": name, "seed": args.seed, "limit": args.limit} | recipe
        self.name, self.head, self.first, self.best = name if args.seed == 1 else f"{name}-{args.seed}", head, 0, -1.0
        self.checkpoint, self.best_path, self.log = (out / f"{self.name}.{e}" for e in ("ckpt", "pt", "jsonl"))
        self.net = NETWORKS[name]().to(args.device, memory_format=torch.channels_last)
        inside = [p for m in self.net.modules() if isinstance(m, BLOCKS) for p in m.parameters()]
        free = inside if head.get("free_se") else []
        turned = [p for p in self.net.parameters() if "muon" in head and p.dim() == 4 and not any(p is q for q in inside)]
        decayed = [p for p in self.net.parameters() if not any(p is q for q in free + turned)]
        groups = [{"params": decayed, "weight_decay": 5e-4}, {"params": free, "weight_decay": 0}]
        self.optimisers = [torch.optim.SGD([g for g in groups if g["params"]], lr=head["lr"], momentum=0.9, nesterov=True)]
        if turned:
            self.optimisers.append(Muon(turned, lr=head["muon"]))
        steps, rise = head["epochs"] * batches, 0.15 if turned else 0.3
        self.schedules = [torch.optim.lr_scheduler.OneCycleLR(o, rate, total_steps=steps, pct_start=rise, cycle_momentum=not turned)
                          for o, rate in zip(self.optimisers, (head["lr"], head.get("muon")))]
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, map_location=args.device)
            if state["recipe"] != head:
                raise SystemExit(f"{self.checkpoint}: was made with {state['recipe']}, this run asks for {head}: choose another --out or remove it")
            self.net.load_state_dict(state["net"])
            for kept, part in zip(state["parts"], self.optimisers + self.schedules):
                part.load_state_dict(kept)
            self.first, self.best = state["epoch"], state["best"]
        elif "init" in head:
            own = self.net.state_dict()
            start = trained(out, head["init"], f"{name} starts from it")
            self.net.load_state_dict({k: v for k, v in start.items() if v.shape == own[k].shape}, strict=False)
        self.model = torch.nn.parallel.DistributedDataParallel(self.net) if world > 1 else compiled(self.net, args.device)

    def bits(self, epoch):
        return self.head.get("bits", 0) if epoch >= self.head["epochs"] - self.head.get("rounded", 0) else 0

    def step(self, epoch, pixels, targets, soft):
        """One step on pixels (N, 3, H, W) with targets (N, classes) and, from teachers, softened
        probabilities (N, classes)."""
        for optimiser in self.optimisers:
            optimiser.zero_grad()
        with rounded(self.net, self.bits(epoch)):
            with autocast(pixels.device):
                logits = self.model(pixels)
            loss = torch.nn.functional.cross_entropy(logits.float(), targets)
            if soft is not None:
                loss = (1 - self.head["share"]) * loss + self.head["share"] * divergence(logits.float(), soft, self.head["temperature"])
            loss.backward()
        for part in self.optimisers + self.schedules:
            part.step()
        return loss.detach()

    def finish(self, epoch, line):
        """Keep the weights if they are the best, tell, and write what a resumed run needs."""
        if line["val"] > self.best:
            self.best = line["val"]
            save(self.net.state_dict(), self.best_path)
        with open(self.log, "a") as f:
            f.write(json.dumps(line) + "\n")
        print(self.name, line, flush=True)
        save({"recipe": self.head, "net": self.net.state_dict(), "parts": [part.state_dict() for part in self.optimisers + self.schedules],
              "epoch": epoch, "best": self.best}, self.checkpoint)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", choices=RECIPES, nargs="+", metavar="NETWORK")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args(argv)

    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    if world > 1:
        dist.init_process_group("gloo")
    keep_memory()
    torch.set_num_threads(args.threads)
    torch.backends.cudnn.benchmark = True
    recipe = RECIPES[args.networks[0]] | ({"epochs": args.epochs} if args.epochs else {})
    if any(RECIPES[name] != RECIPES[args.networks[0]] for name in args.networks):
        raise SystemExit(f"{' and '.join(args.networks)} have different recipes, expected one: train them one after the other")
    source = objects if args.networks[0].startswith("objects") else data
    train, val = objects.load(args.data, recipe.get("others", False)) if source is objects else data.load(args.data)
    if args.limit:
        train, val = [t[:args.limit] for t in train], [t[:args.limit] for t in val]
    most = recipe.get("most", len(train[1]))
    batches = len(objects.at_most(torch.arange(len(train[1])), train[1], most)) // recipe["batch"]
    train, val = ([t.to(args.device) for t in part] for part in (train, val))

    args.out.mkdir(parents=True, exist_ok=True)
    runs = [Run(name, recipe, batches, args.out, world, args) for name in args.networks]
    first = runs[0].first
    if any(run.first != first for run in runs):
        raise SystemExit("; ".join(f"{run.name} has {run.first} epochs" for run in runs) + ": expected as many of each; remove the checkpoints or train them one by one")
    if first == 0 and rank == 0:
        for run in runs:
            run.log.write_text(json.dumps(run.head) + "\n")
    teachers = []
    for name in recipe.get("teachers", []):
        teacher = NETWORKS[name]().to(args.device, memory_format=torch.channels_last).eval()
        teacher.load_state_dict(trained(args.out, name, f"{args.networks[0]} learns from it"))
        teachers.append(compiled(teacher, args.device))
    classes = runs[0].net.fc.out_features if hasattr(runs[0].net, "fc") else len(data.CLASSES)

    def fresh(order, rng, size):
        """Batches of new pictures: normalised pixels, targets (N, classes) and the teachers'
        softened probabilities (N, classes) or None."""
        for indices in order[:batches * recipe["batch"]].split(recipe["batch"]):
            pixels, targets = change(indices[rank::world], rng, size)
            pixels = data.normalise(pixels)
            yield pixels, targets, answer(pixels) if teachers else None

    def change(indices, rng, size):
        pixels = data.vary(train[0][indices], rng, recipe["vary"]) if "vary" in recipe else source.augment(train[0][indices], rng, size)
        targets = torch.nn.functional.one_hot(train[1][indices], classes).float()
        return data.mix(pixels, targets, rng, recipe["mix"]) if "mix" in recipe else (pixels, targets)

    def answer(pixels):
        with torch.no_grad(), autocast(args.device):
            return torch.stack([(t(pixels)[:, :classes].float() / recipe["temperature"]).softmax(1) for t in teachers]).mean(0)

    def stored(epoch, rng, order, size):
        """The same, out of a view that this run or another one wrote."""
        k = (epoch + 16 * (args.seed - 1)) % recipe["views"]  # seeds side by side begin with different ones
        path, of = args.out / "views" / f"{k}.pt", {key: recipe[key] for key in ("views", "vary", "mix", "teachers", "temperature", "batch")} | {"limit": args.limit}
        if not path.exists() and rank == 0:
            path.parent.mkdir(exist_ok=True)
            save({"of": of, "batches": list(seen(k))}, path)
        if world > 1:
            dist.barrier()
        view = torch.load(path, map_location=args.device)
        if view["of"] != of:
            raise SystemExit(f"{path}: was made with {view['of']}, this run asks for {of}: choose another --out or remove it")
        pixels, targets, soft = (torch.cat(parts) for parts in zip(*view["batches"]))
        for indices in order[order < len(pixels)].split(recipe["batch"]):
            indices = indices[rank::world]
            mirror = data.uniform(rng, 0, 1, len(indices), 1, 1, 1) < 0.5
            yield data.normalise(data.sized(torch.where(mirror, pixels[indices].flip(3), pixels[indices]), size)), targets[indices], soft[indices]

    def seen(k):
        """One epoch of pictures with the teachers' answers; its seed is its number, so it does not
        matter who makes it."""
        rng = torch.Generator(args.device).manual_seed(k)
        for indices in torch.randperm(len(train[1]), generator=torch.Generator().manual_seed(k)).to(args.device)[:batches * recipe["batch"]].split(recipe["batch"]):
            pixels, targets = change(indices, rng, val[0].shape[-1])
            pixels = pixels.round().to(torch.uint8)
            soft = (answer(data.normalise(pixels)) + answer(data.normalise(pixels.flip(3)))) / 2
            yield pixels.contiguous(), targets, soft

    for epoch in range(first, recipe["epochs"]):
        start, total = time.time(), [0.0] * len(runs)
        # Seeds are drawn anew every epoch, so a resumed run needs no random state. All processes
        # see one order of pictures.
        order = torch.randperm(len(train[1]), generator=torch.Generator().manual_seed(1000 * args.seed + epoch))
        order = objects.at_most(order.to(args.device), train[1], most)
        rng = torch.Generator(args.device).manual_seed(1000 * (1000 * args.seed + epoch) + rank)
        torch.manual_seed(rng.initial_seed())
        size = val[0].shape[-1]
        if "crop" in recipe and epoch < recipe["epochs"] * 2 // 3:
            size = recipe["crop"]
        if "shrunk" in recipe and epoch < recipe["epochs"] // 2:
            size = recipe["shrunk"]
        for run in runs:
            run.model.train()
        for pixels, targets, soft in stored(epoch, rng, order, size) if "views" in recipe else fresh(order, rng, size):
            for i, run in enumerate(runs):
                total[i] += run.step(epoch, pixels, targets, soft)
        if rank:
            continue
        for i, run in enumerate(runs):
            with rounded(run.net, run.bits(epoch)):
                val_accuracy = accuracy(run.net, *val)
            run.finish(epoch + 1, {"epoch": epoch + 1, "loss": round(float(total[i]) / batches, 4), "val": round(val_accuracy, 4), "seconds": round(time.time() - start, 1)})


if __name__ == "__main__":
    main()
