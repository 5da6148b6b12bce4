import numba
import numpy as np
from concurrent.futures import ThreadPoolExecutor
import os

@numba.njit(nogil=True, cache=True)
def _follow(first, last, items, ends, by_item, by_item_starts, window, half, n_items, k, counts, a, b, shrink, neighbours, weights):
    acc = np.zeros(n_items, np.float64)
    touched = np.empty(n_items, np.int64)
    for i in range(first, last):
        n = 0
        for at in range(by_item_starts[i], by_item_starts[i + 1]):
            p = by_item[at]
            for q in range(p + 1, min(p + 1 + window, ends[p])):
                j = items[q]
                if acc[j] == 0.0:
                    touched[n] = j
                    n += 1
                acc[j] += 1.0/ (q-p)**half
        s = np.empty(n, np.float64)
        t = np.sort(touched[:n])
        for x in range(n):
            j = t[x]
            s[x] = acc[j] / (counts[i] ** a * counts[j] ** b + shrink)
            acc[j] = 0.0
        order = np.argsort(-s, kind="mergesort")[:k]
        for x in range(len(order)):
            neighbours[i, x] = t[order[x]]
            weights[i, x] = s[order[x]]

def fit(h, window=10, half=1.0, k=100, a=.5, b=.5, shrink=10.):
    n_items = len(h.item_ids)
    by_item = np.argsort(h.items, kind="stable")
    counts = np.bincount(h.items, minlength=n_items)
    bs = np.concatenate(([0], np.cumsum(counts)))
    ends = np.repeat(h.starts[1:], h.lengths)
    nb = np.full((n_items, k), -1, np.int32)
    w = np.zeros((n_items, k), np.float32)
    _follow(0, n_items, h.items, ends, by_item, bs, window, half, n_items, k, counts.astype(np.float64), a, b, shrink, nb, w)
    return nb, w

@numba.njit(nogil=True, cache=True)
def score(items, starts, users, nb, w, last, decay, n_items):
    out = np.zeros((len(users), n_items), np.float64)
    for x in range(len(users)):
        u = users[x]
        e = starts[u + 1]
        for p in range(max(starts[u], e - last), e):
            age = e - 1 - p
            d = 1.0 / (1.0 + age) ** decay
            i = items[p]
            for y in range(nb.shape[1]):
                j = nb[i, y]
                if j < 0:
                    break
                out[x, j] += d * w[i, y]
    return out
