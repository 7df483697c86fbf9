#!/usr/bin/env python3
"""What the gates tell by depth, from the signatures in the networks' files (as figures 5 to 7 of Hu
et al. 2018 show them).

usage: python3 signatures.py FILE.safetensors...

A line for every SE block, in the order of its depth. All figures are of the gates, 0 to 1, averaged
over the block's channels:
  gate      mean over all classes
  between   how far the classes' means lie apart: their standard deviation over the classes
  within    how far the pictures of one class lie apart: the standard deviation inside a class, over
            the classes the root of its mean square
  ratio     root mean square of between through that of within: 0 says that the gates know nothing
            of the class, above 1 that they tell the class from one picture
  own       share of channels whose between is larger than their within
"""
import sys

import numpy as np

import safetensors


def table(path):
    """[(block, gate, between, within, ratio, own)]."""
    tensors, _ = safetensors.read(path)
    signatures = safetensors.dequantise({k: v for k, v in tensors.items() if k.startswith("signature.")})
    rows = []
    for name in sorted(k.removesuffix(".mean") for k in signatures if k.endswith(".mean")):
        mean, std = signatures[name + ".mean"], signatures[name + ".std"]
        between, within = mean.std(0), np.sqrt((std**2).mean(0))
        ratio = np.sqrt((between**2).mean() / max((within**2).mean(), 1e-12))
        rows.append((name.removeprefix("signature."), mean.mean(), between.mean(), within.mean(), ratio, (between > within).mean()))
    return rows


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    print(f"{'file':22} {'block':10} {'gate':>6} {'between':>8} {'within':>7} {'ratio':>6} {'own':>6}")
    for path in sys.argv[1:]:
        for block, gate, between, within, ratio, own in table(path):
            print(f"{path.rsplit('/', 1)[-1].removesuffix('.safetensors'):22} {block:10} {gate:6.3f} {between:8.3f} {within:7.3f} {ratio:6.2f} {own:6.0%}")


if __name__ == "__main__":
    main()
