"""The stages of one pipeline, for both: split, train and evaluate, with nothing but Python."""

import csv
import hashlib
import json
import os
import pathlib
import sys


def split(data, train, holdout):
    with open(data, newline="") as rows, open(train, "w", newline="") as first, open(holdout, "w", newline="") as second:
        reader = csv.reader(rows)
        header = next(reader)
        writers = [csv.writer(first), csv.writer(second)]
        for writer in writers:
            writer.writerow(header)
        for row in reader:
            writers[hashlib.sha256(row[0].encode()).digest()[0] < 51].writerow(row)


def train(rows, predictions):
    with open(rows, newline="") as file, open(predictions, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "prediction"])
        for row in csv.DictReader(file):
            writer.writerow([row["id"], "yes" if float(row["f0"]) >= 0.5 else "no"])


def evaluate(holdout, predictions, metrics):
    with open(predictions, newline="") as file:
        predicted = {row["id"]: row["prediction"] for row in csv.DictReader(file)}
    with open(holdout, newline="") as file:
        right = [predicted[row["id"]] == row["label"] for row in csv.DictReader(file)]
    pathlib.Path(metrics).write_text(json.dumps({"accuracy": sum(right) / len(right)}))


if len(sys.argv) > 1:
    {"split": split, "train": train, "evaluate": evaluate}[sys.argv[1]](*sys.argv[2:])
else:
    output = pathlib.Path(os.environ["TOUCHSTONE_OUTPUT_DIR"]) / "predictions.csv"
    train(os.environ["TOUCHSTONE_HOLDOUT_FEATURES"], output)
