"""What a webcam does to a thing: the pictures of `everyday` and of the study are changed like this.

Pictures are uint8 (N, 3, 64, 64); what comes out is float (N, 3, size, size), 0..255.
"""
import math

import torch
from torch.nn import functional as F

import data


def slanted(grid, rng):
    """The grid of grid_sample, (N, H, W, 2), seen from a place up to 20 % nearer on one side."""
    tilt = data.uniform(rng, -0.2, 0.2, len(grid), 1, 2, 1)
    rows, columns = (torch.linspace(-1, 1, n, device=grid.device) for n in grid.shape[1:3])
    depth = 1 + tilt[:, :, 0:1] * rows[None, :, None, None] + tilt[:, :, 1:2] * columns[None, None, :, None]
    return grid / depth


# The luma and chroma tables of JPEG's Annex K (ITU-T T.81) at frequencies u + v = 0..14: their
# means.
LUMA = (16, 12, 12, 14, 19, 26, 43, 60, 73, 85, 94, 106, 104, 102, 99)
CHROMA = (17, 18, 23, 37, 77, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99)


def jpeg(pixels, rng):
    """What JPEG of a quality between 40 and 95 leaves of pixels (N, 3, H, W), H and W a multiple of
    8.

    The block transform and the rounding of its coefficients; coarse, for its means of the tables
    and since colour keeps its resolution."""
    n, _, h, w = pixels.shape
    k = torch.arange(8, dtype=torch.float32, device=pixels.device)
    dct = torch.cos(math.pi * (2 * k[None] + 1) * k[:, None] / 16) * 0.5
    dct[0] /= math.sqrt(2)
    colours = torch.tensor([[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]], device=pixels.device)
    order = (k[:, None] + k[None]).long()
    steps = torch.stack([torch.tensor(t, dtype=torch.float32, device=pixels.device)[order] for t in (LUMA, CHROMA, CHROMA)])
    quality = data.uniform(rng, 40, 95, n, 1, 1, 1, 1, 1)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    q = (steps[None, :, None, None] * scale).clamp(min=1)
    planes = torch.einsum("ij,njhw->nihw", colours, pixels - 127.5)
    blocks = planes.view(n, 3, h // 8, 8, w // 8, 8).permute(0, 1, 2, 4, 3, 5)
    blocks = dct.T @ ((dct @ blocks @ dct.T / q).round() * q) @ dct
    planes = blocks.permute(0, 1, 2, 4, 3, 5).reshape(n, 3, h, w)
    return torch.einsum("ij,njhw->nihw", torch.linalg.inv(colours), planes) + 127.5


def calm(pixels, rng, size):
    """Hardly anything: 75 to 110 % of the side, turned by up to 3 degrees, half mirrored, a quarter
    relit."""
    n = len(pixels)
    zoom, turn = torch.exp(data.uniform(rng, math.log(0.75), math.log(1.1), n)), data.uniform(rng, -0.05, 0.05, n)
    dx, dy = (data.uniform(rng, -1, 1, n) * (1 - zoom) for _ in "xy")
    out = data.turned(pixels, size, zoom, turn, dx, dy, data.uniform(rng, -1, 1, n).sign(), "reflection")
    k = n // 4
    out[:k] = data.light(out[:k], rng, 0.15)
    return out.clamp_(0, 255)


def augment(pixels, rng, size, webcam=False):
    """What a webcam does to a thing: nearer or farther, tilted, in other light, out of focus,
    noisy.

    uint8 (N, 3, 64, 64) -> float (N, 3, size, size), 0..255. Every picture is cut to 60 to 115 % of
    its side, sides unequal by up to 15 %, turned by up to 10 degrees; half are mirrored, half are
    relit, one in six is blurred, one in six dim and noisy. With webcam a cut may be of half the
    side, half are also seen at a slant, and one in six went through JPEG.
    """
    n = len(pixels)
    uniform = lambda lo, hi, *shape: data.uniform(rng, lo, hi, *(shape or (n,)))  # noqa: E731
    zoom, turn, aspect = torch.exp(uniform(math.log(0.5 if webcam else 0.6), math.log(1.15))), uniform(-0.17, 0.17), torch.exp(uniform(-0.07, 0.07))
    mirror = uniform(0, 1).sub(0.5).sign()
    zx, zy = zoom * aspect * mirror, zoom / aspect
    dx, dy = (uniform(-1, 1) * (1 - zoom) for _ in "xy")
    cos, sin = torch.cos(turn), torch.sin(turn)
    theta = torch.stack([torch.stack([zx * cos, -zy * sin, dx], 1), torch.stack([zx * sin, zy * cos, dy], 1)], 1)
    grid = F.affine_grid(theta, (n, 3, size, size), align_corners=False)
    if webcam:
        grid[n // 2:] = slanted(grid[n // 2:], rng)
    out = F.grid_sample(pixels.float(), grid, padding_mode="reflection", align_corners=False)
    k = n // 2  # the order is random, so fixed places of a batch are a random choice
    out[:k] = data.light(out[:k], rng, 0.3)
    few = n // 6
    blurred = F.avg_pool2d(F.pad(out[:few], (1, 1, 1, 1), mode="replicate"), 3, 1)
    out[:few] += (blurred - out[:few]) * uniform(0, 1.3, few, 1, 1, 1)
    dim = slice(k // 2, k // 2 + few)
    grain = torch.randn(out[dim].shape, generator=rng, device=rng.device)
    out[dim] = out[dim] * uniform(0.35, 1, few, 1, 1, 1) + grain * uniform(2, 12, few, 1, 1, 1)
    if webcam:
        out[-few:] = jpeg(out[-few:], rng)
    return out.clamp_(0, 255)
