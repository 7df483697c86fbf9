"""A network's file: its tensors, its spec, and logits by which whoever opens the file can check
it."""
import json
import os
import pathlib
import shutil
import subprocess

import numpy as np
import torch

from . import safetensors
from .network import Network

TOLERANCE = 1e-3  # of the largest logit
ROOT = pathlib.Path(__file__).resolve().parents[3]


def picture(k, h, w, c):
    """Picture k of the two that files are checked by: (h, w, c) bytes. nn/reference.go makes the
    same."""
    y, x, ch = np.mgrid[0:h, 0:w, 0:c].astype(np.int64)
    return ((x * x * (k + 1) + y * y * 3 + x * y * (2 + ch) + 40 * ch * (x + 5) + 977 * k) // 8 % 256).astype(np.uint8)


def logits(net, spec):
    """What a module that takes normalised pictures makes of both."""
    i = spec["input"]
    mean, std = (torch.tensor(spec[k], dtype=torch.float32)[:, None, None] for k in ("mean", "std"))
    out = []
    for k in range(2):
        pixels = torch.from_numpy(picture(k, i["H"], i["W"], i["C"]).transpose(2, 0, 1).copy()).float() / 255
        with torch.no_grad():
            out.append(net(((pixels - mean) / std)[None]).flatten())
    return out


def write(path, spec, tensors, want):
    """Writes the file if the spec's layers give the wanted logits in PyTorch, and keeps it if they
    do so in Go, where Go is at hand. The wanted logits stay in the header, so that sescope and the
    page check them when they open the file."""
    mean, std = (torch.tensor(spec[k], dtype=torch.float32)[:, None, None] for k in ("mean", "std"))
    replica = Network(spec, tensors).eval()
    worst = max(apart(got, w) for got, w in zip(logits(lambda x: replica(x * std + mean), spec), want))
    if not worst <= TOLERANCE:
        raise SystemExit(f"{path}: not written: the layers that were found give logits that differ from the module's by {worst:.2g} of the largest, expected at most {TOLERANCE}")
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    reference = json.dumps([[float(np.float32(v)) for v in w] for w in want], separators=(",", ":"))
    part = f"{path}.part"
    safetensors.write(part, tensors, {"format": "pt", "sescope": text, "sescope.reference": reference})
    os.replace(part, path)
    command = ["sescope"] if shutil.which("sescope") else ["go", "run", "./nn/cmd/sescope"] if shutil.which("go") and (ROOT / "go.mod").exists() else None
    if command is None:
        print(f"{path}: its layers give PyTorch's logits up to {worst:.1g} of the largest in PyTorch; sescope and the page check theirs when they open it")
        return
    run = subprocess.run([*command, "inspect", str(pathlib.Path(path).resolve())], cwd=ROOT if command[0] == "go" else None, capture_output=True, text=True)
    if run.returncode:
        os.remove(path)
        raise SystemExit(f"{path}: not kept: {run.stderr.strip()}")
    print(f"{path}: logits equal PyTorch's up to {worst:.1g} of the largest in PyTorch, and up to {TOLERANCE} in sescope")


def apart(got, want):
    if got.shape != want.shape:
        return float("inf")
    return ((got - want).abs().max() / want.abs().max().clamp(min=1e-6)).item()
