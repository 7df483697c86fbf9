"""What card.py measures each network on: the pictures that it learned, sets to report,
outsiders."""
import dataclasses

import numpy as np
import torch

import data
import everyday
import objects
from pictures import PARTS, SIZE, SOURCES

# Folders of the object packs that show what CIFAR-10 has a class for: no outsiders there.
CIFAR_LIKE = set("airplanes car_side dalmatian ketch schooner ferry pigeon rooster ibis emu flamingo flamingo_head wild_cat helicopter cougar_body "
                 "cougar_face Leopards llama gerenuk okapi kangaroo elephant rhino hedgehog beaver platypus panda Motorbikes BACKGROUND_Google "
                 "garfield snoopy".split())
# Folders that everyday does not learn, and that may show what it knows all the same.
EVERYDAY_LIKE = set("c:BACKGROUND_Google c:wild_cat c:garfield c:snoopy".split())

CIFAR10 = {
    "en": "Trained on CIFAR-10 (A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009; no licence text, asks for citation), "
          "32 x 32 pixels.",
    "zh": "训练数据为 CIFAR-10（A. Krizhevsky，2009；无许可证文本，要求引用），32 × 32 像素。",
}
OBJECTS = {
    "en": "Trained on pictures of Caltech-101 (Li, Andreeto, Ranzato, Perona; CC BY 4.0) and of the Grocery Store data set (Klasson, Zhang, "
          "Kjellström 2019; MIT).",
    "zh": "训练数据为 Caltech-101（Li、Andreeto、Ranzato、Perona；CC BY 4.0）和 Grocery Store 数据集（Klasson、Zhang、Kjellström，2019；MIT）的图片。",
}
EVERYDAY = {
    "en": "Trained on pictures of Tiny ImageNet and mini-ImageNet (from ImageNet: for research, pictures not to be passed on), Caltech-101 (Li, "
          "Andreeto, Ranzato, Perona; CC BY 4.0), the Grocery Store data set (Klasson, Zhang, Kjellström 2019; MIT), the small clothing data set "
          "(A. Grigorev; CC0) and TrashNet (Yang, Thung 2016; no terms stated).",
    "zh": "训练数据为 Tiny ImageNet 和 mini-ImageNet（取自 ImageNet：限研究用途，图片不得转发）、Caltech-101（Li、Andreeto、Ranzato、Perona；"
          "CC BY 4.0）、Grocery Store 数据集（Klasson、Zhang、Kjellström，2019；MIT）、小型服装数据集（A. Grigorev；CC0）和 TrashNet"
          "（Yang、Thung，2016；未声明条款）的图片。",
}


TINY = {
    "en": "Trained on 91,815 of Tiny ImageNet's 100,000 training pictures (Stanford CS231n, from ImageNet: for research, pictures not to be passed on).",
    "zh": "训练数据为 Tiny ImageNet 10 万张训练图片中的 91,815 张（斯坦福 CS231n，取自 ImageNet：限研究用途，图片不得转发）。",
}


@dataclasses.dataclass
class Sets:
    """Pictures are uint8 (N, 3, H, W) with labels (N,); the validation pictures stand first in
    named.

    outsiders are pictures outside the classes by kind: those that fit the score, and those that
    choose the threshold and report. The two have no class in common; noise and blank frames are on
    both sides, from different seeds.
    """
    train: tuple
    named: list
    outsiders: list
    credits: dict


def of(network, args):
    """The Sets of a network; args are card.py's."""
    kind, needed = ("everyday" if network == "everyday" else "tiny", ["pictures"]) if network in everyday.RECIPES else ("objects" if network == "objects" else "cifar", ["cifar", "objects"])
    if missing := [n for n in needed if not getattr(args, n)]:
        raise SystemExit(f"{network} is measured on pictures of --{' and --'.join(missing)}, expected their folders")
    return {"everyday": of_everyday, "objects": of_objects, "cifar": of_cifar, "tiny": of_tiny}[kind](args)


def of_cifar(args):
    train, val = data.load(args.cifar)
    named = [({"en": "validation", "zh": "验证集"}, val)]
    if args.test:
        named.append(({"en": "test", "zh": "测试集"}, data.read(args.cifar / "test-a.bin")))
    folders = sorted(p for p in (args.objects / "train").iterdir() if p.name not in CIFAR_LIKE)
    things = lambda side: shrink32(torch.cat([objects.folder(p)[:60] for p in folders[side::2]]))  # noqa: E731
    outsiders = [{"things and groceries": things(side), "noise and blank frames": synthetic(32, 5 + side)} for side in range(2)]
    return Sets(train, named, outsiders, CIFAR10)


def of_objects(args):
    train, val = objects.load(args.objects)
    named = [({"en": "validation", "zh": "验证集"}, val), ({"en": "groceries, validation", "zh": "杂货验证集"}, objects.groceries(args.objects))]
    pixels, labels = data.split(*data.read(args.cifar / "train.bin"))[1]
    big = lambda v: torch.nn.functional.interpolate(v.float(), scale_factor=2, mode="bilinear", align_corners=False).to(torch.uint8)  # noqa: E731
    known = {name for folders, _, _ in objects.NAMES for name in folders.split()} | {"BACKGROUND_Google"}  # where anything may be seen
    folders = sorted(p for p in (args.objects / "train").iterdir() if p.name not in known)
    things = lambda side: objects.shrink(torch.cat([objects.folder(p)[:40] for p in folders[side::2]]))  # noqa: E731  sharp ones: CIFAR-10's are blurred
    outsiders = [{"CIFAR-10": big(pixels[labels % 2 == side][:1000]), "things": things(side), "noise and blank frames": synthetic(64, 5 + side)}
                 for side in range(2)]
    return Sets((objects.shrink(train[0]), train[1]), named, outsiders, OBJECTS)


def of_everyday(args, most=25):
    """Of the training pictures, at most so many of each class."""
    known = everyday.Pictures(args.pictures)
    index = np.load(args.pictures / "index.npz")
    rows = np.random.default_rng(data.SPLIT_SEED).permutation(known.rows("train"))
    rows = rows[objects.at_most(torch.arange(len(rows)), known.merge[known.label[rows]], most).numpy()]
    part = lambda chosen: known.get(chosen)[:2]  # noqa: E731
    test = known.rows("test")
    named = [({"en": "validation", "zh": "验证集"}, part(known.rows("val"))),
             ({"en": "groceries of other visits", "zh": "另外几次购物的杂货"}, part(test[known.source[test] == SOURCES.index("grocery")]))]
    outside = np.flatnonzero(index["part"] == PARTS.index("outside"))
    folders = sorted(set(str(index["classes"][c]) for c in index["label"][outside]) - EVERYDAY_LIKE)
    things = lambda side: known.get(outside[np.isin(index["classes"][index["label"][outside]], folders[side::2])])[0]  # noqa: E731
    return Sets(part(rows), named, [{"things": things(side), "noise and blank frames": synthetic(SIZE, 5 + side)} for side in range(2)], EVERYDAY)


def of_tiny(args, most=25):
    """Tiny ImageNet's own classes; nothing outside them, since the study's networks always
    answer."""
    known = everyday.Pictures(args.pictures, "tiny")
    rows = np.random.default_rng(data.SPLIT_SEED).permutation(known.rows("train"))
    rows = rows[objects.at_most(torch.arange(len(rows)), known.merge[known.label[rows]], most).numpy()]
    part = lambda chosen: known.get(chosen)[:2]  # noqa: E731
    named = [({"en": "validation", "zh": "验证集"}, part(known.rows("val"))),
             ({"en": "test: Tiny ImageNet's validation pictures", "zh": "测试：Tiny ImageNet 的验证图片"}, part(known.rows("test")))]
    return Sets(part(rows), named, [], TINY)


def synthetic(side, seed, count=200):
    """Noise of several grains, and blank frames."""
    rng = np.random.default_rng(seed)
    out = []
    for i in range(count):
        grain = (1, 2, 4, 8)[i % 4]
        noise = rng.integers(0, 256, (3, side // grain, side // grain)).repeat(grain, 1).repeat(grain, 2)
        blank = np.clip(rng.integers(0, 256, (3, 1, 1)) + rng.normal(0, 3, (3, side, side)), 0, 255)
        out.append(noise if i % 2 else blank)
    return torch.from_numpy(np.stack(out).astype(np.uint8))


def shrink32(pixels):
    return torch.nn.functional.avg_pool2d(objects.shrink(pixels).float(), 2).round().to(torch.uint8)
