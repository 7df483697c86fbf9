"""The declarative spec of each network: what the Go side reads from the safetensors header
(nn.Spec)."""
import json

import data
import everyday
import objects
import pictures
from networks import NETWORKS, Inverted, shipped
from torch import nn

CLASSES_ZH = ("飞机", "汽车", "鸟", "猫", "鹿", "狗", "青蛙", "马", "船", "卡车")
TEACHING = {
    "en": "A teaching network: it sees 5 × 5 pixels at a time and averages early. It shows the mechanism; it is no good classifier.",
    "zh": "教学网络：每次只看 5 × 5 个像素，又过早取平均。它展示机制，并不是好的分类器。",
}
STUDY = {
    "en": "One of four networks that differ in their attention only. Each saw 640,000 pictures: enough to be compared, not to be good.",
    "zh": "四个只有注意力不同的网络之一。每个只看过 64 万张图片：够用来对比，并不追求准确。",
}
TITLES = {
    "simple": ({"en": "Tutorial CNN", "zh": "教程 CNN"}, TEACHING),
    "simple-se": ({"en": "Tutorial CNN with SE", "zh": "教程 CNN + SE"}, TEACHING),
    "cnn3-se": ({"en": "Three convolutions with SE", "zh": "三层卷积 + SE"}, None),
    "live": ({"en": "SE-ResNet live", "zh": "SE-ResNet 实时"}, None),
    "live-plain": ({"en": "SE-ResNet live, without SE", "zh": "SE-ResNet 实时，无 SE"}, None),
    "everyday": ({"en": "SE-ResNet everyday", "zh": "SE-ResNet 日常"}, None),
    "objects": ({"en": "SE-ResNet objects", "zh": "SE-ResNet 物品"}, None),
    "tiny-none": ({"en": "Study: no attention", "zh": "对照研究：无注意力"}, STUDY),
    "tiny-se": ({"en": "Study: SE", "zh": "对照研究：SE"}, STUDY),
    "tiny-eca": ({"en": "Study: ECA", "zh": "对照研究：ECA"}, STUDY),
    "tiny-cbam": ({"en": "Study: CBAM", "zh": "对照研究：CBAM"}, STUDY),
}

# Trained alike but for attention, the one without it first: the page compares them.
FAMILIES = [["simple", "simple-se"], ["live-plain", "live"], ["tiny-none", "tiny-se", "tiny-eca", "tiny-cbam"]]


def conv(name, m):
    return {"op": "conv", "name": name, "in": m.in_channels, "out": m.out_channels, "kernel": m.kernel_size[0],
            "stride": m.stride[0], "pad": m.padding[0], "bias": m.bias is not None} | ({"groups": m.groups} if m.groups > 1 else {})


def batchnorm(name, m):
    return {"op": "batchnorm", "name": name, "eps": m.eps}


def linear(name, m):
    return {"op": "linear", "name": name, "in": m.in_features, "out": m.out_features, "bias": m.bias is not None}


def simple(net):
    for block in ("layer1", "layer2"):
        for i, m in enumerate(getattr(net, block)):
            name = f"{block}.{i}"
            if isinstance(m, nn.Conv2d):
                yield conv(name, m)
            elif isinstance(m, nn.BatchNorm2d):
                yield batchnorm(name, m)
            elif isinstance(m, nn.ReLU):
                yield {"op": "relu", "name": name}
            else:
                yield from m.layers(name)
    yield {"op": "mean", "name": "mean"}
    yield linear("fc", net.fc)


def cnn3(net):
    for i in (1, 2, 3):
        yield conv(f"conv{i}", getattr(net, f"conv{i}"))
        yield batchnorm(f"bn{i}", getattr(net, f"bn{i}"))
        yield {"op": "relu", "name": f"relu{i}"}
        yield from getattr(net, f"se{i}").layers(f"se{i}")
        yield {"op": "maxpool", "name": f"pool{i}", "kernel": 2}
    yield {"op": "flatten", "name": "flatten"}
    yield linear("fc1", net.fc1)
    yield {"op": "relu", "name": "relu4"}
    yield {"op": "dropout", "name": "dropout"}
    yield linear("fc2", net.fc2)


def live(net, pooled=1):
    """pooled is the convolution that the stem's pool stands behind, in front of its batch norm."""

    def conv_norm(prefix, i, m):
        yield conv(f"{prefix}conv{i}", getattr(m, f"conv{i}"))
        if not prefix and i == pooled:
            yield {"op": "maxpool", "name": f"pool{i}", "kernel": 2}
        yield batchnorm(f"{prefix}bn{i}", getattr(m, f"bn{i}"))
        yield {"op": "relu", "name": f"{prefix}relu{i}"}

    def residual(name, m, skip):
        for i in (1, 2):
            yield from conv_norm(f"{name}.", i, m)
        if m.attention:
            yield from m.attention.layers(f"{name}.{m.kind}")
        yield {"op": "add", "name": f"{name}.add", "with": skip}

    def inverted(name, m, skip):
        for i, part in enumerate(("expand", "depthwise", "project"), 1):
            yield conv(f"{name}.{part}", getattr(m, part))
            yield batchnorm(f"{name}.bn{i}", getattr(m, f"bn{i}"))
            if part != "project":
                yield {"op": "relu", "name": f"{name}.relu{i}"}
            if part == "depthwise" and m.attention:
                yield from m.attention.layers(f"{name}.{m.kind}")
        yield {"op": "add", "name": f"{name}.add", "with": skip}

    yield from conv_norm("", 1, net)
    for i in (2, 3):
        yield from conv_norm("", i, net)
        skip = f"relu{i}"
        for name, block in net.stage(i):
            yield from (inverted if isinstance(block, Inverted) else residual)(name, block, skip)
            skip = f"{name}.add"
        if i == 2:
            yield {"op": "maxpool", "name": f"pool{pooled + 1}", "kernel": 2}
    yield {"op": "mean", "name": "mean"}
    yield linear("fc", net.fc)


def late(net):
    """With the stem's pool behind conv2."""
    return live(net, pooled=2)


LAYERS = {"everyday": late, "simple": simple, "simple-se": simple, "cnn3-se": cnn3, "live": live, "live-plain": live, "objects": live} | {name: late for name in NETWORKS if name.startswith("tiny-")}


def seen(name):
    """(side of the input, mean, std, [(English, Chinese)]) of a network."""
    if name == "everyday":
        return pictures.SIZE, pictures.MEAN, pictures.STD, [row[:2] for row in pictures.table()]
    if name.startswith("tiny-"):
        return everyday.RECIPES[name]["shown"], pictures.MEAN, pictures.STD, [row[:2] for row in pictures.table("tinyimagenet")]
    if name == "objects":
        return objects.SIZE, data.MEAN, data.STD, [row[1:] for row in objects.NAMES]
    return 32, data.MEAN, data.STD, list(zip(data.CLASSES, CLASSES_ZH))


def spec(name):
    """The JSON text of a network's spec."""
    net = shipped(name)
    title, note = TITLES[name]
    side, mean, std, classes = seen(name)
    s = {"name": name, "title": title, "input": {"H": side, "W": side, "C": 3}, "mean": mean, "std": std,
         "classes": [{"en": en, "zh": zh} for en, zh in classes],
         "layers": list(LAYERS[name](net))}
    if note:
        s["note"] = note
    for family in FAMILIES:
        if name in family:
            s["family"] = family
    return json.dumps(s, ensure_ascii=False, separators=(",", ":"))
