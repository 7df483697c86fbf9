"""More ways in which people write networks, one factory each: for export_test.go."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


def body(channels=16):
    return [nn.Conv2d(3, channels, 3, padding=1), nn.ReLU()]


def head(channels=16, classes=10):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]


class Wrapped(nn.Module):
    """forward is a function of a body."""

    def __init__(self, forward, *parts):
        super().__init__()
        self.parts = nn.ModuleList(parts)
        self.way = forward

    def forward(self, x):
        return self.way(self, x)


def dictionary(num_classes=10):
    net = nn.Sequential(*body(), *head(classes=num_classes))
    return Wrapped(lambda self, x: {"features": x, "logits": self.parts[0](x)}, net)


def dropout2d(num_classes=10):
    return nn.Sequential(*body(), nn.Dropout2d(0.5), *head(classes=num_classes))


def zeropad(num_classes=10):
    return nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), nn.Conv2d(3, 16, 3, stride=2), nn.ReLU(), nn.ZeroPad2d(1), nn.MaxPool2d(3, 2), *head(classes=num_classes))


def same(num_classes=10):
    return nn.Sequential(nn.Conv2d(3, 16, 4, padding="same"), nn.ReLU(), nn.Conv2d(16, 16, (1, 5), padding="same"), nn.Conv2d(16, 16, 3, padding="same", dilation=2), *head(classes=num_classes))


def weightnorm(num_classes=10):
    return nn.Sequential(weight_norm(nn.Conv2d(3, 16, 3)), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), weight_norm(nn.Linear(16, num_classes)))


def three(num_classes=10):
    a, b, c = (nn.Conv2d(16, 16, 3, padding=1) for _ in range(3))
    return Wrapped(lambda self, x: self.parts[4]((y := self.parts[3](x)) * 0 + self.parts[0](y) + self.parts[1](y) + self.parts[2](y)), a, b, c, nn.Sequential(*body()), nn.Sequential(*head(classes=num_classes)))


def means(num_classes=10):
    return Wrapped(lambda self, x: self.parts[1](self.parts[0](x).mean(3).mean(2)), nn.Sequential(*body()), nn.Linear(16, num_classes))


def summed(num_classes=10):
    """A mean as a sum and a division, and a ReLU behind it that matters."""
    return Wrapped(lambda self, x: self.parts[1](F.relu(self.parts[0](x).sum((2, 3)) / (x.shape[2] * x.shape[3]))), nn.Conv2d(3, 16, 3, padding=1), nn.Linear(16, num_classes))


class Functional(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.w, self.b = nn.Parameter(torch.randn(16, 3, 3, 3) / 5), nn.Parameter(torch.randn(16) / 5)
        self.out = nn.Parameter(torch.randn(num_classes, 16) / 4)

    def forward(self, x):
        n, c, h, w = x.shape
        x = F.leaky_relu(F.conv2d(x, self.w, self.b, padding=1), 0.2)
        x = F.adaptive_max_pool2d(F.elu(F.max_pool2d(x.clamp(min=0), 2)), 1)
        return F.log_softmax(F.linear(x.view(n, -1), self.out), dim=1)


def joined(num_classes=10):
    a, b = nn.Conv2d(16, 8, 1), nn.Conv2d(16, 8, 3, padding=1)
    return Wrapped(lambda self, x: self.parts[3](torch.cat([self.parts[0](y := self.parts[2](x)), F.gelu(self.parts[1](y)), y.chunk(2, 1)[1]], 1)), a, b, nn.Sequential(*body(), nn.ChannelShuffle(4)), nn.Sequential(nn.PReLU(24), *head(24, num_classes)))


def clipped(num_classes=10):
    """No line, although it is one near 0."""
    return nn.Sequential(nn.Conv2d(3, 16, 3), nn.Hardtanh(-1, 8), *head(classes=num_classes))


class Gate(nn.Module):
    """SE with batch norm inside, and gates that are 1 + g or 2 g."""

    def __init__(self, kind):
        super().__init__()
        self.kind, self.fc1, self.bn, self.fc2 = kind, nn.Conv2d(16, 4, 1), nn.BatchNorm2d(4), nn.Conv2d(4, 16, 1, bias=False)

    def forward(self, x):
        g = torch.sigmoid(self.fc2(F.relu6(self.bn(self.fc1(x.mean((2, 3), keepdim=True))))))
        return x * (1 + g) if self.kind == "one" else x * g * 2 if self.kind == "after" else x * (2 * g)


def one_plus(num_classes=10):
    return nn.Sequential(*body(), Gate("one"), *head(classes=num_classes))


def twice(num_classes=10):
    return nn.Sequential(*body(), Gate("two"), *head(classes=num_classes))


def strip(num_classes=10):
    """A gate from the mean over the width only: no SE, and no layer of a spec."""
    return Wrapped(lambda self, x: self.parts[2]((y := self.parts[0](x)) * torch.sigmoid(self.parts[1](y.mean(3, keepdim=True)))), nn.Sequential(*body()), nn.Conv2d(16, 16, 1), nn.Sequential(*head(classes=num_classes)))


def grey(num_classes=10):
    """LeNet of one channel, as for MNIST, with a batch norm behind its flatten."""
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2, ceil_mode=True), nn.Flatten(),
                         nn.LazyBatchNorm1d(), nn.LazyLinear(num_classes))


def binary():
    net = nn.Sequential(*body(), *head(classes=1), nn.Sigmoid())
    return net


def lazy_grey(num_classes=10):
    net = grey(num_classes)
    net.eval()(torch.zeros(2, 1, 28, 28))
    return net
