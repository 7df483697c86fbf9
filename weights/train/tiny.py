"""Small networks with the layers that ONNX writes in several ways, for the tests of the import."""
import torch
from torch import nn
from torchvision.ops import SqueezeExcitation

from imported import ChannelGate, Efficient, Shared, SpatialGate


class LinearSE(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(channels, 4), nn.SiLU(), nn.Linear(4, channels), nn.Sigmoid())

    def forward(self, x):
        return x * self.fc(x.mean((2, 3)))[:, :, None, None]


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 12, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(12), nn.SiLU())
        self.block = nn.Sequential(nn.Conv2d(12, 12, 5, padding=2, groups=12, bias=False), nn.BatchNorm2d(12), nn.Hardswish(),
                                   SqueezeExcitation(12, 4, scale_activation=nn.Hardsigmoid), nn.Conv2d(12, 12, 1), nn.BatchNorm2d(12))
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.last = nn.Sequential(nn.Conv2d(12, 16, 3, padding=1), nn.ReLU6())
        self.se = LinearSE(16)
        self.average = nn.AvgPool2d(4)
        self.head = nn.Sequential(nn.Linear(64, 20), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(20, 10))

    def forward(self, x):
        x = self.stem(x)
        x = torch.relu(x + self.block(x))
        x = self.se(self.last(self.pool(x)))
        return self.head(torch.flatten(self.average(x), 1))


class Attention(nn.Module):
    """ECA and both writings of CBAM."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), Efficient(3), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(), ChannelGate(16, 8), SpatialGate(),
                                    nn.Conv2d(16, 16, 3, 1, 1), nn.ReLU(), Shared(16))
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        return self.fc(self.layers(x).mean((2, 3)))
