"""Which neurons of a layer the others can stand in for, and how.

The optimal brain surgeon for whole neurons (Hassibi & Stork 1993; for transformers Kurtic, Frantar & Alistarh 2023, "ZipLM"): the neuron goes whose loss changes
the layer's output least when the output weights of those that stay are corrected for it by least squares, and then the next.
"""
import numpy as np

AT_ONCE, DAMPED = 8, 1e-4


def remove_neurons(spread, weights, width):
    """(indices of the `width` neurons that stay, their corrected output weights (width, outputs)).

    spread: (neurons, neurons), the products of the neurons' answers, summed over many inputs; weights: (neurons, outputs).
    AT_ONCE neurons go in a step, each after the correction for the one before; DAMPED keeps the inverse finite.
    """
    weights, live = weights.astype(float), np.arange(len(spread))
    inverse = np.linalg.inv(spread.astype(float) + DAMPED * np.diagonal(spread).mean() * np.eye(len(spread)))
    while len(live) > width:
        change = (weights[live] ** 2).sum(1) / np.diagonal(inverse)[live]
        gone = live[change.argsort(kind="stable")[:min(AT_ONCE, len(live) - width)]]
        for i in gone:
            weights -= np.outer(inverse[:, i] / inverse[i, i], weights[i])
            inverse -= np.outer(inverse[:, i], inverse[i]) / inverse[i, i]
        live = np.setdiff1d(live, gone)
    return live, weights[live].astype(np.float32)
