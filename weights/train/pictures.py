#!/usr/bin/env python3
"""Decode the pictures that `everyday` and the study learn from, once, into one memory-mapped array.

usage: python3 pictures.py --out OUT [--tiny DIR] [--mini DIR] [--objects DIR] [--clothes DIR]
                           [--trash DIR] [--limit N]

  --tiny     Tiny ImageNet: train/WNID/images, val/images and val/val_annotations.txt
  --mini     mini-ImageNet: train/WNID and val/WNID
  --objects  Caltech-101 and the Grocery Store data set as objects.py reads them: train/CLASS,
             train/food-CLASS, val/food-CLASS
  --clothes  the small clothing data set: train, validation and test, a folder a garment
  --trash    TrashNet: a folder a material
  --limit    the first N pictures of every folder only, for a smoke test

A source that is not named is left out. OUT receives
  pixels.npy  uint8 (N, 64, 64, 3): every picture's middle square, each pixel the mean of the area
              that it covers
  index.npz   label (N) int16: row of classes; source (N) int8: row of SOURCES; part (N) int8: row
              of PARTS; classes: the source classes by name, as everyday.tsv writes them, behind
              the first `known` of them the folders that it does not name; files (N): where each
              picture was

The parts: of every class's training pictures a share is kept for validation (4 %, of small classes
15 % up to 30 pictures); "test" are Tiny ImageNet's own validation pictures and the groceries of
other visits, "outside" the pictures that show none of the classes. Tiny ImageNet and mini-ImageNet
overlap: duplicates.py finds pictures that both have and moves them to one side.
"""
import argparse
import concurrent.futures
import pathlib
import zlib

import numpy as np
from PIL import Image

SIZE = 64
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
SPLIT_SEED = 20261127
SOURCES = ("tiny", "mini", "caltech", "grocery", "clothes", "trash")
PARTS = ("train", "val", "test", "outside", "dropped")
HERE = pathlib.Path(__file__).resolve().parent


def table(name="everyday"):
    """[(English, Chinese, [source class])], a line of NAME.tsv each, in the order of the
    outputs."""
    rows = [line.split("\t") for line in (HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines()]
    return [(en, zh, sources.split()) for en, zh, sources in rows]


def decode(path):
    """uint8 (64, 64, 3)."""
    with Image.open(path) as picture:
        picture.draft("RGB", (2 * SIZE, 2 * SIZE))
        picture = picture.convert("RGB")
        w, h = picture.size
        side = min(w, h)
        x, y = (w - side) / 2, (h - side) / 2
        return np.asarray(picture.resize((SIZE, SIZE), Image.BOX, (x, y, x + side, y + side)))


def pictures(path):
    return sorted(p for p in path.iterdir() if p.suffix.lower() in (".jpg", ".jpeg"))


def listing(args):
    """(file, class, source, is test) of every picture."""
    if args.tiny:
        for folder in sorted((args.tiny / "train").iterdir()):
            yield from ((p, folder.name, "tiny", False) for p in pictures(folder / "images")[:args.limit])
        lines = (args.tiny / "val" / "val_annotations.txt").read_text().splitlines()
        yield from ((args.tiny / "val" / "images" / name, wnid, "tiny", True) for name, wnid, *_ in (line.split("\t") for line in lines[:args.limit]))
    if args.mini:
        for folder in sorted(p for part in ("train", "val") for p in (args.mini / part).iterdir()):
            yield from ((p, folder.name, "mini", False) for p in pictures(folder)[:args.limit])
    if args.objects:
        for part in ("train", "val"):
            for folder in sorted((args.objects / part).iterdir()):
                food = folder.name.startswith("food-")
                name, source = ("g:" + folder.name[5:], "grocery") if food else ("c:" + folder.name, "caltech")
                yield from ((p, name, source, part == "val") for p in pictures(folder)[:args.limit])
    if args.clothes:
        for folder in sorted(p for part in ("train", "validation", "test") for p in (args.clothes / part).iterdir()):
            yield from ((p, "k:" + folder.name, "clothes", False) for p in pictures(folder)[:args.limit])
    if args.trash:
        for folder in sorted(p for p in args.trash.iterdir() if p.is_dir()):
            yield from ((p, "t:" + folder.name, "trash", False) for p in pictures(folder)[:args.limit])


def split(labels, classes, test, known):
    """part (N) of every picture, before duplicates are looked for."""
    part = np.zeros(len(labels), np.int8)
    for c, name in enumerate(classes):
        mine = np.flatnonzero((labels == c) & ~test)
        if c >= known:
            part[mine] = PARTS.index("outside")
            continue
        kept = round(max(0.04 * len(mine), min(0.15 * len(mine), 30)))
        order = np.random.default_rng([SPLIT_SEED, zlib.crc32(name.encode())]).permutation(mine)
        part[order[:kept]] = PARTS.index("val")
    part[test] = PARTS.index("test")
    return part


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    for source in ("tiny", "mini", "objects", "clothes", "trash"):
        parser.add_argument("--" + source, type=pathlib.Path)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)

    files, names, sources, test = zip(*listing(args))
    classes = [s for _, _, row in table() for s in row]
    known = len(classes)
    classes += sorted(set(names) - set(classes))
    number = {name: i for i, name in enumerate(classes)}
    labels, test = np.array([number[n] for n in names], np.int16), np.array(test)
    pixels = np.lib.format.open_memmap(args.out / "pixels.npy", "w+", np.uint8, (len(files), SIZE, SIZE, 3))
    with concurrent.futures.ProcessPoolExecutor() as pool:
        for i, picture in enumerate(pool.map(decode, files, chunksize=256)):
            pixels[i] = picture
    pixels.flush()
    np.savez_compressed(args.out / "index.npz", label=labels, source=np.array([SOURCES.index(s) for s in sources], np.int8),
                        part=split(labels, classes, test, known), classes=np.array(classes), known=known,
                        files=np.array(["/".join(p.parts[-3:]) for p in files]))
    print(f"{args.out}: {len(files)} pictures of {len(set(names))} source classes")


if __name__ == "__main__":
    main()
