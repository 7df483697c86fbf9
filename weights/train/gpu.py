#!/usr/bin/env python3
"""Train everything side by side on a machine with a GPU, from data in pieces that are easily sent.

usage: python3 gpu.py pack --pieces DIR [--pictures SET] [--cifar CIFAR] [--most MB]
       python3 gpu.py run --pieces DIR --data DIR --out DIR [--minutes N] [--only NAME,NAME]
                          [--device cuda] [--limit N]

pack writes pictures-000.npz and so on from pictures.py's --out (as JPEG of quality 95), and
cifar-000.npz and so on from CIFAR's train.bin (as PNG, without loss), none above 60 MB (--most).
They may be sent one by one, and this folder with them.

run unpacks what it has into --data, once, and says which pieces are missing. Then all of JOBS whose
data are there start at once and write into --out what everyday.py and train.py write: weights, logs
and checkpoints, of every process NAME.log, too. After --minutes they are stopped; called again with
the same --out, each goes on where its last checkpoint is. --only names jobs; --limit makes them a
smoke test of N pictures.

What comes back, NAME.pt and NAME.jsonl, is taken from there by export.py, report.py, study.py,
seeds.py and card.py as README.md says.
"""
import argparse
import concurrent.futures
import io
import math
import pathlib
import subprocess
import sys
import time
import zipfile

import numpy as np
from PIL import Image

from attention import KINDS

HERE = pathlib.Path(__file__).resolve().parent
RECORD = (3, 32, 32)
SEEDS = (1, 2, 3)
PICTURES = {"everyday": 9_000_000, "tiny": 3_600_000}  # some forty epochs of each

# By name, commands that follow one another; what comes behind "pictures" or "cifar" is that set.
JOBS = {
    "everyday": [["everyday.py", "everyday", "pictures"]],
} | {
    f"tiny-{kind}-{seed}": [["everyday.py", f"tiny-{kind}", "pictures", "--seed", str(seed)]] for seed in SEEDS for kind in ("none", *KINDS)
} | {
    "live": [["train.py", "teacher-9", "cifar"]]
            + [["train.py", "live", "live-plain", "cifar", "--seed", str(seed)] for seed in SEEDS],
} | {name: [["train.py", name, "cifar"]] for name in ("simple", "simple-se", "cnn3-se")}


def encode(item):
    pixels, form = item
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form, **({"quality": 95, "subsampling": 0} if form == "JPEG" else {"optimize": True}))
    return out.getvalue()


def decode(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def write_pieces(folder, name, pixels, form, index, most):
    """pixels (N, H, W, 3) and, in the first piece, the bytes of an index; no file above most
    bytes."""
    for old in folder.glob(f"{name}-*.npz"):
        old.unlink()
    room, pieces, size = most - 100_000 - len(index), [[]], 0
    if room <= 0:
        raise SystemExit(f"{name}: pieces of {most} bytes have no room for an index of {len(index)}, expected more")
    with concurrent.futures.ProcessPoolExecutor() as pool:
        for data in pool.map(encode, ((p, form) for p in pixels), chunksize=256):
            if size + len(data) + 4 > room and pieces[-1]:
                pieces.append([])
                size = 0
            pieces[-1].append(data)
            size += len(data) + 4  # and its length
    for i, piece in enumerate(pieces):
        np.savez(folder / f"{name}-{i:03d}.npz", of=len(pieces), blob=np.frombuffer(b"".join(piece), np.uint8), sizes=np.array([len(d) for d in piece], np.uint32),
                 index=np.frombuffer(index if i == 0 else b"", np.uint8))
    print(f"{name}: {len(pixels)} pictures in {len(pieces)} pieces, {sum(len(d) for p in pieces for d in p) / 1e6:.1f} MB")


def opened(file):
    """What a piece holds, by name."""
    try:
        with np.load(file) as piece:
            return {name: piece[name] for name in ("of", "blob", "sizes", "index")}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as err:
        raise SystemExit(f"{file}: {err}: this is no piece of gpu.py pack, or it was damaged on the way")


def read_pieces(folder, name):
    """(pictures (N, H, W, 3), bytes of the index), or None without a piece of that name."""
    files = sorted(folder.glob(f"{name}-*.npz"))
    if not files:
        return None
    count = int(opened(files[0])["of"])
    missing = [f"{name}-{i:03d}.npz" for i in range(count) if not (folder / f"{name}-{i:03d}.npz").exists()]
    if missing:
        raise SystemExit(f"{folder}: {len(missing)} of {count} pieces are missing: {', '.join(missing)}; bring them and run this again")
    index, pictures = b"", []
    with concurrent.futures.ProcessPoolExecutor() as pool:
        for i in range(count):
            piece = opened(folder / f"{name}-{i:03d}.npz")
            ends, blob = np.cumsum(piece["sizes"].astype(np.int64)), piece["blob"].tobytes()
            index += piece["index"].tobytes()
            pictures += pool.map(decode, (blob[a:b] for a, b in zip(ends - piece["sizes"], ends)), chunksize=256)
    return np.stack(pictures), index


def pack(args):
    args.pieces.mkdir(parents=True, exist_ok=True)
    most = int(args.most * 1e6)
    if args.pictures:
        write_pieces(args.pieces, "pictures", np.load(args.pictures / "pixels.npy", mmap_mode="r"), "JPEG", (args.pictures / "index.npz").read_bytes(), most)
    if args.cifar:
        records = np.fromfile(args.cifar / "train.bin", np.uint8).reshape(-1, 1 + math.prod(RECORD))
        write_pieces(args.pieces, "cifar", records[:, 1:].reshape(-1, *RECORD).transpose(0, 2, 3, 1), "PNG", records[:, 0].tobytes(), most)


def unpack(pieces, data):
    """The sets that are there, by name, each a folder of data."""
    sets = {}
    for name, last in (("pictures", "index.npz"), ("cifar", "train.bin")):
        folder = data / name
        if not (folder / last).exists():
            read = read_pieces(pieces, name)
            if read is None:
                continue
            pixels, index = read
            folder.mkdir(parents=True, exist_ok=True)
            if name == "pictures":
                np.save(folder / "pixels.npy", pixels)
            else:
                index = np.concatenate([np.frombuffer(index, np.uint8)[:, None], pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1)], 1).tobytes()
            (folder / (last + ".part")).write_bytes(index)
            (folder / (last + ".part")).rename(folder / last)  # written last: a set without it is none
        sets[name] = folder
    return sets


def command(line, sets, args):
    """A line of JOBS as a process's arguments."""
    script, rest = line[0], list(line[1:])
    at = next(i for i, word in enumerate(rest) if word in sets)
    rest[at:at + 1] = ["--data", str(sets[rest[at]]), "--out", str(args.out), "--device", args.device]
    if script == "everyday.py":
        rest += ["--pictures", str(args.limit or PICTURES[line[1].split("-")[0]])]
    if args.limit:
        rest += ["--limit", str(args.limit)] + (["--epochs", "1"] if script == "train.py" else [])
    return [sys.executable, str(HERE / script), *rest]


def run(args):
    wanted = args.only.split(",") if args.only else list(JOBS)
    if unknown := [name for name in wanted if name not in JOBS]:
        raise SystemExit(f"no job {', '.join(unknown)}, expected of {', '.join(JOBS)}")
    sets, started, failed = unpack(args.pieces, args.data), time.time(), []
    waiting = {name: list(JOBS[name]) for name in wanted if all(set(line) & set(sets) for line in JOBS[name])}
    if left := [name for name in wanted if name not in waiting]:
        print(f"without their data, left out: {', '.join(left)}", flush=True)
    if not waiting:
        raise SystemExit(f"{args.pieces}: holds no piece of what these learn from")
    args.out.mkdir(parents=True, exist_ok=True)
    running = {}
    while waiting or running:
        for name in [n for n in waiting if n not in running]:
            lines = waiting[name]
            if not lines:
                del waiting[name]
                continue
            with open(args.out / f"{name}.log", "a") as log:
                running[name] = subprocess.Popen(command(lines.pop(0), sets, args), stdout=log, stderr=subprocess.STDOUT, cwd=HERE)
        for name, process in list(running.items()):
            if process.poll() is None:
                continue
            del running[name]
            if process.returncode:
                failed.append(name)
                waiting.pop(name, None)
                print(f"{name} failed, see {args.out / name}.log", flush=True)
        if args.minutes and time.time() - started > 60 * args.minutes:
            for process in running.values():
                process.terminate()
            for process in running.values():
                process.wait()
            print(f"stopped after {args.minutes:g} minutes: {', '.join(running)}; run this again to go on", flush=True)
            break
        time.sleep(0.2)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    packing, running = verbs.add_parser("pack"), verbs.add_parser("run")
    for verb in (packing, running):
        verb.add_argument("--pieces", type=pathlib.Path, required=True)
    packing.add_argument("--pictures", type=pathlib.Path)
    packing.add_argument("--cifar", type=pathlib.Path)
    packing.add_argument("--most", type=float, default=60, help="a piece's largest size in MB")
    running.add_argument("--data", type=pathlib.Path, required=True)
    running.add_argument("--out", type=pathlib.Path, required=True)
    running.add_argument("--minutes", type=float)
    running.add_argument("--only")
    running.add_argument("--device", default="cuda")
    running.add_argument("--limit", type=int)
    args = parser.parse_args(argv)
    for name, value in vars(args).items():
        if isinstance(value, pathlib.Path):
            setattr(args, name, value.resolve())  # the processes start in this folder
    (pack if args.verb == "pack" else run)(args)


if __name__ == "__main__":
    main()
