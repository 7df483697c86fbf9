"""Things that people have at hand, from Caltech-101 and the Grocery Store data set: reading, the
fixed validation split, and augmentation.

DIR of --data holds train/CLASS/N.jpg and val/CLASS/N.jpg, pictures of 80x80; a grocery class is
called food-NAME. val has groceries only. The network sees 64x64.
"""
import math

import numpy as np
import torch
from PIL import Image

import data

SIZE = 64
SHARE = 0.15  # of every class's training pictures is kept for validation

# folder(s), English, Chinese
NAMES = (
    ("Faces Faces_easy", "face", "人脸"),
    ("cup", "cup", "杯子"),
    ("cellphone", "mobile phone", "手机"),
    ("laptop", "laptop", "笔记本电脑"),
    ("watch", "watch", "手表"),
    ("scissors", "scissors", "剪刀"),
    ("umbrella", "umbrella", "雨伞"),
    ("chair windsor_chair", "chair", "椅子"),
    ("camera", "camera", "相机"),
    ("headphone", "headphones", "耳机"),
    ("stapler", "stapler", "订书机"),
    ("lamp", "lamp", "台灯"),
    ("wrench", "wrench", "扳手"),
    ("dollar_bill", "dollar bill", "美元纸币"),
    ("soccer_ball", "football", "足球"),
    ("electric_guitar", "electric guitar", "电吉他"),
    ("grand_piano", "piano", "钢琴"),
    ("binocular", "binoculars", "双筒望远镜"),
    ("bonsai", "bonsai", "盆景"),
    ("sunflower", "sunflower", "向日葵"),
    ("pizza", "pizza", "披萨"),
    ("strawberry", "strawberry", "草莓"),
    ("butterfly", "butterfly", "蝴蝶"),
    ("inline_skate", "inline skate", "直排轮滑鞋"),
    ("food-Apple", "apple", "苹果"),
    ("food-Asparagus", "asparagus", "芦笋"),
    ("food-Aubergine", "aubergine", "茄子"),
    ("food-Avocado", "avocado", "牛油果"),
    ("food-Banana", "banana", "香蕉"),
    ("food-Cabbage", "cabbage", "卷心菜"),
    ("food-Carrots", "carrots", "胡萝卜"),
    ("food-Cucumber", "cucumber", "黄瓜"),
    ("food-Garlic", "garlic", "大蒜"),
    ("food-Ginger", "ginger", "生姜"),
    ("food-Juice", "juice carton", "盒装果汁"),
    ("food-Kiwi", "kiwi", "猕猴桃"),
    ("food-Leek", "leek", "韭葱"),
    ("food-Lemon", "lemon", "柠檬"),
    ("food-Lime", "lime", "青柠"),
    ("food-Mango", "mango", "芒果"),
    ("food-Melon", "melon", "甜瓜"),
    ("food-Milk", "milk carton", "盒装牛奶"),
    ("food-Mushroom", "mushroom", "蘑菇"),
    ("food-Nectarine", "nectarine", "油桃"),
    ("food-Oat-Milk", "oat milk", "燕麦奶"),
    ("food-Oatghurt", "oat yoghurt", "燕麦酸奶"),
    ("food-Onion", "onion", "洋葱"),
    ("food-Orange", "orange", "橙子"),
    ("food-Papaya", "papaya", "木瓜"),
    ("food-Passion-Fruit", "passion fruit", "百香果"),
    ("food-Peach", "peach", "桃子"),
    ("food-Pear", "pear", "梨"),
    ("food-Pepper", "pepper", "甜椒"),
    ("food-Pineapple", "pineapple", "菠萝"),
    ("food-Plum", "plum", "李子"),
    ("food-Pomegranate", "pomegranate", "石榴"),
    ("food-Potato", "potato", "土豆"),
    ("food-Red-Beet", "beetroot", "甜菜根"),
    ("food-Red-Grapefruit", "grapefruit", "西柚"),
    ("food-Satsumas", "satsuma", "蜜橘"),
    ("food-Sour-Cream", "sour cream", "酸奶油"),
    ("food-Sour-Milk", "sour milk", "发酵乳"),
    ("food-Soy-Milk", "soy milk", "豆奶"),
    ("food-Soyghurt", "soy yoghurt", "大豆酸奶"),
    ("food-Tomato", "tomato", "番茄"),
    ("food-Yoghurt", "yoghurt", "酸奶"),
    ("food-Zucchini", "courgette", "西葫芦"),
)


def folder(path):
    """The pictures of one class, uint8 (N, 3, 80, 80), by number."""
    files = sorted(path.glob("*.jpg"), key=lambda p: int(p.stem))
    return torch.stack([torch.from_numpy(np.array(Image.open(p).convert("RGB")).transpose(2, 0, 1).copy()) for p in files])


def load(root, others=False):
    """((pixels 80x80, labels) to train on, (pixels 64x64, labels) kept for validation); with
    others, every further folder is a class to train on."""
    parts = {"train": ([], []), "val": ([], [])}
    for label, (folders, _, _) in enumerate(NAMES):
        for name in folders.split():
            pixels = folder(root / "train" / name)
            order = torch.randperm(len(pixels), generator=torch.Generator().manual_seed(data.SPLIT_SEED))
            kept = round(SHARE * len(pixels))
            for part, chosen in (("val", order[:kept]), ("train", order[kept:])):
                parts[part][0].append(pixels[chosen])
                parts[part][1].append(torch.full((len(chosen),), label))
    known = {name for folders, _, _ in NAMES for name in folders.split()}
    for label, path in enumerate(sorted(p for p in (root / "train").iterdir() if p.name not in known) if others else [], len(NAMES)):
        parts["train"][0].append(folder(path))
        parts["train"][1].append(torch.full((len(parts["train"][0][-1]),), label))
    (train, train_labels), (val, val_labels) = [[torch.cat(v) for v in parts[p]] for p in ("train", "val")]
    return (train, train_labels), (shrink(val), val_labels)


def groceries(root):
    """(pixels 64x64, labels) of root/val."""
    found = [(folder(root / "val" / name), label) for label, (name, _, _) in enumerate(NAMES) if (root / "val" / name).is_dir()]
    return shrink(torch.cat([p for p, _ in found])), torch.cat([torch.full((len(p),), label) for p, label in found])


def shrink(pixels):
    """uint8 (N, 3, S, S) -> (N, 3, 64, 64): each pixel is the mean of the area that it covers, as
    the Go side averages."""
    side = pixels.shape[-1]
    edges = torch.arange(SIZE + 1) * side / SIZE
    cover = (torch.minimum(edges[1:, None], torch.arange(side) + 1) - torch.maximum(edges[:-1, None], torch.arange(side))).clamp(min=0) * SIZE / side
    return (cover @ pixels.float() @ cover.T + 0.5).to(torch.uint8)


def at_most(order, labels, most):
    """The pictures of order, of every class the first most only: no class with hundreds of pictures
    rules an epoch."""
    seen = torch.nn.functional.one_hot(labels[order]).cumsum(0).gather(1, labels[order][:, None])[:, 0]
    return order[seen <= most]


def augment(pixels, rng, size):
    """Cut each picture to a random square of 55 to 130 % of its side, turned by up to 17 degrees,
    mirror half, and change the light.

    The squares' sizes have the whole picture in their middle: a network that only saw parts finds
    whole ones too small (Touvron et al. 2019, arXiv:1906.06423).
    """
    n = len(pixels)
    zoom, turn = torch.exp(data.uniform(rng, math.log(0.55), math.log(1.3), n)), data.uniform(rng, -0.3, 0.3, n)
    mirror = data.uniform(rng, 0, 1, n).sub(0.5).sign()
    dx, dy = (data.uniform(rng, -1, 1, n) * (1 - zoom) for _ in "xy")
    out = data.turned(pixels, size, zoom, turn, dx, dy, mirror, fill="reflection")
    return data.light(out, rng, 0.4)
