"""export.py's second form for many networks in one process: arguments are NETWORK SIZE OUT, three
each. A network that is refused leaves its sentence in OUT.txt."""
import argparse
import pathlib
import sys

sys.path.append("..")
from sescope_export import foreign  # noqa: E402

for network, size, out in zip(*(iter(sys.argv[1:]),) * 3):
    try:
        foreign.export(argparse.Namespace(network=network, weights="-", out=out, size=size, classes=None, set=[], name=None, mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]))
    except SystemExit as e:
        pathlib.Path(out + ".txt").write_text(str(e), encoding="utf-8")
