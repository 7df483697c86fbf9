"""Networks that are not the project's own, for goldens: whoever brings one of these families finds its layers known."""
import json

import torch
import torchvision
from torch import nn

import data
import trace

SIZE = 96  # pixels a side: three times the golden pictures', so that averaging only repeats them


class SEBottleneck(nn.Module):
    """A residual bottleneck with a grouped convolution and SE in front of the sum, ReLU behind it; the skip pools where the block strides."""

    def __init__(self, cin, cout, stride):
        super().__init__()
        width = cout // 2
        self.conv1, self.bn1 = nn.Conv2d(cin, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, groups=4, bias=False), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, cout, 1, bias=False), nn.BatchNorm2d(cout)
        self.fc1, self.fc2 = nn.Linear(cout, cout // 8), nn.Linear(cout // 8, cout)
        self.relu = nn.ReLU(inplace=True)
        self.skip = None
        if cin != cout:
            self.skip = nn.Sequential(nn.AvgPool2d(3, stride, padding=1), nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        skip = x if self.skip is None else self.skip(x)
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        gate = torch.sigmoid(self.fc2(self.relu(self.fc1(y.mean((2, 3))))))
        self.gate, self.z = gate, y * gate[:, :, None, None]
        return self.relu(skip + self.z)


class SEResNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 24, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(24), nn.ReLU6(), nn.MaxPool2d(3, stride=2, padding=1))
        self.blocks = nn.Sequential(SEBottleneck(24, 40, 1), SEBottleneck(40, 72, 2), SEBottleneck(72, 72, 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(72, num_classes)

    def forward(self, x):
        return self.fc(torch.flatten(self.avgpool(self.blocks(self.stem(x))), 1))


NETWORKS = {
    "seresnet": SEResNet,
    "mobilenet_v3_small": lambda: torchvision.models.mobilenet_v3_small(num_classes=10),
    "efficientnet_b0": lambda: torchvision.models.efficientnet_b0(num_classes=10),
}


def spec(name, net):
    """The JSON text of a network's spec."""
    return json.dumps({"name": name, "title": {"en": name, "zh": name}, "input": {"H": SIZE, "W": SIZE, "C": 3}, "mean": data.MEAN, "std": data.STD,
                       "classes": [{"en": c, "zh": c} for c in data.CLASSES], "layers": trace.layers(net, SIZE)}, separators=(",", ":"))


def keep_gate(kept, name):
    def hook(m, inputs, output):
        m.z.retain_grad()
        kept["z"], kept[f"gates.{name}"] = m.z, m.gate.detach()[0]
    return hook


def keep_features(kept):
    def hook(m, inputs):
        inputs[0].retain_grad()
        kept["y"] = inputs[0]
    return hook


def golden(net, pictures, channels):
    """What goldens.py keeps of each picture, found by hooks: see there. i.share is the last SE block's output times its gradient, summed over the pixels."""
    convolutions = [l["name"] for l in trace.layers(net, SIZE) if l["op"] == "conv"]
    if isinstance(net, SEResNet):
        convolutions = ["blocks.2.conv3"]
    out, kept = {}, {}
    modules = dict(net.named_modules())
    hooks = [modules[convolutions[-1]].register_forward_hook(lambda m, i, o: kept.__setitem__("conv", o.detach()[0].clone()))]
    hooks.append(net.avgpool.register_forward_pre_hook(keep_features(kept)))
    for name, m in modules.items():
        if isinstance(m, torchvision.ops.SqueezeExcitation):
            hooks.append(m.scale_activation.register_forward_hook(lambda m, i, o, name=name: kept.__setitem__(f"gates.{name}", o.detach().flatten())))
        elif isinstance(m, SEBottleneck):
            hooks.append(m.register_forward_hook(keep_gate(kept, name)))
    for i, x in enumerate(pictures):
        logits = net(x.requires_grad_())
        top = logits[0].argmax()
        logits[0, top].backward()
        conv, y = kept.pop("conv"), kept.pop("y")
        grad, maps = y.grad[0], y.detach()[0]
        out[f"{i}.logits"] = logits.detach()[0]
        out[f"{i}.conv"], out[f"{i}.mean"] = conv[channels], conv.mean(dim=(1, 2))
        out[f"{i}.gradcam"] = torch.relu(torch.einsum("c,chw->hw", grad.mean(dim=(1, 2)), maps))
        out[f"{i}.gradient"] = grad[channels]
        if (z := kept.pop("z", None)) is not None:
            out[f"{i}.share"] = (z * z.grad).detach()[0].sum((1, 2))
        for name in list(kept):
            out[f"{i}.{name}"] = kept.pop(name)
    for h in hooks:
        h.remove()
    return {k: v.contiguous().numpy() for k, v in out.items()}
