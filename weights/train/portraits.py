#!/usr/bin/env python3
"""What every channel of a network's last two attention blocks responds to, drawn by the network
itself.

usage: python3 portraits.py make MODEL.safetensors [--pictures DIR] [--cifar DIR --objects DIR]
                            [--steps 96] [--seed 1]
       python3 portraits.py check MODEL.safetensors

The folders are card.py's: those whose validation pictures the network is measured on.

make writes two files beside MODEL:
  NAME.portraits.webp  an atlas of squares of 48 pixels, row by row in the order of the JSON
  NAME.portraits.json  {"side", "columns", "blocks": [{"name", "first", "channels"}], "excites":
                       what each portrait's channel answers to it, "usual": the 99th percentile of
                       what it answers to the validation pictures (both in the order of the atlas)}
check decodes the atlas, shows every portrait to the network and exits with 1 if fewer than 99 % of
the channels that ever respond answer more than usual.

A portrait is found by gradient ascent on the mean of its channel's map, as the gate receives it
(feature visualisation: Olah et al. 2017, Distill, doi 10.23915/distill.00007): its pixels are a sum
of waves, low ones first (scaled by 1/f), in colours that vary as photographs' do; every step shifts
it by a few pixels; a small term holds its total variation down. No training picture enters it.
"""
import argparse
import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image

import card
import everyday
import sets
from arithmetic import autocast
from attention import BLOCKS

SIDE, COLUMNS, MOST_BYTES = 48, 24, 250_000
# How colours vary together over the training pictures: a square root of the covariance of RGB in
# 0..1, its columns light, blue to yellow, green to magenta.
COLOURS = ((0.253, 0.104, 0.025), (0.263, -0.003, -0.052), (0.264, -0.096, 0.028))
BATCH = 64
SHIFT = 6
SMOOTH = 0.1


def last_blocks(net, count=2):
    """[(name, block)] of the last attention blocks."""
    return [(name, m) for name, m in net.named_modules() if isinstance(m, BLOCKS)][-count:]


class Responses:
    """Runs a network and keeps the spatial means of what its last blocks receive, (N, channels of
    all of them), and of the same in front of the ReLU, where a silent channel still has a
    gradient."""

    def __init__(self, net):
        self.net, self.kept, self.before, self.blocks = net, [], [], last_blocks(net)
        for name, m in self.blocks:
            m.register_forward_pre_hook(lambda _, inputs: self.kept.append(inputs[0].float().mean((2, 3))))
            norm = net.get_submodule(name.rpartition(".")[0]).bn2
            norm.register_forward_hook(lambda _m, _i, out: self.before.append(out.float().mean((2, 3))))

    def __call__(self, x):
        self.kept.clear()
        self.before.clear()
        self.net(x)
        return torch.cat(self.kept, 1)


def waves(n, side, rng):
    """Spectra (n, 3, side, side // 2 + 1) of faint noise, and the weight of each frequency."""
    fy, fx = torch.fft.fftfreq(side)[:, None], torch.fft.rfftfreq(side)[None]
    weight = 1 / torch.sqrt(fx**2 + fy**2).clamp(min=1 / side)
    return torch.view_as_real(0.01 * torch.complex(*(torch.randn(n, 3, side, side // 2 + 1, generator=rng) for _ in "ri"))), weight


def picture(spectrum, weight, side):
    """0..1, (N, 3, side, side)."""
    plain = torch.fft.irfft2(torch.view_as_complex(spectrum) * weight, s=(side, side), norm="ortho")
    return torch.sigmoid(torch.einsum("rc,nchw->nrhw", torch.tensor(COLOURS), plain))


def normalise(x, net):
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in net.colours)
    return ((x - mean) / std).contiguous(memory_format=torch.channels_last)


def draw(respond, channels, steps, rng, side):
    """Portraits of these channels (of all blocks' in a row), uint8 (N, 3, side, side)."""
    spectrum, weight = waves(len(channels), side, rng)
    spectrum.requires_grad_()
    optimiser = torch.optim.Adam([spectrum], lr=0.1)
    rows = torch.arange(len(channels))
    for _ in range(steps):
        optimiser.zero_grad()
        x = picture(spectrum, weight, side)
        dy, dx = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=rng).tolist()
        with autocast():
            answer = respond(normalise(torch.roll(x, (dy, dx), (2, 3)), respond.net))[rows, channels]
        variation = (x.diff(dim=2).abs().mean((1, 2, 3)) + x.diff(dim=3).abs().mean((1, 2, 3)))
        silent = torch.cat(respond.before, 1)[rows, channels] * (answer.detach() < 1e-3)
        # The logarithm makes one step size right for loud channels and faint ones.
        (SMOOTH * side * variation - (answer + 1e-3).log() - silent).sum().backward()
        optimiser.step()
    with torch.no_grad():
        return (255 * picture(spectrum, weight, side) + 0.5).clamp(0, 255).to(torch.uint8)


def ask(respond, pixels):
    """What the channels answer to uint8 pixels (N, 3, H, W), float32 (N, channels)."""
    with torch.no_grad():
        return torch.cat([respond(normalise(p.float() / 255, respond.net)) for p in pixels.split(100)])


def atlas(pixels):
    """One picture (H, W, 3) of all portraits, row by row."""
    n, side = len(pixels), pixels.shape[-1]
    rows = -(-n // COLUMNS)
    sheet = np.full((rows * COLUMNS, side, side, 3), 128, np.uint8)
    sheet[:n] = pixels.permute(0, 2, 3, 1).numpy()
    return sheet.reshape(rows, COLUMNS, side, side, 3).transpose(0, 2, 1, 3, 4).reshape(rows * side, COLUMNS * side, 3)


def pieces(path, layout):
    """uint8 (N, 3, side, side) of an atlas."""
    side, sheet = layout["side"], np.asarray(Image.open(path).convert("RGB"))
    rows, columns = sheet.shape[0] // side, sheet.shape[1] // side
    tiles = sheet.reshape(rows, side, columns, side, 3).transpose(0, 2, 4, 1, 3).reshape(rows * columns, 3, side, side)
    return torch.from_numpy(tiles[:sum(b["channels"] for b in layout["blocks"])].copy())


def opened(model):
    """The network of a file, with mean and std of its input."""
    net, _, metadata = card.load(model.stem, model)
    spec = json.loads(metadata["sescope"])
    net.colours = spec["mean"], spec["std"]
    for p in net.parameters():
        p.requires_grad_(False)
    return net.to(memory_format=torch.channels_last)


def make(model, args):
    torch.set_num_threads(1)
    net = opened(model)
    respond = Responses(net)
    side = everyday.RECIPES.get(model.stem, {}).get("shown")
    pixels = sets.of(model.stem, args).named[0][1][0]
    usual = torch.quantile(torch.cat([ask(respond, p if side is None else everyday.sized(p, side)) for p in pixels.split(500)]), 0.99, 0)
    counts = [k.shape[1] for k in respond.kept]
    rng, parts = torch.Generator().manual_seed(args.seed), []
    for i in range(0, len(usual), BATCH):
        parts.append(draw(respond, torch.arange(i, min(i + BATCH, len(usual))), args.steps, rng, SIDE))
        print(f"{model.stem}: {i + len(parts[-1])} of {len(usual)}", flush=True)
    webp, layout = (model.with_name(f"{model.stem}.portraits.{e}") for e in ("webp", "json"))
    sheet = Image.fromarray(atlas(torch.cat(parts)))
    for quality in range(90, 10, -5):
        sheet.save(webp, quality=quality, method=6)
        if webp.stat().st_size <= MOST_BYTES:
            break
    blocks = [{"name": name, "first": sum(counts[:i]), "channels": counts[i]} for i, (name, _) in enumerate(respond.blocks)]
    written = {"side": SIDE, "columns": COLUMNS, "blocks": blocks}
    excites = ask(respond, pieces(webp, written)).diagonal()
    written |= {k: [round(x, 4) for x in v.tolist()] for k, v in (("excites", excites), ("usual", usual))}
    layout.write_text(json.dumps(written, separators=(",", ":")) + "\n")
    print(f"{webp}: {webp.stat().st_size:,} bytes at quality {quality}")


def check(model):
    layout = json.loads(model.with_name(f"{model.stem}.portraits.json").read_text())
    excites = ask(Responses(opened(model)), pieces(model.with_name(f"{model.stem}.portraits.webp"), layout)).diagonal()
    usual = torch.tensor(layout["usual"])
    alive = usual > 1e-4
    more = (excites > usual)[alive]
    print(f"{model.stem}: {more.sum()} of {alive.sum()} portraits excite their channel more than 99 % of the validation pictures do; {(~alive).sum()} channels are silent")
    return more.float().mean() >= 0.99


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("make", "check"))
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--cifar", type=pathlib.Path)
    parser.add_argument("--objects", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=96)
    parser.add_argument("--seed", type=int, default=1)
    parser.set_defaults(test=False)
    arguments = parser.parse_args()
    if arguments.what == "check":
        sys.exit(0 if check(arguments.model) else 1)
    make(arguments.model, arguments)
