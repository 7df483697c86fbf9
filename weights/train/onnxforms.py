#!/usr/bin/env python3
"""ONNX files as other exporters write them, for nn/onnx's tests, into nn/onnx/testdata (Debian:
python3-onnx): channels last as tf2onnx has it, int8 as QDQ, float16 between casts, a function of
the file's own, axes as inputs, a channel shuffle. Their weights are random and mean nothing."""
import pathlib

import numpy as np
from onnx import TensorProto as T
from onnx import helper as H
from onnx import numpy_helper as N

OUT = pathlib.Path(__file__).resolve().parents[2] / "nn" / "onnx" / "testdata"
node, rng = H.make_node, np.random.default_rng(1)


def f(*shape):
    return (rng.standard_normal(shape) * 0.4).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def int8(a):
    """Rounded values, and their scale."""
    scale = np.float32(abs(a).max() / 127)
    return np.clip(np.round(a / scale), -127, 127).astype(np.int8), scale


def save(name, nodes, constants, shape=(1, 3, 32, 32), opset=13, functions=()):
    graph = H.make_graph(nodes, name, [H.make_tensor_value_info("x", T.FLOAT, shape)], [H.make_tensor_value_info("y", T.FLOAT, None)],
                         [N.from_array(np.asarray(v), k) for k, v in constants.items()])
    model = H.make_model(graph, opset_imports=[H.make_opsetid("", opset), *([H.make_opsetid("local", 1)] if functions else [])])
    model.functions.extend(functions)
    (OUT / f"{name}.onnx").write_bytes(model.SerializeToString())


def main():
    save("nhwc", [
        node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]), node("Conv", ["t", "w", "b"], ["c"], auto_pad="SAME_UPPER", strides=[2, 2]), node("Relu", ["c"], ["r"]),
        node("GlobalAveragePool", ["r"], ["m"]), node("Conv", ["m", "w1", "b1"], ["e1"]), node("Relu", ["e1"], ["e2"]), node("Conv", ["e2", "w2", "b2"], ["e3"]),
        node("Sigmoid", ["e3"], ["e4"]), node("Mul", ["r", "e4"], ["s"]), node("MaxPool", ["s"], ["p"], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
        node("Transpose", ["p"], ["q"], perm=[0, 2, 3, 1]), node("Reshape", ["q", "shape"], ["flat"]), node("MatMul", ["flat", "d"], ["mm"]), node("Add", ["mm", "db"], ["z"]),
        node("Softmax", ["z"], ["y"])],
        {"w": f(8, 3, 3, 3), "b": f(8), "w1": f(2, 8, 1, 1), "b1": f(2), "w2": f(8, 2, 1, 1), "b2": f(8), "shape": ints(-1, 512), "d": f(512, 5), "db": f(5)}, ("N", 32, 32, 3))
    save("nhwc-mean", [
        node("Mul", ["x", "scale"], ["x1"]), node("Sub", ["x1", "mu"], ["x2"]), node("Transpose", ["x2"], ["t"], perm=[0, 3, 1, 2]),
        node("Conv", ["t", "w"], ["c"], pads=[0, 0, 1, 1], strides=[2, 2]), node("BatchNormalization", ["c", "g", "b", "bm", "bv"], ["bn"]), node("Clip", ["bn", "lo", "hi"], ["r"]),
        node("Transpose", ["r"], ["q"], perm=[0, 2, 3, 1]), node("ReduceMean", ["q"], ["m"], axes=[2, 1], keepdims=0), node("MatMul", ["m", "d"], ["mm"]),
        node("Add", ["db", "mm"], ["z"]), node("Sigmoid", ["z"], ["y"])],
        {"scale": np.float32(2), "mu": np.array([[[0.1, 0.2, 0.3]]], np.float32), "w": f(8, 3, 3, 3), "g": f(8), "b": f(8), "bm": f(8), "bv": abs(f(8)) + np.float32(0.5),
         "lo": np.float32(0), "hi": np.float32(6), "d": f(8, 4), "db": f(4)}, ("N", 32, 32, 3), 12)
    (w, ws), (d, ds) = int8(f(8, 3, 3, 3)), int8(f(5, 8))
    save("qdq", [
        node("QuantizeLinear", ["x", "s0", "z0"], ["xq"]), node("DequantizeLinear", ["xq", "s0", "z0"], ["xd"]), node("DequantizeLinear", ["w", "ws", "z"], ["wd"]),
        node("DequantizeLinear", ["b", "bs", "zb"], ["bd"]), node("Conv", ["xd", "wd", "bd"], ["c"], pads=[1, 1, 1, 1]), node("QuantizeLinear", ["c", "s1", "z1"], ["cq"]),
        node("DequantizeLinear", ["cq", "s1", "z1"], ["cd"]), node("GlobalAveragePool", ["cd"], ["m"]), node("QuantizeLinear", ["m", "s1", "z1"], ["mq"]),
        node("DequantizeLinear", ["mq", "s1", "z1"], ["md"]), node("Flatten", ["md"], ["f"]), node("DequantizeLinear", ["d", "ds", "z"], ["dd"]), node("Gemm", ["f", "dd"], ["y"], transB=1)],
        {"s0": np.float32(0.03), "z0": np.uint8(128), "w": w, "ws": ws, "z": np.int8(0), "b": np.arange(8, dtype=np.int32) * 100, "bs": np.float32(0.03 * ws), "zb": np.int32(0),
         "s1": np.float32(0.02), "z1": np.uint8(0), "d": d, "ds": ds})
    save("fp16", [
        node("Cast", ["x"], ["xh"], to=T.FLOAT16), node("Conv", ["xh", "w", "b"], ["c"]), node("Relu", ["c"], ["r"]), node("ReduceMean", ["r"], ["m"], axes=[-1, -2], keepdims=1),
        node("Flatten", ["m"], ["f"]), node("Gemm", ["f", "d", "db"], ["z"], transB=1), node("Cast", ["z"], ["y"], to=T.FLOAT)],
        {k: v.astype(np.float16) for k, v in {"w": f(8, 3, 3, 3), "b": f(8), "d": f(5, 8), "db": f(1)}.items()})
    silu = H.make_function("local", "Silu", ["a"], ["o"], [node("Sigmoid", ["a"], ["s"]), node("Mul", ["a", "s"], ["o"])], [H.make_opsetid("", 18)])
    save("opset18", [
        node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1]), node("Silu", ["c"], ["r"], domain="local"), node("Split", ["r"], ["a1", "a2"], axis=1, num_outputs=2),
        node("Concat", ["a2", "a1"], ["cc"], axis=1), node("ReduceSum", ["cc", "axes"], ["m0"], keepdims=0), node("Div", ["m0", "count"], ["m"]), node("Gemm", ["m", "d", "db"], ["y"], transB=1)],
        {"w": f(8, 3, 3, 3), "b": f(8), "axes": ints(3, 2), "count": np.float32(1024), "d": f(5, 8), "db": f(5)}, opset=18, functions=[silu])
    save("shuffle", [
        node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1]), node("PRelu", ["c", "slope"], ["r"]), node("Reshape", ["r", "five"], ["v"]), node("Transpose", ["v"], ["vt"], perm=[0, 2, 1, 3, 4]),
        node("Reshape", ["vt", "four"], ["u"]), node("Slice", ["u", "start", "end", "axis"], ["k"]), node("GlobalMaxPool", ["k"], ["g"]), node("Squeeze", ["g", "hw"], ["gs"]),
        node("Gemm", ["gs", "d"], ["y"], transB=1)],
        {"w": f(8, 3, 3, 3), "b": f(8), "slope": f(8, 1, 1), "five": ints(0, 2, 4, 32, 32), "four": ints(0, -1, 32, 32), "start": ints(2), "end": ints(8), "axis": ints(1), "hw": ints(2, 3), "d": f(5, 6)})


if __name__ == "__main__":
    main()
