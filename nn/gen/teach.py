#!/usr/bin/env python3
"""Writes the golden values of package nn/teach, from scikit-learn (made with Debian 12's 1.2).

    python3 nn/gen/teach.py

needs numpy and scikit-learn and writes nn/teach/testdata/regression.json: for every case the inputs
of the examples and of their mirror images, (examples, 2, inputs), their labels, and what
StandardScaler and LogisticRegression make of them: probabilities of every input, (2 x examples,
classes). Floats are base64 of little-endian float32, as in numerics.py.
"""
import base64
import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

OUT = pathlib.Path(__file__).resolve().parent.parent / "teach" / "testdata"
C = 0.1


def f32(a):
    return base64.b64encode(np.ascontiguousarray(a, dtype="<f4").tobytes()).decode()


def case(name, per_class, inputs, spread, seed, constant=0):
    """Gaussian classes around random centres; spread is how far the centres lie apart."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, spread, (len(per_class), inputs))
    label = np.concatenate([np.full(n, k) for k, n in enumerate(per_class)])
    scale = rng.uniform(0.1, 5, inputs)
    x = (centres[label][:, None] + rng.normal(0, 1, (len(label), 2, inputs))) * scale + rng.normal(0, 3, inputs)
    x[:, :, :constant] = 0.7
    x = x.astype(np.float32)
    rows, labels = x.reshape(-1, inputs).astype(np.float64), np.repeat(label, 2)
    weight = np.array([len(label) / (2 * len(per_class) * n) for n in per_class])[labels]
    scaled = StandardScaler().fit(rows, sample_weight=weight).transform(rows)
    model = LogisticRegression(C=C, multi_class="multinomial", solver="lbfgs", tol=1e-10, max_iter=10000)
    model.fit(scaled, labels, sample_weight=weight)
    return {"name": name, "inputs": inputs, "labels": label.tolist(), "x": f32(x), "probabilities": f32(model.predict_proba(scaled))}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = [
        case("two classes", [6, 9], 7, 1, 1),
        case("three classes, more inputs than examples", [8, 8, 8], 96, 0.5, 2),
        case("twelve classes, unlike in number", [3, 30, 5, 9, 12, 4, 7, 20, 6, 3, 11, 8], 33, 0.8, 3),
        case("far apart", [20, 20, 20], 16, 20, 4),
        case("not to be told apart", [15, 25, 10, 9], 12, 0, 5),
        case("inputs that do not vary", [5, 6, 7], 10, 1, 6, constant=4),
        case("one example of a class", [1, 12], 20, 1, 7),
    ]
    (OUT / "regression.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
