#!/usr/bin/env python3
"""Train `everyday`, or a network of the study, within a budget of minutes or of pictures.

usage: python3 everyday.py NETWORK --data DIR --out DIR (--minutes N | --pictures N) [--seed 1]
                           [--limit N] [--device cuda] [--init WEIGHTS]
       torchrun --nproc_per_node 2 -r 1 -t 1 everyday.py NETWORK ...

--out receives
  NETWORK.ckpt    everything a resumed run needs: an interrupted one continues at its last lap
  NETWORK.pt      the running mean of the weights (state_dict), rewritten at every lap
  NETWORK.jsonl   the log: one line with the recipe, then one line a lap of LAP pictures; the tiny
                  networks end with a line on Tiny ImageNet's validation pictures, for study.py
Seeds other than 1 write NETWORK-SEED.ckpt and so on. DIR of --data is pictures.py's --out. Batches
depend on seed and place alone, so with --pictures all networks of a seed see the same ones.

Learning rate and side of the pictures follow the share of the budget that is spent, so a run on a
busy machine still ends annealed; with --pictures it also repeats exactly. Recipes stand in RECIPES.
bfloat16 or float32 is chosen by timing a few steps of each. --limit makes a lap of N pictures, for
a smoke test.

Processes under torchrun take every other batch each and share what they learned by averaging their
weights every AVERAGE steps (local SGD, Stich 2019, arXiv:1805.09767): on a busy machine nobody then
waits for another at every step.
"""
import argparse
import contextlib
import itertools
import json
import math
import os
import pathlib
import queue
import threading
import time

import numpy as np
import torch
import torch.distributed as dist
from torch.nn import functional as F

import data
import safetensors
from arithmetic import autocast, fastest
from attention import BLOCKS, KINDS
from data import sized
from networks import NETWORKS, state_of
from pictures import MEAN, PARTS, SIZE, SOURCES, STD, table
from train import keep_memory, rounded, save
from webcam import augment, calm

LAP = 51200
AVERAGE = 8
# sizes   side of the pictures up to each share of the budget
# rise    share of the budget in which the learning rate rises; it then falls to zero along a cosine
# smooth  label smoothing (Szegedy et al. 2016, arXiv:1512.00567)
# share   what the sources' own classes have of the loss
# mean    of the running mean of the weights: what is kept of it at a step
# few     a class of fewer pictures than this is repeated in an epoch, up to times
# only    the source whose pictures and classes make up the set
# free    whether the weight decay leaves the attention's weights alone, as it does without this
# bits    in the last part of the budget, rounded of it, it computes with the weights that the file
#         will have, as train.py's networks do
# webcam  whether pictures are also seen at a slant and through JPEG
# calm    in the last part of the budget, calm of it, pictures are hardly changed any more
# settled  of so many training pictures as they are, at the side shown, the batch norms' statistics
#         are measured at the end: those of pictures that a webcam spoilt cost it seven points
# arithmetic  float32 or bfloat16; without it, the faster: twins have to be computed alike
# shown   side of the pictures that the network is measured on and made for, 64 without it: a little
#         more than in training costs nothing (Touvron et al. 2019, arXiv:1906.06423)
BASE = {"batch": 128, "lr": 0.12, "rise": 0.08, "sizes": [[0.4, 32], [0.8, 48], [1, 64]], "smooth": 0.1, "decay": 5e-4, "mean": 0.998, "few": 150, "times": 4}
TWIN = BASE | {"only": "tiny", "arithmetic": "bfloat16", "sizes": [[0.5, 32], [1, 48]], "shown": 56}
RECIPES = {
    "everyday": BASE | {"share": 0.5, "decay": 2.5e-4, "sizes": [[0.15, 32], [0.6, 48], [1, 56]], "bits": 5, "rounded": 0.25, "webcam": True, "calm": 0.2,
                               "settled": 12800, "times": 8},
} | {f"tiny-{kind}": TWIN for kind in ("none", *KINDS)} | {
    # The study as it was first done, and trials of what it left open, one thing each.
    f"basic-{kind}": TWIN | {"arithmetic": "float32"} for kind in ("none", *KINDS)} | {
    name: TWIN | ({"free": False} if name == "trial-decay" else {}) for name in NETWORKS if name.startswith("trial-")}


class Pictures:
    """The memory-mapped set and, for each part, its rows; targets are (our class, source class).

    With only, the set is that source, and its own classes in the order of their names are ours."""

    def __init__(self, root, only=None):
        index = np.load(root / "index.npz")
        self.pixels = np.load(root / "pixels.npy", mmap_mode="r")
        self.part, self.source, self.label = index["part"], index["source"], torch.from_numpy(index["label"].astype(np.int64))
        merged = {s: i for i, (_, _, row) in enumerate(table()) for s in row}
        self.merge = torch.tensor([merged.get(str(c), -1) for c in index["classes"]])
        self.chosen = np.ones(len(self.part), bool)
        if only:
            self.chosen = self.source == SOURCES.index(only)
            names = sorted(str(index["classes"][c]) for c in np.unique(index["label"][self.chosen]))
            self.merge = torch.tensor([names.index(str(c)) if str(c) in names else -1 for c in index["classes"]])

    def rows(self, part):
        return np.flatnonzero((self.part == PARTS.index(part)) & self.chosen)

    def get(self, rows):
        """uint8 (N, 3, 64, 64) in channels-last memory, and the labels of both kinds."""
        label = self.label[rows]
        return torch.from_numpy(self.pixels[rows]).permute(0, 3, 1, 2), self.merge[label], label


def normalise(pixels):
    """0..255 -> (x / 255 - mean) / std, float32, channels last."""
    mean, std = (torch.tensor(v, device=pixels.device).view(1, 3, 1, 1) for v in (MEAN, STD))
    return (pixels.float() / (255 * std) - mean / std).contiguous(memory_format=torch.channels_last)


class Budget:
    """How much of the run is done, 0..1, by minutes of work or by pictures. now is what all
    processes go by."""

    def __init__(self, args):
        self.minutes, self.pictures, self.seconds, self.done, self.start, self.now = args.minutes, args.pictures, 0.0, 0, time.time(), 0.0

    def spent(self):
        return self.seconds + time.time() - self.start

    def share(self):
        return min(1.0, self.spent() / (60 * self.minutes) if self.minutes else self.done / self.pictures)


def side(recipe, share):
    return next(size for end, size in recipe["sizes"] if share < end or end == 1)


def bits(recipe, share):
    """Of the weights that a step at this share of the budget computes with; 0: all."""
    return recipe.get("bits", 0) if share > 1 - recipe.get("rounded", 0) else 0


def rate(recipe, share):
    """From a tenth of lr up to lr, then down to nothing along half a cosine."""
    if share < recipe["rise"]:
        return recipe["lr"] * (0.1 + 0.9 * share / recipe["rise"])
    return recipe["lr"] * 0.5 * (1 + math.cos(math.pi * (share - recipe["rise"]) / (1 - recipe["rise"])))


def epoch_order(rows, label, recipe, seed):
    """The rows of one epoch in random order; those of small classes more than once."""
    count = np.bincount(label[rows])[label[rows]]
    times = np.clip(np.ceil(recipe["few"] / count), 1, recipe["times"]).astype(int)
    return np.random.default_rng(seed).permutation(np.repeat(rows, times))


def batches(pictures, recipe, budget, seed, numbers, ready, device, enough):
    """Put batches of these numbers into the queue: normalised pixels, classes, source classes.

    It runs in a thread of its own, until enough is set: PyTorch aborts a program that ends under
    one."""
    rows, label, n = pictures.rows("train"), pictures.label.numpy(), recipe["batch"]
    per_epoch = len(epoch_order(rows, label, recipe, 0)) // n
    order, known = None, -1
    for number in numbers:
        epoch, at = divmod(number, per_epoch)
        if epoch != known:
            order, known = epoch_order(rows, label, recipe, [seed, epoch]), epoch
        rng = torch.Generator(device).manual_seed(1_000_000 * seed + number)
        pixels, classes, sources = (v.to(device) for v in pictures.get(order[at * n:at * n + n]))
        share = budget.now if budget.minutes else number * n / budget.pictures
        size = side(recipe, share)
        changed = calm(pixels, rng, size) if share > 1 - recipe.get("calm", 0) else augment(pixels, rng, size, recipe.get("webcam", False))
        batch = normalise(changed), classes, sources
        while not enough.is_set():
            with contextlib.suppress(queue.Full):
                ready.put(batch, timeout=0.1)
                break
        if enough.is_set():
            return


def together(budget, values, world):
    """Average what the processes learned; the first one's clock says how far they are."""
    budget.now = budget.share()
    if world > 1:
        flat = torch.cat([v.flatten() for v in values])
        dist.all_reduce(flat)
        flat /= world
        with torch.no_grad():
            for v, part in zip(values, flat.split([v.numel() for v in values])):
                v.copy_(part.view_as(v))
        now = torch.tensor([budget.now], dtype=torch.float64)
        dist.broadcast(now, 0)
        budget.now = now.item()


def answers(net, pictures, rows, kind=torch.float32, side=SIZE, batch=200):
    """Logits of the classes and of the sources' classes (or None), float32, over rows."""
    net.eval()
    device, out = next(net.parameters()).device, []
    with torch.no_grad(), autocast(device, kind):
        for i in range(0, len(rows), batch):
            x = normalise(sized(pictures.get(rows[i:i + batch])[0].to(device), side))
            out.append([v if v is None else v.float().cpu() for v in net.both(x)])
    return [v[0] if v[0] is None else torch.cat(v) for v in zip(*out)]


def cost(net, x, y, z, recipe):
    """Cross entropy with the classes and, if the network names them, with the sources' own
    classes."""
    logits, fine = net.both(x)
    loss = F.cross_entropy(logits.float(), y, label_smoothing=recipe["smooth"])
    if fine is None:
        return loss
    return (1 - recipe["share"]) * loss + recipe["share"] * F.cross_entropy(fine.float(), z, label_smoothing=recipe["smooth"])


def figures(net, pictures, rows, kind, side):
    """{"val", "val top-5"} over rows, and "sources" if the network names the sources' own
    classes."""
    (logits, fine), (classes, sources) = answers(net, pictures, rows, kind, side), pictures.get(rows)[1:]
    found = {"val": top(logits, classes, 1), "val top-5": top(logits, classes, 5)} | ({} if fine is None else {"sources": top(fine, sources, 1)})
    return {k: round(v, 4) for k, v in found.items()}


def final(net, pictures, kind, side):
    """The line that ends a log of the study: accuracy on the test pictures, and with all gates at
    1."""
    rows = pictures.rows("test")
    line = {"test" + k[3:]: v for k, v in figures(net, pictures, rows, kind, side).items()}
    hooks = [m.excitation.register_forward_hook(lambda _m, _i, out: torch.ones_like(out)) for m in net.modules() if isinstance(m, BLOCKS)]
    if hooks:
        line["test, gates at 1"] = figures(net, pictures, rows, kind, side)["val"]
    for hook in hooks:
        hook.remove()
    return line


def weights_of(path):
    """The state_dict of a .pt, or of a file as it is shipped."""
    return torch.load(path, map_location="cpu") if path.suffix != ".safetensors" else state_of(safetensors.read(path)[0])


def settle(net, pictures, count, kind, side, batch=128):
    """Measure the batch norms' means and variances on count training pictures as they are."""
    norms = [m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for m in norms:
        m.reset_running_stats()
        m.momentum = None  # the mean of all batches
    net.train()
    rows, device = np.random.default_rng(data.SPLIT_SEED).permutation(pictures.rows("train"))[:count], next(net.parameters()).device
    with torch.no_grad(), autocast(device, kind):
        for i in range(0, len(rows), batch):
            net(normalise(sized(pictures.get(rows[i:i + batch])[0].to(device), side)))
    for m in norms:
        m.momentum = 0.1


def top(logits, labels, k):
    return (logits.topk(k, 1)[1] == labels[:, None]).any(1).float().mean().item()


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=RECIPES)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    amount = parser.add_mutually_exclusive_group(required=True)
    amount.add_argument("--minutes", type=float)
    amount.add_argument("--pictures", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--init", type=pathlib.Path, help="a state_dict or a shipped file to start from, of the same network or of one with fewer blocks")
    args = parser.parse_args(argv)
    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    if world > 1:
        dist.init_process_group("gloo")
    keep_memory()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)

    shown = RECIPES[args.network].get("shown", SIZE)
    recipe, pictures, lap = RECIPES[args.network], Pictures(args.data, RECIPES[args.network].get("only")), args.limit or LAP
    head = {"network": args.network, "init": args.init and args.init.name, "seed": args.seed, "minutes": args.minutes, "pictures": args.pictures, "limit": args.limit} | recipe
    name = args.network if args.seed == 1 else f"{args.network}-{args.seed}"
    checkpoint, weights, log = (args.out / f"{name}.{e}" for e in ("ckpt", "pt", "jsonl"))
    net, mean = (NETWORKS[args.network]().to(args.device, memory_format=torch.channels_last) for _ in range(2))
    if args.init:
        net.begin(weights_of(args.init))
    mean.load_state_dict(net.state_dict())
    free = {p for m in net.modules() if isinstance(m, BLOCKS) and recipe.get("free", True) for p in m.parameters()} | {p for p in net.parameters() if p.dim() == 1}
    optimiser = torch.optim.SGD([{"params": [p for p in net.parameters() if p not in free], "weight_decay": recipe["decay"]},
                                 {"params": [p for p in net.parameters() if p in free], "weight_decay": 0}], lr=recipe["lr"], momentum=0.9, nesterov=True)
    kind = getattr(torch, recipe["arithmetic"]) if "arithmetic" in recipe else fastest(args.device)
    number, budget = 0, Budget(args)
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=args.device)
        if state["recipe"] != head:
            raise SystemExit(f"{checkpoint}: was made with {state['recipe']}, this run asks for {head}: choose another --out or remove it")
        net.load_state_dict(state["net"])
        mean.load_state_dict(state["mean"])
        optimiser.load_state_dict(state["optimiser"])
        if state["share"] == 1:
            print(f"{checkpoint}: this run is finished")
            return
        kind = getattr(torch, state.get("arithmetic", str(kind)).removeprefix("torch."))
        number, budget.seconds, budget.now = state["number"], state["seconds"], state["share"]
        budget.done = number * recipe["batch"]
        if rank == 0:
            with open(log, "a") as f:
                f.write(json.dumps({"resumed at": budget.done, "processes": world}) + "\n")
    elif rank == 0:
        log.write_text(json.dumps(head | {"arithmetic": str(kind), "processes": world}) + "\n")
    val = np.random.default_rng(args.seed).permutation(pictures.rows("val"))[:min(2000, lap)]

    ready, enough = queue.Queue(4), threading.Event()
    loader = threading.Thread(target=batches, daemon=True, args=(
        pictures, recipe, budget, args.seed, itertools.count(number + rank, world), ready, args.device, enough))
    loader.start()
    current, averaged = ([v for v in m.state_dict().values() if v.is_floating_point()] for m in (net, mean))
    total, steps, waited, every = 0.0, 0, 0.0, AVERAGE if world > 1 else 1
    while budget.now < 1:
        net.train()
        for _ in range(every):
            start = time.time()
            x, y, z = ready.get()
            waited += time.time() - start
            for group in optimiser.param_groups:
                group["lr"] = rate(recipe, budget.now)
            optimiser.zero_grad(set_to_none=True)
            with rounded(net, bits(recipe, budget.now)):
                with autocast(x.device, kind):
                    loss = cost(net, x, y, z, recipe)
                loss.backward()
            optimiser.step()
            number, steps, total = number + world, steps + 1, total + loss.item()
        before, budget.done = budget.done, number * recipe["batch"]
        together(budget, current, world)
        with torch.no_grad():
            keep = min(recipe["mean"] ** every, (1 + number) / (10 + number))
            torch._foreach_mul_(averaged, keep)
            torch._foreach_add_(averaged, current, alpha=1 - keep)
        if rank == 0 and (budget.done // lap > before // lap or budget.now == 1):
            with rounded(mean, bits(recipe, budget.now)):
                if budget.now == 1 and "settled" in recipe:
                    settle(mean, pictures, recipe["settled"], kind, shown)
                found = figures(mean, pictures, val, kind, shown)
            line = {"pictures": budget.done, "share": round(budget.now, 4), "side": x.shape[-1], "lr": round(rate(recipe, budget.now), 5),
                    "loss": round(total / steps, 4)} | found
            line |= {"seconds": round(budget.spent(), 1), "waited": round(waited, 1)}
            if budget.now == 1 and "only" in recipe:
                line |= final(mean, pictures, kind, shown)
            with open(log, "a") as f:
                f.write(json.dumps(line) + "\n")
            print(name, line, flush=True)
            save(mean.state_dict(), weights)
            save({"recipe": head, "net": net.state_dict(), "mean": mean.state_dict(), "optimiser": optimiser.state_dict(), "number": number,
                  "seconds": budget.spent(), "share": budget.now, "arithmetic": str(kind)}, checkpoint)
            total, steps, waited = 0.0, 0, 0.0
    enough.set()
    loader.join()


if __name__ == "__main__":
    main()
