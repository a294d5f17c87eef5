"""The n-grams of a message that say most."""

from __future__ import annotations

import numpy as np

from pipeline.compiling import compiler

compiled = compiler(nogil=True, error_model="numpy")


@compiled
def strongest(weights, firsts, top):
    """Of each message the n-grams with the largest absolute weights, the largest first; -1 where it has fewer.

    Of equal ones the first comes first. Shapes: weights (M,), firsts (n + 1,); returns (n, top).
    """
    chosen = np.full((len(firsts) - 1, top), -1, np.int64)
    if not top:
        return chosen
    for m in range(len(chosen)):
        best, held = chosen[m], 0
        for g in range(firsts[m], firsts[m + 1]):
            if held == top and abs(weights[g]) <= abs(weights[best[top - 1]]):
                continue
            held = min(held + 1, top)
            at = held - 1
            while at > 0 and abs(weights[best[at - 1]]) < abs(weights[g]):
                best[at] = best[at - 1]
                at -= 1
            best[at] = g
    return chosen
