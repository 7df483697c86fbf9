#!/usr/bin/env python3
"""Measure a quantised network and write what it found into the file.

usage: python3 card.py NETWORK INT8.safetensors [--cifar DIR] [--objects DIR] [--pictures DIR]
                       [--float FLOAT.safetensors] [--seeds 1] [--compared SEEDS.json] [--test]

INT8 is what `sescope quantize FLOAT INT8` wrote; temperature, rejection, gate signatures and the
accuracy card in its header and tensors are rewritten in place. everyday is measured on --pictures
(pictures.py's --out), the others on --cifar and --objects. Everything is measured with the int8
weights; --float adds the float weights' accuracy and what fewer bits cost. Nothing is chosen on
test data; --test adds CIFAR-10's test sets to the card. --compared is what seeds.py or study.py
wrote: the card then says what attention brings, with its spread. Printed and not written: the
pictures of every class that are named rightly, and the share of every kind of outsider that passes.

  temperature  the one that minimises the validation pictures' negative log likelihood (Guo et al.
               2017, arXiv:1706.04599)
  reject       a score and the threshold that 95 % of pictures outside the classes stay below.
               Outsiders: pictures that show none of the classes, noise, blank frames. Every second
               folder of them (or class of CIFAR-10) fits the score "features", a logistic
               regression on what the head reads; of the rest half choose its decay, score and
               threshold, the other half are what auroc and kept report
  signature    mean and standard deviation of every gate per class over the training pictures (as in
               figures 5 to 7 of Hu et al. 2018)
"""
import argparse
import json
import pathlib

import numpy as np
import torch

import data
import everyday
import safetensors
import sets
from attention import hook_gates, last_convolution
from networks import shipped, state_of
from pictures import SIZE
from spec import FAMILIES
from train import RECIPES, rounded

# They teach how a network answers, so they always answer, with the probabilities that the
# tutorial's code gives.
TEACHING = ("simple", "simple-se", "cnn3-se")
STUDY = tuple(name for name in everyday.RECIPES if name.startswith("tiny-"))

EVERYDAY_RECIPE = {
    "en": "Recipe: SGD, batches of 128, pictures of 32, then 48, then 56 pixels; cut, turned, slanted, relit, blurred, noisy and compressed as a webcam makes them, at the "
          "end as they are; label smoothing; the running mean of the weights, in the last quarter behind their rounding to five bits. Beside its classes it learned the "
          "finer ones of its sources.",
    "zh": "训练方法：SGD，每批 128 张，图片边长先后为 32、48、56 像素；按摄像头的情形裁剪、旋转、倾斜、改变光照、模糊、加噪并压缩，最后阶段几乎不作改动；标签平滑；取权重的滑动平均，"
          "最后四分之一按五位舍入后的权重计算。除自己的类别外，还学习了各数据来源更细的类别。",
}
STUDY_RECIPE = {
    "en": "Recipe: 640,000 pictures (seven epochs) of SGD in batches of 128, of 32, then 48 pixels; cut, turned, relit, blurred and noisy; label smoothing; the "
          "running mean of the weights. Its three twins saw the same batches.",
    "zh": "训练方法：SGD，共 64 万张图片（约 7 轮），每批 128 张，边长先后为 32、48 像素；裁剪、旋转、改变光照、模糊并加噪；标签平滑；取权重的滑动平均。"
          "另外三个网络看的是同样的批次。",
}
NOT_FOR = {
    "en": "Not for any decision about people or things: it teaches, and it knows nothing but its classes.",
    "zh": "不得用于对人或物作任何决定：它用于教学，除自己的类别外一无所知。",
}


def texts(network, compared):
    """The card's words: how it was trained, and what it is not for. The recipe is the script's;
    compared is what seeds.py or study.py wrote."""
    if network in STUDY:
        return {"recipe": STUDY_RECIPE, "notfor": NOT_FOR} | compared.get(network, {})
    if network in everyday.RECIPES:
        return {"recipe": EVERYDAY_RECIPE, "notfor": NOT_FOR}
    recipe = RECIPES[network]
    by = "Muon and SGD" if "muon" in recipe else "SGD"
    en, zh = f"Recipe: {recipe['epochs']} epochs of {by}, batches of {recipe['batch']}", f"训练方法：{by.replace(' and ', ' 与 ')} 训练 {recipe['epochs']} 轮，每批 {recipe['batch']} 张"
    if "shrunk" in recipe:
        en, zh = en + f", the first half of them with {recipe['shrunk']} pixels a side", zh + f"，前一半轮次图片边长为 {recipe['shrunk']} 像素"
    if "mix" in recipe:
        en, zh = en + f", {100 * recipe['mix']:.0f} % of the pictures mixed with another (mixup, CutMix)", zh + f"，{100 * recipe['mix']:.0f} % 的图片与另一张混合（mixup、CutMix）"
    if "vary" in recipe:
        share = f"{100 * recipe['vary']:.0f} %"
        en, zh = en + f", {share} in other light, half of these turned and scaled", zh + f"，{share} 改变光照，其中一半另经旋转与缩放"
    if "teachers" in recipe:
        one = len(recipe["teachers"]) == 1
        en, zh = en + f", taught by {'a wider network' if one else 'two wider networks'}", zh + f"，由{'一个' if one else '两个'}更宽的网络指导"
    if "init" in recipe:
        en, zh = en + ", from the weights of such a network for CIFAR-10", zh + "，从同类 CIFAR-10 网络的权重开始"
    en, zh = en + ".", zh + "。"
    for row in compared:
        if (row["set"], row["weights"], row["network"]) == ("test", "int8", "difference"):
            n, mean, half = len(row["seeds"]), f"{row['mean']:+.1f}".replace("-", "−"), row["half95"]
            en += f" {n} seeds were trained with SE and without. SE brings {mean} ± {half:.1f} points on the test pictures (95 % interval)."
            zh += f"有 SE 与无 SE 各训练了 {n} 个随机种子。SE 在测试图片上带来 {mean} ± {half:.1f} 个百分点（95 % 区间）。"
    first = any(network == family[0] for family in FAMILIES)  # of which the others differ
    return {"recipe": {"en": en, "zh": zh}, "notfor": NOT_FOR} | ({} if first else difference(compared))


def difference(compared, pictures=5000):
    """The card's "difference" from the rows of seeds.py: what the network brings over the first of
    its family."""
    for row in compared:
        if (row["set"], row["weights"], row["network"]) == ("test", "int8", "difference"):
            return {"difference": {"set": {"en": "test", "zh": "测试集"}, "pictures": pictures, "seeds": len(row["seeds"]),
                                   "points": row["mean"], "half": row["half95"]}}
    return {}


def by_bits(network, path, pixels, labels):
    """Accuracy with weights of 8, 6, 5 and 4 bits, made of the float32 ones, and the bytes of the
    tensors if every number took so many bits."""
    net, tensors, _ = load(network, path)
    out = []
    for bits in (8, 6, 5, 4):
        with rounded(net, bits):
            right = run(net, pixels)[0].argmax(1) == labels
        large = {k: v for k, v in tensors.items() if k.endswith(".weight") and v.ndim >= 2 and v.size >= 4096}
        size = sum(4 * v.size for k, v in tensors.items() if k not in large) + sum((v.size * bits + 7) // 8 + 4 * len(v) for v in large.values())
        out.append({"bits": bits, "accuracy": round(right.float().mean().item(), 4), "bytes": size})
    return out


def load(network, path):
    net = shipped(network).eval()
    net.normalise = data.normalise
    if network in everyday.RECIPES:
        side = everyday.RECIPES[network].get("shown", SIZE)
        net.normalise = lambda pixels: everyday.normalise(everyday.sized(pixels, side))
    tensors, metadata = safetensors.read(path)
    tensors = {k: v for k, v in tensors.items() if not k.startswith(("signature.", "reject."))}
    missing, extra = net.load_state_dict(state_of(tensors), strict=False)
    if extra or any(not k.endswith("num_batches_tracked") for k in missing):
        raise SystemExit(f"{path}: missing {missing}, unexpected {extra}")
    return net, tensors, metadata


def run(net, pixels, batch=250):
    """(logits (N, classes), {block: gates (N, channels)}, features (N, channels)): the last are the
    means of the channels that the head reads."""
    logits, gates, features = [], {}, []
    channels = last_convolution(net).out_channels
    head = next(m for m in net.children() if isinstance(m, torch.nn.Linear))
    hooks = [head.register_forward_hook(lambda m, i, o: features.append(i[0].reshape(len(i[0]), channels, -1).mean(2)))]
    hooks += hook_gates(net, lambda name, gate: gates.setdefault(name, []).append(gate))
    with torch.no_grad():
        for i in range(0, len(pixels), batch):
            logits.append(net(net.normalise(pixels[i:i + batch])))
    for h in hooks:
        h.remove()
    return torch.cat(logits), {k: torch.cat(v) for k, v in gates.items()}, torch.cat(features)


def temperature(logits, labels):
    """The temperature of the smallest negative log likelihood, to 1e-4, by ternary search: the
    likelihood has one minimum in 1/T."""
    nll = lambda t: torch.nn.functional.cross_entropy(logits / t, labels).item()  # noqa: E731
    lo, hi = 0.05, 10.0
    while hi - lo > 1e-4:
        a, b = lo + (hi - lo) / 3, hi - (hi - lo) / 3
        lo, hi = (lo, b) if nll(a) < nll(b) else (a, hi)
    return (lo + hi) / 2


def ece(logits, labels, bins=15):
    """Expected calibration error: |confidence - accuracy| over 15 equal bins of confidence,
    weighted by their pictures."""
    p, predicted = torch.softmax(logits, 1).max(1)
    right = (predicted == labels).float()
    bin_of = (p * bins).long().clamp(max=bins - 1)
    return sum(((bin_of == b).float().mean() * (p[bin_of == b].mean() - right[bin_of == b].mean()).abs()).item() for b in range(bins) if (bin_of == b).any())


STRANGE = 0.05  # of its own pictures a network may call so many "nothing I know"
ODDS = (0, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2)  # of the log odds of an answer, in standard deviations of the regression
GIVEN = 0.01  # of AUROC, so that hardly an answer of which the network is certain is doubted
DECAYS = (1e-3, 1e-2, 0.1, 1)  # a few hundred outsiders against some two hundred features


def regression(known, outside, decay):
    """Weights (C,) whose sum over the features is large for known pictures and small for outsiders:
    logistic regression on features of one spread, both sides of equal weight. The bias is left out,
    since a threshold follows."""
    mean, std = known.mean(0), known.std(0) + 1e-4
    x = (torch.cat([known, outside]) - mean) / std
    side = torch.cat([torch.ones(len(known)), torch.zeros(len(outside))])
    share = torch.cat([torch.full((len(v),), 0.5 / len(v)) for v in (known, outside)])
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([w, b], max_iter=300)

    def loss():
        optimiser.zero_grad()
        value = (torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, side, reduction="none") * share).sum() + decay * (w * w).sum()
        value.backward()
        return value

    optimiser.step(loss)
    return (w / std).detach()


def scores(logits, features, w, t, odds=0):
    p = torch.softmax(logits / t, 1).max(1).values
    return {"features": features @ w + odds * torch.logit(p, 1e-6), "energy": t * torch.logsumexp(logits / t, 1), "maxlogit": logits.max(1).values, "msp": p}


def auroc(known, outside):
    """The chance that a known picture scores above an outsider."""
    order = torch.cat([outside, known]).double().argsort().argsort() + 1
    n, m = len(known), len(outside)
    return ((order[m:].sum() - n * (n + 1) / 2) / (n * m)).item()


def shuffled(kinds):
    pixels = torch.cat(list(kinds.values()))
    return pixels[torch.randperm(len(pixels), generator=torch.Generator().manual_seed(data.SPLIT_SEED))]


def signature(gates, labels, classes):
    """Tensors signature.BLOCK.mean and .std, (classes, channels) as int8 with one scale a class;
    few levels, since with hundreds of classes they are a fifth of the file."""
    out = {}
    for block, g in gates.items():
        for name, levels, f in (("mean", 31, lambda v: v.mean(0)), ("std", 15, lambda v: v.std(0))):
            v = np.nan_to_num(torch.stack([f(g[labels == c]) for c in range(classes)]).numpy())  # a class without pictures
            scale = (np.maximum(np.abs(v).max(1), 1e-6) / levels).astype(np.float32)
            out[f"signature.{block}.{name}"] = np.round(v / scale[:, None]).astype(np.int8)
            out[f"signature.{block}.{name}.scale"] = scale
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("int8", type=pathlib.Path)
    parser.add_argument("--float", type=pathlib.Path)
    parser.add_argument("--cifar", type=pathlib.Path)
    parser.add_argument("--objects", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--compared", type=pathlib.Path)
    parser.add_argument("--test", action="store_true")
    args = parser.parse_args()

    net, tensors, metadata = load(args.network, args.int8)
    known = sets.of(args.network, args)
    val = known.named[0][1]
    spec = json.loads(metadata["sescope"])
    classes = len(spec["classes"])
    _, gates, trained = run(net, known.train[0])
    accuracy, results = [], []
    for name, (pixels, labels) in known.named:
        results.append(run(net, pixels))
        right8 = results[-1][0].argmax(1) == labels
        accuracy.append({"set": name, "pictures": len(labels), "int8": round(right8.float().mean().item(), 4)})
        print(name["en"], "top-5", round(everyday.top(results[-1][0], labels, 5), 4))
        if args.float:
            right = run(load(args.network, args.float)[0], pixels)[0].argmax(1) == labels
            accuracy[-1]["float32"] = round(right.float().mean().item(), 4)
        if name["en"].startswith(("test", "validation")):
            per_class = [round(right8[labels == c].float().sum().item() / max(1, (labels == c).sum().item()), 4) for c in range(classes)]
    spec["card"] = texts(args.network, json.loads(args.compared.read_text()) if args.compared else {}) | {
        "data": known.credits, "seeds": [int(s) for s in args.seeds.split(",")], "accuracy": accuracy, "classes": per_class}
    if args.float:
        spec["card"]["bits"] = by_bits(args.network, args.float, *val)
    if args.network not in TEACHING + STUDY:
        not_sure(net, spec, tensors, trained, known, results)
    metadata["sescope"] = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    safetensors.write(args.int8, tensors | signature(gates, known.train[1], classes), metadata)
    print(json.dumps({k: spec[k] for k in ("temperature", "reject", "card") if k in spec}, indent=1, ensure_ascii=False))


def print_kinds(name, classes, right, labels, kept):
    """What a set's mean hides: every class's pictures that are named rightly, and what "not sure"
    makes of the set."""
    print(f"{name}: " + ", ".join(f"{classes[c]} {right[labels == c].sum()}/{(labels == c).sum()}" for c in labels.unique().tolist()))
    print(f"{name}: {100 * kept.float().mean().item():.1f} % kept, {100 * right[kept].float().mean().item():.1f} % of them named rightly")


def print_odds(odds, inside, choosing, reporting, right):
    """What so many log odds do: to all known pictures, and to answers above 90 %."""
    kept, certain = inside["features"] >= torch.quantile(choosing["features"], 0.95), inside["msp"] > 0.9
    share = lambda v: f"{100 * v.float().mean().item():.1f} %"  # noqa: E731
    print(f"odds {odds}: auroc {auroc(inside['features'], reporting['features']):.4f}, {share(kept)} kept, {share(right[kept])} of them right, "
          f"{share(kept[certain])} of the answers above 90 %, of which {share(right[certain])} are right")


def not_sure(net, spec, tensors, trained, known, results):
    """Write temperature and rejection into spec and tensors. trained are the features of the
    training pictures, known what sets.of() gives, results what run() made of its named sets."""
    fitting, others = known.outsiders
    labels = known.named[0][1][1]
    logits, _, features = results[0]
    t = temperature(logits, labels)
    fitted = run(net, shuffled(fitting))[2]
    outside, _, outer = run(net, shuffled(others))
    half = len(outside) // 2
    w = max((regression(trained, fitted, d) for d in DECAYS), key=lambda w: auroc(features @ w, outer[:half] @ w))
    spread = (features @ w).std().item()
    found = {o: auroc(scores(logits, features, w, t, o * spread)["features"], scores(outside[:half], outer[:half], w, t, o * spread)["features"]) for o in ODDS}
    for o in ODDS:
        print_odds(o, *(scores(*of, w, t, o * spread) for of in ((logits, features), (outside[:half], outer[:half]), (outside[half:], outer[half:]))), logits.argmax(1) == labels)
    odds = spread * max(o for o in ODDS if found[o] >= max(found.values()) - GIVEN)
    inside = scores(logits, features, w, t, odds)
    choosing, reporting = scores(outside[:half], outer[:half], w, t, odds), scores(outside[half:], outer[half:], w, t, odds)
    for s, v in inside.items():
        print(s, "auroc", round(auroc(v, reporting[s]), 4), "kept at 5 %", round((v >= torch.quantile(choosing[s], 0.95)).float().mean().item(), 4))
    best = max(inside, key=lambda s: auroc(inside[s], choosing[s]))
    own, report = inside[best], reporting[best]
    threshold = torch.quantile(choosing[best], 0.95).item()
    kept = lambda logits, gates, features: scores(logits, features, w, t, odds)[best] >= threshold  # noqa: E731
    for kind, pixels in others.items():
        print(f"{kind}: {100 * kept(*run(net, pixels)).float().mean().item():.1f} % of {len(pixels)} pass")
    for (name, (_, named)), result in zip(known.named, results):
        print_kinds(name["en"], [c["en"] for c in spec["classes"]], result[0].argmax(1) == named, named, kept(*result))
    if best == "features":
        tensors["reject.weight"] = w.numpy()
    spec["temperature"] = round(t, 4)
    strange = min(threshold, torch.quantile(own, STRANGE).item())
    print(f"strange, below {strange:.4f}: " + ", ".join(f"{n['en']} {100 * (scores(*r[::2], w, t, odds)[best] < strange).float().mean().item():.1f} %" for (n, _), r in zip(known.named, results))
          + f", outside {100 * (report < strange).float().mean().item():.1f} %")
    spec["reject"] = {"score": best, "threshold": round(threshold, 4), "strange": round(strange, 4)}
    if best == "features" and odds:
        spec["reject"] |= {"odds": round(odds, 4), "own": round(torch.quantile(outer[:half] @ w, 0.95).item(), 4)}
    spec["card"] |= {
        "ece": [round(ece(logits, labels), 4), round(ece(logits / t, labels), 4)],
        "auroc": round(auroc(own, report), 4),
        "kept": round((own >= threshold).float().mean().item(), 4),
        "accepted": round((report >= threshold).float().mean().item(), 4),
    }


if __name__ == "__main__":
    main()
