"""What people keep weights in: a state_dict, inside of a checkpoint, under the prefixes of wrappers, as safetensors."""
import pickle

import torch

from . import safetensors

KEYS = ("state_dict", "model_state_dict", "model", "net", "network", "weights")
PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "network.")


def read(path):
    """The state_dict in a file."""
    if path.endswith(".safetensors"):
        return {k: torch.from_numpy(v.copy()) for k, v in safetensors.dequantise(safetensors.read(path)[0]).items()}
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError) as e:
        if "weights_only" not in str(e) and "nsupported" not in str(e):
            raise SystemExit(f"{path}: {e}") from None
        raise SystemExit(f"{path} holds more than tensors, which would run what is in it. Where its classes are at hand: "
                         f'net = torch.load("{path}", map_location="cpu", weights_only=False); torch.save(net.state_dict(), "weights.pt")') from None
    for _ in range(3):
        inner = next((found[k] for k in KEYS if isinstance(found, dict) and isinstance(found.get(k), dict)), None)
        if inner is None or any(isinstance(v, torch.Tensor) for v in found.values()):
            break
        found = inner
    if not isinstance(found, dict) or not any(isinstance(v, torch.Tensor) for v in found.values()):
        raise SystemExit(f"{path} holds no state_dict, expected names and tensors")
    return {k: v for k, v in found.items() if isinstance(v, torch.Tensor)}


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
