"""Read and write safetensors files with numpy alone (the format: 8 bytes header length, JSON
header, tensor bytes)."""
import json
import struct

import numpy as np

DTYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64, "I8": np.int8, "U8": np.uint8}
NAMES = {np.dtype(v): k for k, v in DTYPES.items()}


def write(path, tensors, metadata=None):
    """tensors: {name: array}, metadata: {str: str}. The data begins at a multiple of 8."""
    header, offset = {"__metadata__": metadata} if metadata else {}, 0
    for name, a in tensors.items():
        header[name] = {"dtype": NAMES[a.dtype], "shape": list(a.shape), "data_offsets": [offset, offset + a.nbytes]}
        offset += a.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for a in tensors.values():
            f.write(np.ascontiguousarray(a).tobytes())


def read(path):
    """({name: array}, metadata). int8 tensors stay int8: see dequantise."""
    with open(path, "rb") as f:
        raw = f.read()
    (size,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8:8 + size])
    metadata = header.pop("__metadata__", {})
    data = raw[8 + size:]
    return {name: np.frombuffer(data[slice(*t["data_offsets"])], DTYPES[t["dtype"]]).reshape(t["shape"]) for name, t in header.items()}, metadata


def dequantise(tensors):
    """Multiply each int8 tensor by the float32 scale of its output channel and drop the scales."""
    out = {}
    for name, a in tensors.items():
        if name.endswith(".scale"):
            continue
        if a.dtype == np.int8:
            a = a.astype(np.float32) * tensors[name + ".scale"].reshape(-1, *[1] * (a.ndim - 1))
        out[name] = a
    return out
