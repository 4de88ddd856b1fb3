"""Writes the handwritten digits that ship with scikit-learn to data/digits.csv: the same bytes each time.

One row a digit: `id`, `ink` (the sum of its pixels), `pixel_0` to `pixel_63` (0 to 16) and `digit`, what it shows.
"""

import csv
import pathlib

from sklearn.datasets import load_digits

images, labels = load_digits(return_X_y=True)
file = pathlib.Path(__file__).parent / "data" / "digits.csv"
file.parent.mkdir(exist_ok=True)
with file.open("w", newline="") as out:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "ink", *(f"pixel_{i}" for i in range(images.shape[1])), "digit"])
    for i, (pixels, label) in enumerate(zip(images.astype(int), labels)):
        writer.writerow([i, pixels.sum(), *pixels, label])
print(f"{file}: {len(labels)} rows")
