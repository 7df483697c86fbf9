"""Networks in the styles that people write, a factory each, small and with random weights that
matter: for styles_test.go.

REFUSED names what a spec has no word for, and a part of the sentence.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn


def stem(c=16, stride=2):
    return nn.Sequential(nn.Conv2d(3, c, 3, stride, 1, bias=False), nn.BatchNorm2d(c), nn.ReLU(inplace=True))


class Nested(nn.Module):
    """Sequentials within sequentials, view by x.size(0)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Sequential(stem(), nn.Sequential(nn.Conv2d(16, 24, 3, padding=1), nn.BatchNorm2d(24))), nn.ReLU(True), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(24 * 25, 32), nn.ReLU(True), nn.Dropout(), nn.Linear(32, 10))

    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size(0), -1)
        return self.classifier(x)


class Inplace(nn.Module):
    """F.relu with inplace=True, torch.flatten, a mean over a tuple of axes."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.conv2 = nn.Conv2d(3, 16, 5, 2), nn.BatchNorm2d(16), nn.Conv2d(16, 16, 3)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        x = F.relu_(self.conv2(x))
        x = x.mean(dim=(-2, -1), keepdim=True)
        return self.fc(torch.flatten(x, start_dim=1))


class SE(nn.Module):
    """1x1 convolutions, as in the paper's ports."""

    def __init__(self, c, r=4):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(c, c // r, kernel_size=1), nn.Conv2d(c // r, c, kernel_size=1)

    def forward(self, x):
        w = F.adaptive_avg_pool2d(x, 1)
        w = F.relu(self.fc1(w), inplace=True)
        return x * torch.sigmoid(self.fc2(w))


class SELinear(nn.Module):
    def __init__(self, c, r=4):
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Sequential(nn.Linear(c, c // r, bias=False), nn.ReLU(inplace=True), nn.Linear(c // r, c, bias=False), nn.Sigmoid())

    def forward(self, x):
        b, c, _, _ = x.shape
        y = self.fc(self.avg_pool(x).view(b, c)).view(b, c, 1, 1)
        return x * y.expand_as(x)


class SESqueeze(nn.Module):
    """squeeze and unsqueeze, hard sigmoid by hand, scale in place."""

    def __init__(self, c, r=4):
        super().__init__()
        self.down, self.up = nn.Linear(c, c // r), nn.Linear(c // r, c)

    def forward(self, x):
        y = F.adaptive_avg_pool2d(x, (1, 1)).squeeze(-1).squeeze(-1)
        y = F.relu6(self.up(F.relu(self.down(y))) + 3.0) / 6.0
        return x.mul_(y.unsqueeze(-1).unsqueeze(-1))


class SEMeans(nn.Module):
    """x.mean([2, 3]) and einops-like indexing."""

    def __init__(self, c, r=4):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(c, c // r), nn.SiLU(), nn.Linear(c // r, c))

    def forward(self, x):
        return x * self.net(x.mean([2, 3])).sigmoid()[:, :, None, None]


class Block(nn.Module):
    """A residual block with downsample, an attention and a drop path that is off."""

    def __init__(self, cin, cout, attention, stride=1):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)
        self.conv2, self.bn2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout)
        self.attention, self.drop_path = attention(cout), nn.Identity()
        self.downsample = None
        if stride != 1 or cin != cout:
            self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.attention(self.bn2(self.conv2(out)))
        if self.training:
            out = out * torch.empty(x.shape[0], 1, 1, 1).bernoulli_(0.9)
        out = self.drop_path(out)
        out += identity
        return F.relu(out)


class ResNet(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.stem = stem()
        self.layer1, self.layer2 = Block(16, 16, attention), Block(16, 32, attention, 2)
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(32, 10)

    def forward(self, x):
        x = self.layer2(self.layer1(self.stem(x)))
        return self.fc(self.avgpool(x).squeeze(-1).squeeze(-1))


def se_conv():
    return ResNet(SE)


def se_linear():
    return ResNet(SELinear)


def se_squeeze():
    return ResNet(SESqueeze)


def se_means():
    return ResNet(SEMeans)


class Way(nn.Module):
    """forward is a function of the parts."""

    def __init__(self, way, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self.way = way

    def forward(self, x):
        return self.way(self, x)


def head(c=16):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 10))


def chunked():
    """Halves that take two ways and are joined."""
    def way(s, x):
        a, b = s.stem(x).chunk(2, dim=1)
        return s.head(torch.cat([s.conv(a), b], 1))
    return Way(way, stem=stem(), conv=nn.Conv2d(8, 8, 3, padding=1), head=head())


def splits():
    def way(s, x):
        a, b, c = torch.split(s.stem(x), [4, 4, 8], dim=1)
        return s.head(torch.cat((F.relu(s.a(a)), s.b(b) * torch.sigmoid(b), c), dim=1))
    return Way(way, stem=stem(), a=nn.Conv2d(4, 4, 3, padding=1), b=nn.Conv2d(4, 4, 1), head=head())


def swishes():
    """x * sigmoid(x), F.hardswish, x * relu6(x + 3) / 6, Mish by hand is refused elsewhere."""
    def way(s, x):
        x = s.stem(x)
        x = s.a(x)
        x = x * torch.sigmoid(x)
        x = F.hardswish(s.b(x))
        x = s.c(x)
        x = x * (F.relu6(x + 3.0) / 6.0)
        return s.head(x)
    return Way(way, stem=stem(), a=nn.Conv2d(16, 16, 1), b=nn.Conv2d(16, 16, 3, groups=16, padding=1), c=nn.Conv2d(16, 16, 1), head=head())


def shared():
    """One convolution, used three times."""
    def way(s, x):
        x = s.stem(x)
        for _ in range(3):
            x = F.relu(s.conv(x)) + x
        return s.head(x)
    return Way(way, stem=stem(), conv=nn.Conv2d(16, 16, 3, padding=1), head=head())


def plain_norm():
    """Batch norm without weights, and one without eps's default."""
    return nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16, affine=False), nn.ReLU(), nn.Conv2d(16, 16, 3, bias=False), nn.BatchNorm2d(16, eps=1e-3), nn.ReLU(), head())


def cbam_channel():
    """Mean and maximum through one MLP."""
    def way(s, x):
        x = s.stem(x)
        a, m = s.mlp(F.avg_pool2d(x, x.shape[2:])), s.mlp(F.max_pool2d(x, x.size()[2:]))
        return s.head(x * torch.sigmoid(a + m))
    return Way(way, stem=stem(), mlp=nn.Sequential(nn.Conv2d(16, 4, 1), nn.ReLU(), nn.Conv2d(4, 16, 1)), head=head())


def eca():
    def way(s, x):
        x = s.stem(x)
        y = s.conv(x.mean((2, 3)).unsqueeze(1)).squeeze(1)
        return s.head(x * torch.sigmoid(y)[..., None, None])
    return Way(way, stem=stem(), conv=nn.Conv1d(1, 1, 3, padding=1, bias=False), head=head())


def in_and_out():
    """Pools of the mean and the largest, concatenated, as fastai's heads."""
    def way(s, x):
        x = s.stem(x)
        return s.fc(torch.cat([F.adaptive_max_pool2d(x, 1), F.adaptive_avg_pool2d(x, 1)], 1).flatten(1))
    return Way(way, stem=stem(), fc=nn.Linear(32, 10))


def tuple_out():
    return Way(lambda s, x: ((y := s.head(s.stem(x))), {"aux": y}), stem=stem(), head=head())


def dict_out():
    return Way(lambda s, x: {"pred": s.head(s.stem(x))}, stem=stem(), head=head())


def softmax_out():
    return Way(lambda s, x: F.softmax(s.head(s.stem(x)), dim=-1), stem=stem(), head=head())


def log_softmax_out():
    return Way(lambda s, x: F.log_softmax(s.head(s.stem(x)), 1), stem=stem(), head=head())


def sigmoids_out():
    return Way(lambda s, x: torch.sigmoid(s.head(s.stem(x))), stem=stem(), head=head())


def lenet():
    """As the 60-minute tutorial has it: pools of a function, view by a product of sizes."""
    def way(s, x):
        x = F.max_pool2d(F.relu(s.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(s.conv2(x)), 2)
        x = x.view(-1, math.prod(x.size()[1:]))
        return s.fc2(F.dropout(F.relu(s.fc1(x)), training=s.training))
    return Way(way, conv1=nn.Conv2d(3, 6, 5), conv2=nn.Conv2d(6, 16, 3), fc1=nn.Linear(16 * 3 * 3, 32), fc2=nn.Linear(32, 10))


def grey():
    """MNIST: one channel."""
    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(8, 16, 3, stride=2), nn.LeakyReLU(0.1), nn.Flatten(), nn.Linear(16 * 4 * 4, 10), nn.LogSoftmax(dim=1))


def normalised():
    """The picture is normalised inside, by buffers."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.tensor([0.1, 0.2, 0.3]).view(1, 3, 1, 1))
            self.register_buffer("std", torch.tensor([0.9, 0.8, 0.7]).view(1, 3, 1, 1))
            self.stem, self.head = stem(), head()

        def forward(self, x):
            return self.head(self.stem((x - self.mean) / self.std))
    return Net()


def channels_last():
    return nn.Sequential(stem(), nn.Conv2d(16, 16, 3), nn.ReLU6(), head()).to(memory_format=torch.channels_last)


def layer_scale():
    """A parameter for each channel on a branch, as in CaiT and ConvNeXt, and one number for all."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.conv, self.head = stem(), nn.Conv2d(16, 16, 3, padding=1), head()
            self.gamma, self.alpha = nn.Parameter(torch.rand(16, 1, 1)), nn.Parameter(torch.tensor(0.3))

        def forward(self, x):
            x = self.stem(x)
            x = x + self.gamma * self.conv(x)
            return self.head(x * self.alpha)
    return Net()


def module_list():
    def way(s, x):
        x, outs = s.stem(x), []
        for layer in s.layers:
            x = layer(x)
            outs.append(x)
        return s.head(torch.cat(outs, 1))
    return Way(way, stem=stem(), layers=nn.ModuleList(nn.Sequential(nn.Conv2d(16, 16, 3, padding=1), nn.ELU()) for _ in range(3)), head=head(48))


def depthwise():
    """MobileNet's blocks with a kernel of five, and a bottleneck without activation."""
    return nn.Sequential(stem(), nn.Conv2d(16, 32, 1), nn.GELU(), nn.Conv2d(32, 32, 5, padding=2, groups=32), nn.PReLU(32), nn.Conv2d(32, 16, 1), nn.Hardswish(), head())


def data_parallel():
    return nn.DataParallel(nn.Sequential(stem(), head()))


def group_norm():
    return nn.Sequential(nn.Conv2d(3, 16, 3), nn.GroupNorm(4, 16), nn.ReLU(), head())


def layer_norm():
    return nn.Sequential(nn.Conv2d(3, 16, 3), nn.LayerNorm([16, 18, 18]), nn.ReLU(), head())


def instance_norm():
    return nn.Sequential(nn.Conv2d(3, 16, 3), nn.InstanceNorm2d(16), nn.ReLU(), head())


def transposed():
    return nn.Sequential(stem(), nn.ConvTranspose2d(16, 16, 2, 2), nn.ReLU(), head())


def upsampled():
    return nn.Sequential(stem(), nn.Upsample(scale_factor=2), head())


def einsum():
    return Way(lambda s, x: s.head(torch.einsum("bchw,bdhw->bcdh", (y := s.stem(x)), y)), stem=stem(), head=head())


def two_inputs():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(stem(), head())

        def forward(self, x, mask):
            return self.net(x) * mask
    return Net()


def softmax_inside():
    return Way(lambda s, x: s.head(F.softmax(s.stem(x), 1)), stem=stem(), head=head())


def data_dependent():
    return Way(lambda s, x: s.head(s.stem(x)) if x.sum() > 0 else -s.head(s.stem(x)), stem=stem(), head=head())


def maps_out():
    return nn.Sequential(stem(), nn.Conv2d(16, 10, 1))


REFUSED = {
    "group_norm": "group_norm", "layer_norm": "layer_norm", "instance_norm": "own mean", "transposed": "transposed", "upsampled": "upsample_nearest2d",
    "einsum": "", "two_inputs": "mask", "softmax_inside": "softmax", "data_dependent": "chooses its way", "maps_out": "one value for each class",
}


def ready(name):
    """The network with batch norms that do something, the same weights each time."""
    torch.manual_seed(sum(map(ord, name)))
    net = globals()[name]()
    for m in net.modules():
        if isinstance(m, (nn.BatchNorm2d, nn.InstanceNorm2d)) and m.running_mean is not None:
            m.running_mean.normal_(0, 0.3)
            m.running_var.uniform_(0.5, 1.5)
            if m.weight is not None:
                nn.init.uniform_(m.weight, 0.5, 1.5)
                nn.init.normal_(m.bias, 0, 0.3)
    return net.eval()


NAMES = [k for k, v in list(globals().items()) if callable(v) and getattr(v, "__module__", "") == __name__ and k not in
         {"stem", "SE", "SELinear", "SESqueeze", "SEMeans", "Block", "ResNet", "Way", "head", "ready"}]
