"""Makes what is measured: python make.py FOLDER ROWS. A holdout as Parquet, a small training set, two ONNX models."""
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

folder, rows = Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
FEATURES = [f"x{i}" for i in range(20)]


def draw(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, 20), dtype=np.float32)
    # Curved enough that a linear model loses to a network, noisy enough that neither is sure.
    z = x[:, :8] @ np.linspace(1, -1, 8) + x[:, 8] * x[:, 9] + 0.5 * x[:, 10] ** 2 - 1
    y = (rng.random(count) < 1 / (1 + np.exp(-z))).astype(np.int64)
    return x, y, rng.integers(0, 6, count)


def write(name: str, x: np.ndarray, y: np.ndarray, region: np.ndarray) -> None:
    columns = {f: pa.array(x[:, i]) for i, f in enumerate(FEATURES)}
    columns["region"] = pa.array([f"r{k}" for k in range(6)]).take(pa.array(region))
    columns["label"] = pa.array(y)
    pq.write_table(pa.table(columns), folder / name, compression="zstd", row_group_size=122_880)


x, y, region = draw(50_000, seed=1)
write("train.parquet", x[:1000], y[:1000], region[:1000])
for name, model in {
    "linear.onnx": LogisticRegression(),
    "network.onnx": MLPClassifier((64, 64), max_iter=8, early_stopping=True, random_state=1),
}.items():
    model.fit(x, y)
    (folder / name).write_bytes(to_onnx(model, x[:1], options={"zipmap": False}).SerializeToString())
write("holdout.parquet", *draw(rows, seed=2))
