"""Networks that are not the project's own, for goldens: whoever brings one of these families finds
its layers known."""
import json

import torch
import torch.nn.functional as F
import torchvision
from torch import nn

import data
from sescope_export import trace

SIZE = 96  # pixels a side: three times the golden pictures', so that averaging only repeats them


class SEBottleneck(nn.Module):
    """A residual bottleneck with a grouped convolution and SE in front of the sum, ReLU behind it;
    the skip pools where the block strides."""

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


class Efficient(nn.Module):
    """ECA as its authors write it: (N, C, 1, 1) means turned so that the convolution runs over the
    channels."""

    def __init__(self, k=5):
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.conv = nn.Conv1d(1, 1, k, padding=(k - 1) // 2, bias=False)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        y = self.conv(self.avg_pool(x).squeeze(-1).transpose(-1, -2)).transpose(-1, -2).unsqueeze(-1)
        gate = self.sigmoid(y)
        self.seen = {"gates.": gate}
        return x * gate.expand_as(x)


class ChannelGate(nn.Module):
    """CBAM's channel part with pooling by windows of the whole map and a sum that grows, in front
    of one sigmoid."""

    def __init__(self, channels, side, reduction=8):
        super().__init__()
        self.pools = nn.ModuleList([nn.AvgPool2d(side), nn.MaxPool2d(side)])
        self.mlp = nn.Sequential(nn.Flatten(), nn.Linear(channels, channels // reduction), nn.ReLU(), nn.Linear(channels // reduction, channels))

    def forward(self, x):
        total = None
        for pool in self.pools:
            part = self.mlp(pool(x))
            total = part if total is None else total + part
        gate = torch.sigmoid(total)
        self.seen = {"gates..mlp": gate}
        return x * gate.unsqueeze(2).unsqueeze(3).expand_as(x)


class SpatialGate(nn.Module):
    """CBAM's spatial part with a batch norm behind its convolution, which reads the maximum
    first."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(2, 1, 7, padding=3, bias=False), nn.BatchNorm2d(1)

    def forward(self, x):
        pooled = torch.cat((torch.max(x, 1)[0].unsqueeze(1), torch.mean(x, 1).unsqueeze(1)), dim=1)
        places = torch.sigmoid(self.bn(self.conv(pooled)))
        self.seen = {"places.": places}
        return x * places


class Shared(nn.Module):
    """CBAM in its other common writing: 1x1 convolutions, and gates that a caller multiplies."""

    def __init__(self, channels):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, channels // 8, 1, bias=False), nn.Conv2d(channels // 8, channels, 1, bias=False)
        self.conv1 = nn.Conv2d(2, 1, 3, padding=1, bias=True)
        self.avg_pool, self.max_pool = nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(1)

    def forward(self, x):
        gate = torch.sigmoid(self.fc2(F.relu6(self.fc1(self.avg_pool(x)))) + self.fc2(F.relu6(self.fc1(self.max_pool(x)))))
        z = gate * x
        largest = torch.max(z, dim=1, keepdim=True)[0]
        places = F.hardsigmoid(self.conv1(torch.cat([torch.mean(z, dim=1, keepdim=True), largest], dim=1)))
        self.seen, self.z = {"gates.": gate, "places..conv1": places}, z
        return places * z


class Attentive(nn.Module):
    """Every attention in the writing of those whose networks people bring. Each leaves what it has
    seen in seen: "gates." and a part's name."""

    def __init__(self, num_classes=10):
        super().__init__()

        def block(cin, cout, stride, attention):
            return nn.Sequential(nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(), *attention)
        self.blocks = nn.Sequential(
            block(3, 16, 4, [torchvision.ops.SqueezeExcitation(16, 4, activation=nn.Hardswish)]), block(16, 32, 2, [Efficient()]),
            block(32, 48, 1, [ChannelGate(48, 12), SpatialGate()]), block(48, 72, 2, [Shared(72)]))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(72, num_classes)

    def forward(self, x):
        return self.fc(torch.flatten(self.avgpool(self.blocks(x)), 1))


NETWORKS = {
    "attentive": Attentive,
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


def keep_seen(kept, name):
    def hook(m, inputs, output):
        for key, value in m.seen.items():
            kind, _, part = key.partition(".")
            kept[f"{kind}.{name}{part}"] = value.detach().squeeze()
        if hasattr(m, "z"):
            m.z.retain_grad()
            kept["z"] = m.z
    return hook


def keep_features(kept):
    def hook(m, inputs):
        inputs[0].retain_grad()
        kept["y"] = inputs[0]
    return hook


def golden(net, pictures, channels):
    """What goldens.py keeps of each picture, found by hooks: see there. i.share is the last SE
    block's output times its gradient, summed over the pixels."""
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
        elif isinstance(m, (Efficient, ChannelGate, SpatialGate, Shared)):
            hooks.append(m.register_forward_hook(keep_seen(kept, name)))
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
