"""Makes the small batches of CIFAR beside this file, as Python pickles them.

usage: /usr/bin/python3 make.py

Picture i has the values (i + 1) * 10, + 1 and + 2 in red, green and blue.
"""
import pathlib
import pickle

import numpy

here = pathlib.Path(__file__).parent


def pictures(n):
    data = numpy.zeros((n, 3, 1024), numpy.uint8)
    for i in range(n):
        data[i] = numpy.array([[10], [11], [12]]) + 10 * i
    return data.reshape(n, 3072)


names = [b"a.png", b"b.png"]
# Keys and names are bytes, as in the files of 2009, which Python 2 wrote.
ten = {b"batch_label": b"testing batch 1 of 1", b"labels": [3, 8], b"data": pictures(2), b"filenames": names}
(here / "ten.pickle").write_bytes(pickle.dumps(ten, protocol=2))
hundred = {"filenames": names[:1], "fine_labels": [99], "coarse_labels": [13], "data": pictures(1)}
(here / "hundred.pickle").write_bytes(pickle.dumps(hundred, protocol=4))
