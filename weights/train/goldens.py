#!/usr/bin/env python3
"""Make the goldens that the Go network is tested against, from PyTorch. Run from anywhere:

    python3 weights/train/goldens.py

For every file in weights/models, and for a state_dict with random float32 weights as the tutorial's
class would save it, four fixed pictures go through PyTorch's float32 network.
nn/testdata/golden/NETWORK.safetensors receives, for picture i:
    i.logits           (classes)
    i.gates.LAYER      (channels)
    i.conv             (8, H, W)     channels CHANNELS of the last convolution's own output, as the
                       tutorial's hook sees it
    i.mean             (channels)    spatial mean of all of them
    i.cam              (H, W)        class map of the largest logit where the head is mean + linear
    i.gradcam          (H, W)        Grad-CAM of the largest logit, by autograd
    i.gradient         (8, H, W)     d logit / d y for the same channels, by autograd
    i.share            (channels)    where attention scales what the head reads: the last block's
                       channels z, behind their gates, times d logit / d z, summed over the places
    i.places.LAYER     (H, W)        of CBAM: the spatial attention
The pictures stand beside them as PNG.

generated-NETWORK.safetensors holds the same for weights that generated.py makes, with the network's
spec and the statistics of its batch norms. tiny-OPSET.onnx and attention-OPSET.onnx are small
networks in two versions of ONNX, NAME-onnx.safetensors holds their logits.
"""
import json
import pathlib

import numpy as np
import torch
from PIL import Image

import data
import generated
import imported
import safetensors
import tiny
from attention import hook_gates, hook_places, hook_scaled, last_convolution
from networks import CNN3SE, NETWORKS, LiveNet, SimpleCNN, shipped
from spec import live, spec

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "nn" / "testdata" / "golden"
CHANNELS = [0, 1, 7, 8, 21, 42, 63, 64]


def pictures():
    """Four pictures of 32x32: smooth colour waves, noise, a bright square on black, and stripes.
    Seeded, so never different.

    All carry a little noise: in a flat area the values of a max pool's window differ by rounding
    alone, and which of them receives the gradient would be chance."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:32, 0:32] / 31
    waves = np.stack([0.5 + 0.5 * np.sin(6 * x + 2 * y), 0.5 + 0.5 * np.cos(5 * y * x), 0.5 + 0.5 * np.sin(9 * y)], -1)
    square = np.zeros((32, 32, 3))
    square[9:20, 12:25] = (1, 0.9, 0.5)
    stripes = np.where((np.arange(32) // 3 % 2)[None, :, None], [0.9, 0.2, 0.1], [0.1, 0.3, 0.8]) * np.ones((32, 32, 1))
    clean = (waves, rng.random((32, 32, 3)), square, stripes)
    return [(255 * np.clip(p + rng.normal(0, 0.03, p.shape), 0, 1) + 0.5).astype(np.uint8) for p in clean]


def covered(n, side):
    """(side, n): how much of each of n pixels in a row lies under each of side ones in their
    place."""
    edges = np.arange(side + 1) * n / side
    lo, hi = np.maximum(edges[:-1, None], np.arange(n)), np.minimum(edges[1:, None], np.arange(n) + 1)
    return np.maximum(hi - lo, 0) * side / n


def normalised(pixels, side, mean=data.MEAN, std=data.STD):
    """(1, 3, side, side) of (32, 32, 3) pixels, each the mean of what it covers."""
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (mean, std))
    rows = covered(len(pixels), side)
    raw = torch.from_numpy(np.einsum("yi,ijc,xj->cyx", rows, pixels, rows))[None]
    return ((raw.float() / 255 - mean) / std).contiguous(memory_format=torch.channels_last)


def reference(net, x):
    """(logits, raw output of the last convolution, maps y that the head reads, gates by layer): the
    tutorial's own forward pass, plainly."""
    kept, hooks = {}, []

    def keep_scaled(z):
        z.retain_grad()
        kept["z"] = z

    hooks.append(last_convolution(net).register_forward_hook(lambda m, i, o: kept.__setitem__("conv", o.detach())))
    hooks += hook_gates(net, lambda name, gate: kept.__setitem__(name, gate.detach()[0]))
    hooks += hook_scaled(net, keep_scaled)
    hooks += hook_places(net, lambda name, places: kept.__setitem__(name, places.detach()[0, 0]))
    if isinstance(net, SimpleCNN):
        y = net.layer2(net.layer1(x))
        y.retain_grad()
        logits = net.fc(torch.mean(y, dim=[2, 3]))
    elif not isinstance(net, CNN3SE):
        y = net.features(x)
        y.retain_grad()
        logits = net.fc(torch.mean(y, dim=[2, 3]))
    else:
        z = x
        for i in (1, 2, 3):
            y = getattr(net, f"se{i}")(torch.relu(getattr(net, f"bn{i}")(getattr(net, f"conv{i}")(z))))
            z = net.pool(y)
        y.retain_grad()
        logits = net.fc2(net.dropout(torch.relu(net.fc1(torch.flatten(z, 1)))))
    for h in hooks:
        h.remove()
    conv = kept.pop("conv")[0]
    return logits, conv, y, kept


def golden(net, side=32, mean=data.MEAN, std=data.STD):
    """The reference values for every picture, as side x side pixels."""
    out = {}
    for i, pixels in enumerate(pictures()):
        x = normalised(pixels, side, mean, std).requires_grad_()
        logits, conv, y, gates = reference(net, x)
        top = logits[0].argmax()
        logits[0, top].backward()
        grad, maps = y.grad[0], y.detach()[0]
        out[f"{i}.logits"] = logits.detach()[0]
        if (z := gates.pop("z", None)) is not None and z.shape == y.shape:
            out[f"{i}.share"] = (z * z.grad).detach()[0].sum((1, 2))
        for name, value in gates.items():
            out[f"{i}.gates.{name}" if value.ndim == 1 else f"{i}.places.{name}"] = value
        out[f"{i}.conv"] = conv[CHANNELS]
        out[f"{i}.mean"] = conv.mean(dim=(1, 2))
        if not isinstance(net, CNN3SE):
            out[f"{i}.cam"] = torch.einsum("c,chw->hw", net.fc.weight.detach()[top], maps)
        out[f"{i}.gradcam"] = torch.relu(torch.einsum("c,chw->hw", grad.mean(dim=(1, 2)), maps))
        out[f"{i}.gradient"] = grad[CHANNELS]
    return {k: v.contiguous().numpy() for k, v in out.items()}


def thin(tensors):
    """Keep every fourth row and column of 32x32 maps: the files stay small, and a wrong map cannot
    hide."""
    return {k: np.ascontiguousarray(v[..., ::4, ::4]) if v.ndim >= 2 and v.shape[-1] == 32 else v for k, v in tensors.items()}


def main():
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    for i, p in enumerate(pictures()):
        Image.fromarray(p).save(OUT / f"{i}.png")
    for path in sorted((ROOT / "weights" / "models").glob("*.safetensors")):
        net = shipped(path.stem).eval()
        tensors, metadata = safetensors.read(path)
        net.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in safetensors.dequantise(tensors).items()}, strict=False)
        known = json.loads(metadata["sescope"])
        safetensors.write(OUT / path.name, thin(golden(net, known["input"]["H"], known["mean"], known["std"])))
    # A state_dict as the tutorial's class saves it: float32, PyTorch's names, no spec; random
    # weights and running statistics.
    torch.manual_seed(3)
    net = SimpleCNN(se=True)
    for m in net.modules():
        if isinstance(m, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(m.running_mean, std=0.3)
            torch.nn.init.uniform_(m.running_var, 0.5, 2)
            torch.nn.init.uniform_(m.weight, 0.5, 1.5)
            torch.nn.init.normal_(m.bias, std=0.3)
    net.eval()
    safetensors.write(OUT / "state_dict.safetensors", {k: v.numpy() for k, v in net.state_dict().items()})
    safetensors.write(OUT / "state_dict-golden.safetensors", thin(golden(net)))
    # Residual networks, with weights that Go makes alike.
    for name in ("live", "live-plain"):
        net = NETWORKS[name]()
        made, stored = generated.fill(net, torch.cat([normalised(p, 32) for p in pictures()]))
        safetensors.write(OUT / f"generated-{name}.safetensors", stored | thin(golden(net)), {"sescope": spec(name), "generated": made})
    # The same with other attentions, small.
    for kind in ("eca", "cbam"):
        net = LiveNet(kind, (16, 24, 72), 1)
        made, stored = generated.fill(net, torch.cat([normalised(p, 32) for p in pictures()]))
        text = json.dumps(json.loads(spec("live")) | {"name": kind, "family": [], "layers": list(live(net))}, ensure_ascii=False)
        safetensors.write(OUT / f"generated-{kind}.safetensors", stored | thin(golden(net)), {"sescope": text, "generated": made})
    # Families that people bring.
    for name, make in imported.NETWORKS.items():
        net = make()
        made, stored = generated.fill(net, torch.cat([normalised(p, imported.SIZE) for p in pictures()]))
        safetensors.write(OUT / f"generated-{name}.safetensors", stored | imported.golden(net, [normalised(p, imported.SIZE) for p in pictures()], CHANNELS), {"sescope": imported.spec(name, net), "generated": made})
    # Small networks as torch writes them in two versions of ONNX, one with hard-swish taken apart.
    for name, net in (("tiny", tiny.Tiny()), ("attention", tiny.Attention())):
        generated.fill(net, torch.cat([normalised(p, 32) for p in pictures()]))
        for opset in (11, 14):
            torch.onnx.export(net, normalised(pictures()[0], 32), OUT / f"{name}-{opset}.onnx", opset_version=opset)
        with torch.no_grad():
            logits = {f"{i}.logits": net(normalised(p, 32))[0].numpy() for i, p in enumerate(pictures())}
        safetensors.write(OUT / f"{name}-onnx.safetensors", logits)


if __name__ == "__main__":
    main()
