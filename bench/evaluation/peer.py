"""
The same numbers and intervals with onnxruntime, scikit-learn, numpy and scipy: python peer.py FOLDER -> JSON on stdout.

Intervals: Tango's score interval for proportions, DeLong for AUC, the paired t interval for means. At this size the
skewness that the product's intervals reckon with is far below their width.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyarrow.parquet as pq
from scipy.optimize import brentq
from scipy.stats import norm, rankdata, t as student
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, recall_score, roc_auc_score

BATCH = 50_000
start = time.perf_counter()
folder = Path(sys.argv[1])
table = pq.read_table(folder / "holdout.parquet")
x = np.stack([table[f"x{i}"].to_numpy() for i in range(20)], axis=1)
y = table["label"].to_numpy()
region = table["region"].to_numpy(zero_copy_only=False)
slices = {f"region=r{k}": region == f"r{k}" for k in range(6)}
slices |= {"high": x[:, 0] > 1, "low": x[:, 1] < 0, "middle": np.abs(x[:, 2]) <= 0.5, "ordered": x[:, 3] > x[:, 4]}
slices = {"overall": np.ones(len(y), bool)} | slices

running = 0.0
answers = {}
for model in ("network", "linear"):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(folder / f"{model}.onnx", options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    labels, scores = [], []
    for at in range(0, len(y), BATCH):
        batch = x[at : at + BATCH]
        before = time.perf_counter()
        label, score = session.run(None, {name: batch})
        running += time.perf_counter() - before
        labels.append(label)
        scores.append(score[:, 1])
    answers[model] = np.concatenate(labels), np.concatenate(scores)


def tango(n: int, b: float, c: float) -> tuple[float, float]:
    """b: only the candidate right, c: only the baseline. Tango, Statist. Med. 17 (1998), 891."""
    z = norm.ppf(0.975)

    def score(delta: float) -> float:
        bb = -b - c + (2 * n - b + c) * delta
        q = (np.sqrt(bb * bb - 8 * n * (-c * delta * (1 - delta))) - bb) / (4 * n)
        return (b - c - n * delta) / np.sqrt(n * (2 * q + delta * (1 - delta)))

    d = (b - c) / n
    return brentq(lambda v: score(v) - z, d - 0.5, d), brentq(lambda v: score(v) + z, d, d + 0.5)


def proportion(right: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    return tango(len(right), float((right & ~other).sum()), float((other & ~right).sum()))


def mean(d: np.ndarray) -> tuple[float, float]:
    half = student.ppf(0.975, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean() - half, d.mean() + half


def delong(truth: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Sun and Xu, IEEE Signal Process. Lett. 21 (2014), 1389."""
    m, n = int(truth.sum()), int((1 - truth).sum())
    v10, v01 = [], []
    for s in (a, b):
        pos, neg = s[truth == 1], s[truth == 0]
        both = rankdata(np.concatenate([pos, neg]))
        v10.append((both[:m] - rankdata(pos)) / n)
        v01.append(1 - (both[m:] - rankdata(neg)) / m)
    d10, d01 = v10[0] - v10[1], v01[0] - v01[1]
    half = norm.ppf(0.975) * np.sqrt(d10.var(ddof=1) / m + d01.var(ddof=1) / n)
    return d10.mean() - half, d10.mean() + half


found = {}
eps = np.finfo(np.float32).eps
for name, rows in slices.items():
    truth = y[rows]
    (ka, pa), (kb, pb) = ((k[rows], p[rows]) for k, p in (answers["network"], answers["linear"]))
    right, other = ka == truth, kb == truth
    positive = truth == 1
    loss = [-np.log(np.clip(np.where(positive, p, 1 - p.astype(np.float64)), eps, 1 - eps)) for p in (pa, pb)]
    square = [(p - truth) ** 2 for p in (pa, pb)]
    point = lambda score, sign: (score(truth, pa), score(truth, pb), sign)
    for metric, (a, b, sign), interval in (
        ("accuracy", (accuracy_score(truth, ka), accuracy_score(truth, kb), 1), proportion(right, other)),
        ("recall", (recall_score(truth, ka), recall_score(truth, kb), 1), proportion(right[positive], other[positive])),
        ("auc", point(roc_auc_score, 1), delong(truth, pa, pb)),
        ("logLoss", point(log_loss, -1), mean(loss[1] - loss[0])),
        ("brier", point(brier_score_loss, -1), mean(square[1] - square[0])),
    ):
        found[f"{metric}@{name}"] = [float(v) for v in (a, b, sign * (a - b), *interval)]

total = time.perf_counter() - start
json.dump({"seconds": total, "running": running, "found": found}, sys.stdout)
