"""Writes each network of styles.py to the folder of the argument: NAME.safetensors by export.py's
way, or NAME.txt why not; NAME.onnx; NAME.rgb, a picture; and NAME.json, PyTorch's logits of it.
Then one state_dict in the ways in which people keep them, checkpoints/*.pt."""
import argparse
import collections
import inspect
import json
import os
import pathlib
import sys
import warnings

import torch
from torch import nn

sys.path.append("..")
import styles  # noqa: E402
from networks import NETWORKS  # noqa: E402
from sescope_export import foreign, weights, write  # noqa: E402
from sescope_export.graph import first_tensor  # noqa: E402

warnings.simplefilter("ignore")
out = pathlib.Path(sys.argv[1])
# PyTorch 2.9 exports another way by default, for which it needs onnxscript.
OLD_WAY = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

for name in styles.NAMES:
    net = styles.ready(name)
    channels, size = (1, 21) if name == "grey" else (3, 20)
    foreign.module = lambda *_: net
    try:
        foreign.export(argparse.Namespace(network=f"styles:{name}", weights="-", out=str(out / f"{name}.safetensors"), size=str(size), classes=None, set=[], name=None, mean=MEAN, std=STD))
    except SystemExit as e:
        (out / f"{name}.txt").write_text(str(e), encoding="utf-8")
    if name == "two_inputs":
        continue
    pixels = write.picture(0, size, size, channels)
    mean, std = (torch.tensor(foreign.grey(v, channels))[:, None, None] for v in (MEAN, STD))
    x = ((torch.from_numpy(pixels.transpose(2, 0, 1).copy()).float() / 255 - mean) / std)[None]
    net = net.module if isinstance(net, nn.DataParallel) else net
    torch.onnx.export(net, x, str(out / f"{name}.onnx"), opset_version=11 + sum(map(ord, name)) % 6, do_constant_folding=len(name) % 2 == 0, **OLD_WAY)
    (out / f"{name}.rgb").write_bytes(pixels.repeat(3 // channels, 2).tobytes())
    if name not in styles.REFUSED:
        with torch.no_grad():
            (out / f"{name}.json").write_text(json.dumps(first_tensor(net(x)).flatten().tolist()))


class Setting:
    """Something of a person's own in a checkpoint."""


class Trap:
    """Whoever unpickles it by Python's rules leaves a file."""

    def __reduce__(self):
        return os.system, (f"touch {out}/executed",)


net = NETWORKS["simple-se"]()
optimizer = torch.optim.SGD(net.parameters(), 0.0, momentum=0.9)
net(torch.randn(2, 3, 32, 32)).sum().backward()
optimizer.step()
state = net.eval().state_dict()
kept = {
    "plain": state,
    "parallel": nn.DataParallel(net).state_dict(),
    "compiled": {f"_orig_mod.{k}": v for k, v in state.items()},
    "ema": {"epoch": 3, "model_ema": state, "args": argparse.Namespace(lr=0.1)},
    "lightning": {"epoch": 3, "pytorch-lightning_version": "2.0.0", "state_dict": collections.OrderedDict((f"model.{k}", v) for k, v in state.items()), "callbacks": {},
                  "optimizer_states": [optimizer.state_dict()], "hyper_parameters": {"setting": Setting(), "trap": Trap(), "betas": (0.9, 0.99)}},
    "half": {k: v.half() if v.is_floating_point() else v for k, v in state.items()},
    "optimizer": {"optimizer": optimizer.state_dict(), "net": state, "acc": torch.tensor(0.5).item()},
    "parameters": {"weights": dict(net.named_parameters()) | dict(net.named_buffers())},
    "deep": {"teacher": None, "trainer": {"student": state}, "trap": Trap()},
}
(out / "checkpoints").mkdir()
for name, v in kept.items():
    for new in (True, False):
        path = out / "checkpoints" / f"{name}{'' if new else '-old'}.pt"
        torch.save(v, path, _use_new_zipfile_serialization=new)
        other = NETWORKS["simple-se"]().eval()
        weights.load(other, str(path))
        if any(not torch.allclose(a.float(), state[k].float(), atol=1e-2) for k, a in other.state_dict().items()):
            raise SystemExit(f"{path}: other tensors than were saved")
