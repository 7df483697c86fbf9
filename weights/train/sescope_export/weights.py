"""What people keep weights in: a state_dict, inside of a checkpoint, under the prefixes of
wrappers, as safetensors."""
import collections
import io
import pickle
import zipfile

import torch

from . import safetensors

KEYS = ("state_dict", "model_state_dict", "model", "net", "network", "weights")
PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "network.")


DTYPES = {"Float": torch.float32, "Double": torch.float64, "Half": torch.float16, "BFloat16": torch.bfloat16, "Long": torch.int64, "Int": torch.int32,
          "Short": torch.int16, "Char": torch.int8, "Byte": torch.uint8, "Bool": torch.bool}


class Nothing:
    """Stands for an object of any class but those of tensors: nothing of its own runs."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return self

    def __setstate__(self, state):
        pass

    def __setitem__(self, key, value):
        pass

    def append(self, value):
        pass

    def extend(self, values):
        pass


class Stored:
    """A tensor before its numbers are read."""

    def __init__(self, storage, offset, size, stride, *rest):
        self.key, self.dtype = storage
        self.offset, self.size, self.stride = offset, size, stride

    def tensor(self, read):
        b = read(self.key, self.dtype)
        flat = torch.frombuffer(bytearray(b), dtype=self.dtype) if b else torch.empty(0, dtype=self.dtype)
        return flat.as_strided(self.size, self.stride, self.offset).clone()


class Tensors(pickle.Unpickler):
    """Makes Stored tensors and plain containers, and Nothing of all else. torch.load is of no use
    here: PyTorch 1.13 ignores the pickle module that it is given."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_tensor"):
            return Stored
        if module == "torch._utils" and name in ("_rebuild_parameter", "_rebuild_parameter_with_state"):
            return lambda data, *rest: data
        if name.endswith("Storage"):
            return name[:-len("Storage")]
        return Nothing

    def persistent_load(self, saved):
        if saved[0] == "module":  # in old files, a class with its source
            return saved[1]
        kind, key = saved[1], saved[2]
        if not isinstance(kind, str) or kind not in DTYPES:
            raise pickle.UnpicklingError("tensors of another type than float, double, half, bfloat16 and whole numbers")
        return key, DTYPES[kind]


def saved(path):
    """(what torch.save was given, a function from a storage's key and dtype to its bytes)."""
    if zipfile.is_zipfile(path):
        z = zipfile.ZipFile(path)
        names = {name.partition("/")[2]: name for name in z.namelist()}
        if "constants.pkl" in names:
            raise SystemExit(f"{path} is a network of torch.jit, expected a state_dict: "
                             f'torch.save(torch.jit.load("{path}", map_location="cpu").state_dict(), "weights.pt")')
        return Tensors(io.BytesIO(z.read(names["data.pkl"]))).load(), lambda key, dtype: z.read(names["data/" + key])
    with open(path, "rb") as f:  # before PyTorch 1.6: a number, two about the writer, the object, the storages' keys; then each storage
        if Tensors(f).load() != 0x1950a86a20f9469cfc6c:
            raise pickle.UnpicklingError("its first number is another")
        _, _, found, keys = (Tensors(f).load() for _ in range(4))
        data, kinds = {}, {}
        collect(found, kinds)
        for key in keys:
            count = int.from_bytes(f.read(8), "little")
            data[key] = f.read(count * torch.empty(0, dtype=kinds.get(key, torch.uint8)).element_size())
        return found, lambda key, dtype: data[key]


def collect(found, kinds, depth=8):
    """The dtype of every storage: an old file says nowhere else how many bytes it has."""
    if isinstance(found, Stored):
        kinds[found.key] = found.dtype
    elif depth:
        for v in found.values() if isinstance(found, dict) else found if isinstance(found, (list, tuple)) else ():
            collect(v, kinds, depth - 1)


def state_dict(found, depth=3):
    """The first dictionary with tensors in it: found itself, or what checkpoints keep it under, or
    any value but the optimiser's."""
    if not isinstance(found, dict) or not depth:
        return None
    if any(isinstance(v, Stored) for v in found.values()):
        return found
    rest = [k for k in found if k not in KEYS and k not in ("optimizer", "optimizer_state_dict", "optimizer_states")]
    for key in [k for k in KEYS if k in found] + rest:
        if inner := state_dict(found[key], depth - 1):
            return inner
    return None


def read(path):
    """The state_dict in a file. Nothing in it is executed."""
    if path.endswith(".safetensors"):
        return {k: torch.from_numpy(v.copy()) for k, v in safetensors.dequantise(safetensors.read(path)[0]).items()}
    try:
        found, read_storage = saved(path)
        found = state_dict(found)
        tensors = {k: v.tensor(read_storage) for k, v in (found or {}).items() if isinstance(v, Stored)}
    except OSError as e:
        raise SystemExit(f"{path}: {e.strerror}") from None
    except Exception as e:  # a damaged pickle fails in any way
        raise SystemExit(f"{path}: {e!r}, expected a file of torch.save") from None
    if not tensors:
        raise SystemExit(f"{path} holds no state_dict, expected names and tensors. Where its classes are at hand: "
                         f'net = torch.load("{path}", map_location="cpu", weights_only=False); torch.save(net.state_dict(), "weights.pt")')
    return tensors


def load(net, path):
    """Loads a file into a module, or says in a sentence which names or shapes do not fit."""
    state, own = read(path), net.state_dict()
    while state and not set(state) & set(own):
        prefix = next((p for p in PREFIXES if all(k.startswith(p) for k in state)), None)
        if prefix is None:
            break
        state = {k[len(prefix):]: v for k, v in state.items()}
    lost = [k for k in own if k not in state and not k.endswith("num_batches_tracked")]
    more = [k for k in state if k not in own]
    wrong = [f"{k} is {tuple(state[k].shape)}, expected {tuple(own[k].shape)}" for k in own if k in state and state[k].shape != own[k].shape]
    if lost or more or wrong:
        parts = [wrong[0]] if wrong else []
        parts += [f"{len(lost)} tensors are missing, for example {lost[0]}"] if lost else []
        parts += [f"{len(more)} belong to no layer, for example {more[0]}"] if more else []
        raise SystemExit(f"{path} is not of this module: {'; '.join(parts)}")
    net.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()}, strict=False)
