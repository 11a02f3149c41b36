"""Makes a trained tagger smaller: neurons of its feed-forward layers that the others can stand in for are taken out (surgeon.py)."""
import torch
from torch.nn import functional as F

from helpers.training.attribution_model import HIDDEN, Linear
from helpers.training.surgeon import remove_neurons

WIDTHS = (768, 1024, 1152, 384)  # what stays of 1,536: so chosen that each layer loses 1.5 to 5 percent of its output's variance


@torch.no_grad()
def narrowed(model, batches, widths=WIDTHS):
    """The model with feed-forward layers of these widths, changed in place. batches: of training text, as as_tensors gives them."""
    masks = [t["mask"].bool() for t in batches]
    states = [model.norm(model.words(t["ids"]) + model.case(t["case"]) + model.places.weight[:t["ids"].shape[1]]) for t in batches]
    for layer, width in zip(model.layers, widths):
        states = [layer.attended(x, mask[:, None, None]) for x, mask in zip(states, masks)]
        narrow(layer, torch.cat([F.gelu(layer.up(x[mask])) for x, mask in zip(states, masks)]), width)
        states = [layer.n2(x + layer.down(F.gelu(layer.up(x)))) for x in states]
    return model


def narrow(layer, active, width):
    """Leaves `width` neurons in the layer. active: (pieces, neurons) what they answered."""
    mean, old = active.mean(0), layer.down.weight.T
    kept, weights = map(torch.from_numpy, remove_neurons(((active - mean).T @ (active - mean)).numpy(), old.numpy(), width))
    bias = layer.down.bias + mean @ old - mean[kept] @ weights
    up, down = Linear(HIDDEN, width), Linear(width, HIDDEN)
    up.weight.copy_(layer.up.weight[kept]), up.bias.copy_(layer.up.bias[kept])
    down.weight.copy_(weights.T), down.bias.copy_(bias)
    layer.up, layer.down = up, down
