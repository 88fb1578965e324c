"""Whether a shared model is still as it was."""

import torch


def state_of(model):
    """Everything that asking could change: weights, buffers, gradients, modes and what is registered on each module."""
    named = [*model.named_parameters(), *model.named_buffers()]
    tensors = {name: (tensor.clone(), tensor.requires_grad, tensor.grad) for name, tensor in named}
    registered = {
        (name, kind): list(getattr(module, kind))
        for name, module in model.named_modules()
        for kind in vars(module)
        if kind.endswith("hooks")
    }
    return tensors, registered, [module.training for module in model.modules()]


def assert_untouched(before, model):
    """The model is as `state_of` found it."""
    tensors, registered, modes = state_of(model)
    for name, (tensor, requires_grad, gradient) in before[0].items():
        assert torch.equal(tensor, tensors[name][0])
        assert requires_grad == tensors[name][1]
        assert gradient is tensors[name][2] is None
    assert registered == before[1]
    assert modes == before[2]
