"""The tutorial's networks, parameter for parameter.

A state_dict saved from the tutorial's own classes loads here unchanged, and the other way round. Inputs are
normalised CIFAR-10 batches, (N, 3, 32, 32) float32; outputs are logits, (N, 10).
"""
import torch
from torch import nn


class SEBlock(nn.Module):
    """Squeeze-and-Excitation (Hu et al. 2018, arXiv:1709.01507), as the tutorial writes it: both Linear layers bias-free.

    The gate of channel c is sigmoid(W2 relu(W1 mean_hw(x)))[c]; the block returns x * gate.
    """

    def __init__(self, channels, reduction=16):
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // reduction, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(channels // reduction, channels, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return x * self.gate(spatial_mean(x))[:, :, None, None]

    def gate(self, squeezed):
        """The excitation: (N, C) squeezed channels -> (N, C) gates in 0..1."""
        return self.fc(squeezed)


def spatial_mean(x):
    """(N, C, H, W) -> (N, C). A sum and a small product: the gradient of mean() itself divides a whole feature map."""
    return x.sum(dim=(2, 3)) * (1 / (x.shape[2] * x.shape[3]))


class SimpleCNN(nn.Module):
    """Two 3x3 convolutions without pooling, mean over H and W, one Linear; SE after each ReLU if se."""

    def __init__(self, se, num_classes=10):
        super().__init__()
        self.layer1 = self._layer(3, 64, se)
        self.layer2 = self._layer(64, 128, se)
        self.fc = nn.Linear(128, num_classes)

    @staticmethod
    def _layer(cin, cout, se):
        layers = [nn.Conv2d(cin, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU()]
        return nn.Sequential(*layers, *([SEBlock(cout)] if se else []))

    def forward(self, x):
        conv, bn, relu, *se = self.layer2
        pooled = spatial_mean(relu(bn(conv(self.layer1(x)))))
        if se:  # mean(gate * map) = gate * mean(map): the last SE block scales C numbers instead of C maps, and an epoch takes half the time
            pooled = pooled * se[0].gate(pooled)
        return self.fc(pooled)


class CNN3SE(nn.Module):
    """Three blocks of 3x3 convolution, BN, ReLU, SE, max pool 2; then 2048 -> 512 -> 10. The tutorial's heat maps show conv3."""

    def __init__(self, num_classes=10):
        super().__init__()
        for i, (cin, cout) in enumerate([(3, 32), (32, 64), (64, 128)], 1):
            setattr(self, f"conv{i}", nn.Conv2d(cin, cout, 3, padding=1))
            setattr(self, f"bn{i}", nn.BatchNorm2d(cout))
            setattr(self, f"se{i}", SEBlock(cout))
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.5)
        self.fc1 = nn.Linear(128 * 4 * 4, 512)
        self.fc2 = nn.Linear(512, num_classes)

    def features(self, x):
        for i in (1, 2, 3):
            conv, bn, se = (getattr(self, f"{name}{i}") for name in ("conv", "bn", "se"))
            x = self.pool(se(torch.relu(bn(conv(x)))))
        return x

    def forward(self, x):
        x = torch.flatten(self.features(x), 1)
        return self.fc2(self.dropout(torch.relu(self.fc1(x))))


NETWORKS = {
    "simple": lambda: SimpleCNN(se=False),
    "simple-se": lambda: SimpleCNN(se=True),
    "cnn3-se": CNN3SE,
}
