import type { DataFormat } from './dataFormat.ts';
import { quotedText } from './quotedText.ts';

// The parts of the training script that say nothing of the columns. Python 3.9 and later, scikit-learn 1.6 and later.

export type Learning = 'classification' | 'regression';

const ESTIMATOR = {
  classification: 'HistGradientBoostingClassifier',
  regression: 'HistGradientBoostingRegressor',
} as const;

export function imports(data: DataFormat, learning: Learning): string {
  return `${data.kind === 'ndjson' ? 'import gzip\n' : ''}import json
import os
import pathlib

# Sums come in another order on another number of cores, and the model's last bits with them: one core, one result.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from onnx.compose import add_prefix
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.ensemble import ${ESTIMATOR[learning]}
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder`;
}

/** @param numbered whether labels are numbers that may be written as fractions: 1.0 is the label "1". */
export function reading(data: DataFormat, learning: Learning, numbered: boolean): string {
  const label = numbered ? 'as_number(table[TARGET]).map(str).str.removesuffix(".0").astype(object)' : undefined;
  const target = learning === 'regression' ? 'as_number(table[TARGET])' : (label ?? 'as_text(table[TARGET])');
  return `def read(file):
    """The features, numbers before categories, and what they are to tell."""
    used = [*NUMBERS, *CATEGORIES, TARGET]
${readTable(data)}
    numbers = {name: as_number(table[name]).astype("float32") for name in NUMBERS}
    categories = {name: as_text(table[name]) for name in CATEGORIES}
    return pd.DataFrame({**numbers, **categories}), ${target}


def as_number(values):
    """As the judge feeds numbers: true and false are 1 and 0, and what is none is NaN."""
    if not pd.api.types.is_numeric_dtype(values):
        values = values.astype(str).str.lower().replace({"true": "1", "false": "0"})
    return pd.to_numeric(values, errors="coerce").astype("float64")


def as_text(values):
    """As the judge feeds text: what is missing is the empty text."""
    return values.astype(object).map(str, na_action="ignore").fillna("").astype(object)`;
}

function readTable(data: DataFormat): string {
  switch (data.kind) {
    case 'csv':
      return `    # All of it as text: what is a number and what is missing is decided below, column by column.
    sep = ${quotedText(data.delimiter)}
    table = pd.read_csv(file, sep=sep, usecols=used, dtype=str, keep_default_na=False, encoding="utf-8-sig")`;
    case 'parquet':
      return '    table = pd.read_parquet(file, columns=used)';
    case 'ndjson':
      return `    text = lambda value: value if value is None or isinstance(value, str) else json.dumps(value)
    with (gzip.open if file.endswith(".gz") else open)(file, "rt", encoding="utf-8-sig") as lines:
        # All of it as text: what is a number and what is missing is decided below, column by column.
        rows = (json.loads(line, parse_int=str, parse_float=str) for line in lines if line.strip())
        table = pd.DataFrame({name: text(row.get(name)) for name in used} for row in rows)`;
  }
}

export function model(learning: Learning): string {
  const stopping =
    learning === 'regression'
      ? '    stopping = len(truth) > 20'
      : `    # Stopping early takes a tenth of the rows, some of every label: it needs two of each.
    labels = truth.value_counts()
    stopping = bool(labels.min() > 1 and len(truth) >= 10 * len(labels))`;
  return `def most_frequent(values):
    counts = values.value_counts()
    return sorted(counts.index, key=lambda value: (-counts[value], value))[:MOST_VALUES]


def build(rows, truth, params, seed):
    """The untrained model: trees over the numbers as they are and the categories as 0 and 1."""
    categories = [most_frequent(rows[name]) for name in CATEGORIES]
    encoder = OneHotEncoder(categories=categories, handle_unknown="ignore", sparse_output=False, dtype=np.float32)
    at = list(range(rows.shape[1]))
    prepare = make_column_transformer(("passthrough", at[: len(NUMBERS)]), (encoder, at[len(NUMBERS) :]))
${stopping}
    return make_pipeline(prepare, ${ESTIMATOR[learning]}(**params, early_stopping=stopping, random_state=seed))`;
}

export function conversion(learning: Learning): string {
  const options = learning === 'classification' ? ', options={"zipmap": False}' : '';
  return `def as_onnx(model, columns):
    """The trained model as ONNX, one input for each column, by its name."""
    # ONNX compares 32-bit numbers: a threshold is rounded down to one, so that no row changes its side.
    for tree in (tree for trees in model[-1]._predictors for tree in trees):
        threshold = tree.nodes["num_threshold"]
        near = threshold.astype(np.float32)
        tree.nodes["num_threshold"] = np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)

    kinds = [FloatTensorType] * len(NUMBERS) + [StringTensorType] * len(CATEGORIES)
    inputs = [(f"column{i}", kind([None, 1])) for i, kind in enumerate(kinds)]
    onnx = to_onnx(model, initial_types=inputs${options})

    # The converter would write "_" for most signs of a name. All that is no input moves out of the columns' way first.
    prefix = "graph/"
    while any(name.startswith(prefix) for name in columns):
        prefix = "/" + prefix
    onnx = add_prefix(onnx, prefix, rename_inputs=False)
    names = {f"column{i}": name for i, name in enumerate(columns)}
    for value in onnx.graph.input:
        value.name = names[value.name]
    for node in onnx.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
    return onnx`;
}

export function scoring(learning: Learning): string {
  return learning === 'regression'
    ? `def score(model, rows, truth):
    """What is claimed of the model; Touchstone measures it again, on rows that were put aside."""
    error = truth.to_numpy() - model.predict(rows)
    return {"mae": float(np.abs(error).mean()), "rmse": float(np.sqrt((error**2).mean()))}`
    : `def score(model, rows, truth):
    """What is claimed of the model; Touchstone measures it again, on rows that were put aside."""
    probabilities = model.predict_proba(rows)
    at = pd.Index(model.classes_).get_indexer(truth)  # -1 for a label that training has not seen
    of_truth = np.where(at < 0, 0, probabilities[np.arange(len(at)), at])
    return {
        "accuracy": float((probabilities.argmax(axis=1) == at).mean()),
        "logLoss": float(-np.log(of_truth.clip(1e-15)).mean()),
    }`;
}

export function main(): string {
  return `if __name__ == "__main__":
    output = pathlib.Path(os.environ["TOUCHSTONE_OUTPUT_DIR"])
    params, seed = json.loads(os.environ["TOUCHSTONE_PARAMS"]), int(os.environ["TOUCHSTONE_SEED"])
    rows, truth = read(os.environ["TOUCHSTONE_TRAIN_DATA"])
    model = build(rows, truth, params, seed).fit(rows, truth)
    print(f"{model[-1].n_iter_} rounds of boosting on {len(rows)} rows, {rows.shape[1]} columns")
    (output / "model.onnx").write_bytes(as_onnx(model, list(rows.columns)).SerializeToString())

    if "TOUCHSTONE_VALIDATION_DATA" in os.environ:
        metrics = score(model, *read(os.environ["TOUCHSTONE_VALIDATION_DATA"]))
        print("on the validation rows:", ", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))
        (output / "metrics.json").write_text(json.dumps(metrics))`;
}
