"""Run by train_test.go: python3 -m unittest card_test"""
import tempfile
import unittest

import numpy as np
import torch

import card
import data
import objects
import safetensors
import signatures


class Card(unittest.TestCase):
    def test_temperature_finds_what_the_logits_were_stretched_by(self):
        torch.manual_seed(1)
        logits = torch.randn(20000, 10) * 2
        labels = torch.distributions.Categorical(logits=logits).sample()  # so these logits are calibrated
        self.assertAlmostEqual(card.temperature(3 * logits, labels), 3, delta=0.1)
        self.assertLess(card.ece(logits, labels), 0.01)
        self.assertGreater(card.ece(3 * logits, labels), 0.1)

    def test_ece_by_hand(self):
        p = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4]])
        # Confidence 0.9 and one of two right; confidence 0.6 and wrong: 2/3 * 0.4 + 1/3 * 0.6.
        self.assertAlmostEqual(card.ece(p.log(), torch.tensor([0, 1, 1])), 2 / 3 * 0.4 + 1 / 3 * 0.6, places=5)

    def test_auroc_counts_pairs(self):
        known, outside = torch.tensor([3.0, 1.0, 5.0, 2.5]), torch.tensor([2.0, 0.5, 4.0])
        pairs = [(k > o).item() for k in known for o in outside]
        self.assertAlmostEqual(card.auroc(known, outside), sum(pairs) / len(pairs), places=6)

    def test_regression_tells_two_clouds_apart(self):
        torch.manual_seed(2)
        known, outside = torch.randn(500, 4), torch.randn(300, 4)
        known[:, 1] += 3  # only this channel tells
        w = card.regression(known * 10, outside * 10, 1e-3)  # whatever the features' scale
        self.assertGreater(card.auroc(known @ w, outside @ w), 0.97)
        self.assertGreater(w[1].item(), 5 * w[[0, 2, 3]].abs().max().item())

    def test_signature_is_each_class_own(self):
        gates = torch.tensor([[0.1, 0.9], [0.3, 0.9], [0.8, 0.2], [0.8, 0.4]])
        s = card.signature({"se": gates}, torch.tensor([0, 0, 1, 1]), 2)
        mean = s["signature.se.mean"] * s["signature.se.mean.scale"][:, None]
        std = s["signature.se.std"] * s["signature.se.std.scale"][:, None]
        for got, want in zip(mean.ravel(), (0.2, 0.9, 0.8, 0.3)):
            self.assertAlmostEqual(got, want, delta=0.017)  # half of one of 31 levels
        for got, want in zip(std.ravel(), (0.02 ** 0.5, 0, 0, 0.02 ** 0.5)):
            self.assertAlmostEqual(got, want, delta=0.005)

    def test_signatures_table_divides_the_spread_of_the_means_by_that_inside_a_class(self):
        rng = np.random.default_rng(3)
        labels = torch.arange(4).repeat_interleave(2000)
        told = 0.5 + 0.2 * (labels.numpy() % 2 * 2 - 1) + rng.normal(0, 0.1, 8000)  # its class means lie 0.2 beside their middle
        blind = 0.5 + rng.normal(0, 0.1, 8000)
        for gates, ratio, own in (([told, told], 2, 1), ([blind, blind], 0, 0), ([told, blind], 2**0.5, 0.5)):
            stored = card.signature({"se": torch.from_numpy(np.stack(gates, 1)).float()}, labels, 4)
            with tempfile.NamedTemporaryFile(suffix=".safetensors") as f:
                safetensors.write(f.name, stored)
                ((block, _, _, within, got, share),) = signatures.table(f.name)
            self.assertEqual((block, share), ("se", own))
            self.assertAlmostEqual(within, 0.1, delta=0.005)
            self.assertAlmostEqual(got, ratio, delta=0.1)


class Pictures(unittest.TestCase):
    def test_at_most_thins_large_classes_only_and_keeps_the_order(self):
        labels = torch.tensor([0, 1, 0, 0, 2, 1, 0])
        self.assertEqual(objects.at_most(torch.tensor([6, 5, 4, 3, 2, 1, 0]), labels, 2).tolist(), [6, 5, 4, 3, 1])
        self.assertEqual(objects.at_most(torch.arange(7), labels, 7).tolist(), list(range(7)))

    def test_shrink_averages_areas(self):
        x = torch.arange(80).repeat(1, 3, 80, 1).to(torch.uint8)
        # Output column j covers 1.25 input columns from 1.25 j on.
        want = [((1 * 0 + 0.25 * 1) / 1.25), ((0.75 * 1 + 0.5 * 2) / 1.25), ((0.5 * 2 + 0.75 * 3) / 1.25), ((0.25 * 3 + 1 * 4) / 1.25)]
        got = objects.shrink(x)[0, 0, 7, :4].tolist()
        self.assertEqual(got, [int(v + 0.5) for v in want])

    def test_augmented_pictures_keep_their_size_and_range(self):
        x = torch.randint(0, 256, (6, 3, 80, 80), dtype=torch.uint8)
        y = objects.augment(x, torch.Generator().manual_seed(1), 48)
        self.assertEqual(tuple(y.shape), (6, 3, 48, 48))
        self.assertTrue(0 <= y.min() and y.max() <= 255)
        c = torch.full((5, 3, 32, 32), 200, dtype=torch.uint8)
        self.assertTrue((data.augment(c, torch.Generator().manual_seed(1), 24) == 200).all())
        v = data.vary(torch.randint(0, 256, (7, 3, 32, 32), dtype=torch.uint8), torch.Generator().manual_seed(1))
        self.assertEqual(tuple(v.shape), (7, 3, 32, 32))
        self.assertTrue(0 <= v.min() and v.max() <= 255)

    def test_turned(self):
        x = torch.randint(0, 256, (2, 3, 32, 32)).float()
        one, zero = torch.ones(2), torch.zeros(2)
        self.assertTrue(torch.allclose(data.turned(x, 32, one, zero), x, atol=1e-3))
        self.assertTrue(torch.allclose(data.turned(x, 32, one, zero, mirror=-1), x.flip(3), atol=1e-3))
        self.assertTrue(torch.allclose(data.turned(x, 32, one, one * torch.pi / 2), x.rot90(1, (2, 3)), atol=1e-2))


if __name__ == "__main__":
    unittest.main()
