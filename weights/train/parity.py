#!/usr/bin/env python3
"""What SEscope makes of public families of networks: python3 parity.py [--timm DIR] [--sescope
PROGRAM] [NAME]...

Every network gets random weights and running statistics, is exported (sescope_export) and run by
`sescope run` on two pictures. A line of the table is the largest difference from PyTorch's logits
as a part of the largest logit, the attention that was found, or the sentence that refuses the
network. DIR holds timm's source; without it only torchvision's are tried. PROGRAM is a built
sescope (go build -o sescope ./nn/cmd/sescope).
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from PIL import Image

from sescope_export import gates, safetensors, trace, write

TORCHVISION = ("alexnet vgg11_bn resnet18 resnet50 resnext50_32x4d wide_resnet50_2 densenet121 squeezenet1_1 googlenet inception_v3 shufflenet_v2_x1_0 mobilenet_v2 mobilenet_v3_small "
               "mobilenet_v3_large mnasnet1_0 efficientnet_b0 efficientnet_v2_s regnet_y_400mf regnet_x_400mf convnext_tiny vit_b_16").split()
TIMM = ("seresnet50 seresnext26d_32x4d legacy_seresnet18 ecaresnet26t resnet26d gcresnet33ts skresnet18 seresnet33ts ghostnet_100 ghostnetv2_100 mobilenetv3_small_100 mobilenetv3_rw "
        "lcnet_050 tinynet_e efficientnet_lite0 tf_efficientnet_b0 tf_mobilenetv3_small_100 mnasnet_100 mobilenetv2_100 rexnet_100 hardcorenas_a fbnetc_100 spnasnet_100 regnety_002 regnetz_005 "
        "densenet121 dla34 hrnet_w18_small repvgg_a0 res2net50_26w_4s selecsls42b vovnet39a ese_vovnet19b_dw cspresnet50 cspdarknet53 darknet53 dpn48b xception41 nfnet_l0 "
        "resnetv2_50 resnest14d semnasnet_075 tresnet_m mixnet_s convnext_atto deit_tiny_patch16_224").split()


def randomise(net):
    """Running statistics and scales as a trained network has them: not 0 and 1."""
    generator = torch.Generator().manual_seed(7)
    for m in net.modules():
        if isinstance(m, torch.nn.modules.batchnorm._BatchNorm) and m.running_mean is not None:
            m.running_mean.normal_(0, 0.1, generator=generator)
            m.running_var.uniform_(0.5, 1.5, generator=generator)
            if m.weight is not None:
                with torch.no_grad():
                    m.weight.uniform_(0.6, 1.4, generator=generator)
                    m.bias.normal_(0, 0.1, generator=generator)
    return net.eval()


def line(name, make, size, program, folder):
    torch.manual_seed(1)
    try:
        net = randomise(make())
        traced = trace.Tracer(net, (3, size, size))
        spec = {"name": name, "title": {"en": name, "zh": name}, "input": {"H": size, "W": size, "C": 3}, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
                "classes": [{"en": str(i), "zh": str(i)} for i in range(traced.classes)], "layers": traced.layers}
        want = [v.flatten() for v in write.logits(traced.run, spec)]
    except trace.Unsupported as e:
        return f"refused: {e}"
    safetensors.write(folder / "net.safetensors", traced.tensors, {"sescope": json.dumps(spec)})
    for k in range(2):
        Image.fromarray(write.picture(k, size, size, 3)).save(folder / f"{k}.png")
    run = subprocess.run([program, "run", str(folder / "net.safetensors"), str(folder / "0.png"), str(folder / "1.png"), "--json", "--slow"], capture_output=True, text=True)
    if run.returncode:
        return f"refused: {run.stderr.strip()}"
    worst = max(write.apart(torch.tensor(json.loads(text)["logits"]), w) for text, w in zip(run.stdout.splitlines(), want))
    found = collections.Counter(l["op"] for l in traced.layers if l["op"] in (*gates.CHANNELS, "spatial"))
    return f"{worst:.1e} of the largest logit; {sum(p.numel() for p in net.parameters()) / 1e6:.1f} M parameters, {len(traced.layers)} layers" + "".join(f", {n} {op}" for op, n in found.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--timm")
    parser.add_argument("--sescope", default="sescope")
    parser.add_argument("--size", type=int, default=96)
    args = parser.parse_args()
    import torchvision
    families = [("torchvision", n, (lambda n=n: torchvision.models.__dict__[n](weights=None, **({"init_weights": False} if n in ("googlenet", "inception_v3") else {})))) for n in TORCHVISION]
    if args.timm:
        sys.path.insert(0, args.timm)
        import timm
        families += [("timm", n, (lambda n=n: timm.create_model(n, pretrained=False))) for n in TIMM]
    with tempfile.TemporaryDirectory() as folder:
        for source, name, make in families:
            if args.names and name not in args.names:
                continue
            size = args.size if name not in ("inception_v3", "vit_b_16", "alexnet", "deit_tiny_patch16_224") else 224
            try:
                text = line(name, make, size, args.sescope, pathlib.Path(folder))
            except Exception as e:  # one family must not end the table
                text = f"failed: {type(e).__name__}: {str(e)[:200]}"
            print(f"| {source} {name} | {text} |", flush=True)


if __name__ == "__main__":
    main()
