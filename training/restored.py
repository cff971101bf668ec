"""From exported weights back to a network that can be trained.

In exported files normalisations are part of the convolutions. Here they are taken out again: from
what each convolution makes of pictures like those of the training, so that in training the network
answers as it does when it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TypeGuard

import torch
from torch import Tensor, nn

from training.ncnn_file import Layer

Pair = tuple[nn.Conv2d, nn.BatchNorm2d]
"""A convolution and the normalisation behind it."""


def in_order(net: nn.Module, picture: Tensor) -> list[nn.Module]:
    """Convolutions, normalisations and matrix products in the order in which they run."""
    order: list[nn.Module] = []

    def note(module: nn.Module, _given: object, _out: object) -> None:
        order.append(module)

    kinds = (nn.Conv2d, nn.BatchNorm2d, nn.Linear)
    hooks = [each.register_forward_hook(note) for each in net.modules() if isinstance(each, kinds)]
    net(picture)
    for hook in hooks:
        hook.remove()
    return order


def paired(order: Sequence[nn.Module]) -> list[Pair]:
    """Every convolution that has a normalisation behind it, with that."""
    return [pair for pair in pairwise(order) if _is_pair(pair)]


def fill(net: nn.Module, exported: Sequence[Layer], picture: Tensor) -> list[Pair]:
    """Give ``net`` exported weights; the pairs whose normalisation does nothing yet.

    :raises ValueError: the weights are those of another network.
    """
    order = in_order(net, picture)
    pairs = paired(order)
    norms: dict[nn.Module, nn.BatchNorm2d] = dict(pairs)
    weighted = [each for each in order if isinstance(each, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        for module, layer in zip(weighted, exported, strict=True):
            module.weight.copy_(torch.from_numpy(layer.weight).view_as(module.weight))
            bias = torch.zeros(len(module.weight))
            if layer.bias is not None:
                bias = torch.from_numpy(layer.bias)
            if module.bias is not None:
                module.bias.copy_(bias)
            elif module in norms:
                only_add(norms[module], bias)
            else:
                raise ValueError("a bias without a place for it")
    return pairs


def _is_pair(modules: tuple[nn.Module, nn.Module]) -> TypeGuard[Pair]:
    return isinstance(modules[0], nn.Conv2d) and isinstance(modules[1], nn.BatchNorm2d)


def only_add(norm: nn.BatchNorm2d, bias: Tensor) -> None:
    """Make a normalisation add ``bias`` and do nothing else."""
    norm.reset_running_stats()
    with torch.no_grad():
        norm.weight.fill_((1.0 + norm.eps) ** 0.5)
        norm.bias.copy_(bias)


def separate(
    pairs: Sequence[Pair], show: Callable[[Tensor], object], pictures: Iterable[Tensor]
) -> None:
    """Let every normalisation expect what its convolution gives, and answer as before.

    :param pairs: whose normalisations only add so far.
    :param show: runs the network, which must not be training.
    :param pictures: as they are met in training.
    """
    seen = {norm: _nothing_seen(norm) for _, norm in pairs}
    hooks = [
        convolution.register_forward_hook(partial(_look, seen[norm])) for convolution, norm in pairs
    ]
    with torch.no_grad():
        for part in pictures:
            show(part)
        for hook in hooks:
            hook.remove()
        for norm, values in seen.items():
            mean = values.total / values.count
            variance = values.squares / values.count - mean**2
            norm.bias.add_(mean)
            norm.weight.copy_(torch.sqrt(variance + norm.eps))
            assert norm.running_mean is not None
            assert norm.running_var is not None
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)


@dataclass(slots=True)
class _Seen:
    """Sums over what one convolution gave, by channel."""

    total: Tensor
    squares: Tensor
    count: int = 0


def _nothing_seen(norm: nn.BatchNorm2d) -> _Seen:
    nothing = torch.zeros(norm.num_features, dtype=torch.float64)
    return _Seen(nothing, nothing)


def _look(seen: _Seen, _module: nn.Module, _given: object, out: Tensor) -> None:
    values = out.transpose(0, 1).flatten(1).double()
    seen.total = seen.total + values.sum(1)
    seen.squares = seen.squares + (values**2).sum(1)
    seen.count += values.shape[1]
