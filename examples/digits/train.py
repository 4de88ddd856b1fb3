"""Trains a classifier of handwritten digits and leaves it as model.onnx.

Touchstone says by environment variables where the rows are, what to try, and where the model goes; nothing of it is
imported here. Parameters, all in touchstone.yml:

  model           "logistic" or "network"
  regularisation  how strongly the weights are held down
  binarise        0, or the pixel value (of 16) above which a pixel counts as ink and below which as paper
"""

import csv
import json
import os
import pathlib

# Sums come in another order on another number of cores, and the model's last bits with them: one core, one result.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer, MinMaxScaler


def read(file):
    """The features as they stand in the file, `id` and `digit` left out, and the digits."""
    with open(file, newline="") as rows:
        header, *rows = csv.reader(rows)
    table = np.array(rows, dtype=np.float32)
    features = [i for i, name in enumerate(header) if name not in ("id", "digit")]
    return table[:, features], table[:, header.index("digit")].astype(np.int64)


def build(params, seed):
    prepare = Binarizer(threshold=params["binarise"]) if params["binarise"] else MinMaxScaler()
    if params["model"] == "network":
        model = MLPClassifier(
            (64,), alpha=params["regularisation"], solver="lbfgs", tol=1e-3, max_iter=5000, random_state=seed
        )
    else:
        model = LogisticRegression(C=1 / params["regularisation"], max_iter=1000)
    return make_pipeline(prepare, model)


params = json.loads(os.environ["TOUCHSTONE_PARAMS"])
output = pathlib.Path(os.environ["TOUCHSTONE_OUTPUT_DIR"])
images, digits = read(os.environ["TOUCHSTONE_TRAIN_DATA"])
print(f"training a {params['model']} on {len(digits)} rows")
model = build(params, int(os.environ["TOUCHSTONE_SEED"])).fit(images, digits)

# to_onnx gives the same bytes each time; convert_sklearn would name the graph at random.
onnx = to_onnx(model, images[:1], options={"zipmap": params.get("zipmap", False)})
(output / "model.onnx").write_bytes(onnx.SerializeToString())

images, digits = read(os.environ["TOUCHSTONE_VALIDATION_DATA"])
accuracy = float(np.mean(model.predict(images) == digits))
print(f"accuracy on {len(digits)} validation rows: {accuracy:.4f}")
(output / "metrics.json").write_text(json.dumps({"accuracy": accuracy}))
