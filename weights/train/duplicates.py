#!/usr/bin/env python3
"""Find pictures that Tiny ImageNet and mini-ImageNet both have and keep them on one side of the
split.

usage: python3 duplicates.py DIR [--threshold 0.88]        after pictures.py; DIR is its --out

Both data sets were cut from the same photographs, perhaps differently, so a picture is compared by
content: its middle in grey, averaged to 12 x 12, mean taken off and length made one (a perceptual
hash of real numbers). Two pictures of one source class are the same if the product of their
vectors, also mirrored, is above the threshold; it errs on the side of calling two alike (a tenth of
them at 0.9, by eye). Every picture of such a group goes where the most protected one is: with one
of Tiny ImageNet's validation pictures in it, the others are dropped; with one of the validation
split, all of the group are validation. index.npz is rewritten.
"""
import argparse
import pathlib

import numpy as np

from pictures import PARTS

SIDE = 12


def vectors(pixels):
    """uint8 (N, 64, 64, 3) -> float32 (N, 144), each of length one."""
    grey = pixels[:, 2:62, 2:62].mean(3, dtype=np.float32)
    small = grey.reshape(len(grey), SIDE, 5, SIDE, 5).mean((2, 4))
    small -= small.mean((1, 2), keepdims=True)
    return (small / np.maximum(np.sqrt((small**2).sum((1, 2), keepdims=True)), 1e-6))


def groups(pixels, threshold):
    """[[position]] of pictures that are the same."""
    v = vectors(pixels)
    flat, mirrored = v.reshape(len(v), -1), v[:, :, ::-1].reshape(len(v), -1)
    alike = np.triu(np.maximum(flat @ flat.T, flat @ mirrored.T), 1)
    parent = list(range(len(v)))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in zip(*np.nonzero(alike > threshold)):
        parent[root(j)] = root(i)
    found = {}
    for i in range(len(v)):
        found.setdefault(root(i), []).append(i)
    return [g for g in found.values() if len(g) > 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("--threshold", type=float, default=0.88)
    args = parser.parse_args()
    pixels, index = np.load(args.dir / "pixels.npy", mmap_mode="r"), dict(np.load(args.dir / "index.npz"))
    label, part, source = index["label"], index["part"], index["source"]
    count = {"groups": 0, "pictures": 0, "across sources": 0, "dropped": 0, "to validation": 0}
    for c in range(index["known"]):
        mine = np.flatnonzero((label == c) & (source < 2))
        if len(mine) == 0:
            continue
        for group in groups(pixels[mine], args.threshold):
            rows = mine[group]
            count["groups"] += 1
            count["pictures"] += len(rows)
            count["across sources"] += len(set(source[rows])) > 1
            inside = rows[part[rows] != PARTS.index("test")]
            if len(inside) < len(rows):
                count["dropped"] += len(inside)
                part[inside] = PARTS.index("dropped")
            elif (part[rows] == PARTS.index("val")).any():
                count["to validation"] += int((part[rows] == PARTS.index("train")).sum())
                part[rows] = PARTS.index("val")
    np.savez_compressed(args.dir / "index.npz", **index)
    print(f"{args.dir}: {count}")


if __name__ == "__main__":
    main()
