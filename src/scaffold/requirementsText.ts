import type { DataFormat } from './dataFormat.ts';

// Resolved by `uv pip compile --universal --python-version 3.9` of the names in the first two lists and protobuf<7; each
// has wheels for Python 3.9 to 3.14 on Linux, macOS and Windows. skl2onnx 1.20 hands numpy's booleans to protobuf, which
// refuses them from 7 on.

const IMPORTED = `numpy==2.0.2; python_version < "3.10"
numpy==2.2.6; python_version == "3.10"
numpy==2.4.6; python_version == "3.11"
numpy==2.5.5; python_version >= "3.12"
onnx==1.19.1; python_version < "3.10"
onnx==1.23.2; python_version >= "3.10"
pandas==2.3.3; python_version < "3.11"
pandas==3.1.1; python_version >= "3.11"
scikit-learn==1.6.1; python_version < "3.10"
scikit-learn==1.7.2; python_version == "3.10"
scikit-learn==1.9.1; python_version >= "3.11"
skl2onnx==1.20.0`;

const PARQUET = `pyarrow==21.0.0; python_version < "3.10"
pyarrow==25.0.1; python_version == "3.10"
pyarrow==26.0.1; python_version >= "3.11"`;

const NEEDED_BY_THESE = `cloudpickle==3.1.2; python_version >= "3.10"
joblib==1.5.3; python_version < "3.10"
joblib==1.6.0; python_version >= "3.10"
ml-dtypes==0.5.4; python_version < "3.10"
ml-dtypes==0.6.0; python_version >= "3.10"
narwhals==2.28.0; python_version >= "3.11"
protobuf==6.33.6
python-dateutil==3.0.0; python_version < "3.11"
python-dateutil==4.0.0; python_version >= "3.11"
pytz==2026.6; python_version < "3.11"
scipy==1.13.1; python_version < "3.10"
scipy==1.15.3; python_version == "3.10"
scipy==1.17.1; python_version == "3.11"
scipy==1.18.1; python_version >= "3.12"
six==1.17.0; python_version < "3.11"
threadpoolctl==3.7.0; python_version < "3.10"
threadpoolctl==3.8.0; python_version >= "3.10"
typing-extensions==4.16.0
tzdata==2026.6`;

/** Pinned packages for the training script: only what it needs. */
export function requirementsText(data: DataFormat): string {
  return [
    '# What training imports. Pinned: with another version the same code may give another model.',
    IMPORTED,
    ...(data.kind === 'parquet' ? [PARQUET] : []),
    '# What these need, pinned as well.',
    NEEDED_BY_THESE,
    '',
  ].join('\n');
}
