"""Writes the champion's model to a file: champion.py REGISTRY ENVIRONMENT MODEL OUTPUT (standard library only)."""
import hashlib, json, pathlib, sys

registry, environment, model, output = sys.argv[1:]
root = pathlib.Path(registry)


def blob(digest):
    content = (root / "blobs" / "sha256" / digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        sys.exit(f"blob {digest} is damaged")
    return content


events = sorted((root / "environments" / environment / model / "log").glob("[0-9]" * 20 + ".json"))
if not events:
    sys.exit(f"{environment} serves no version of {model}")
manifest = json.loads(blob(json.loads(events[-1].read_bytes())["champion"]))
digest = next(file["digest"] for file in manifest["files"] if file["role"] == "model")
pathlib.Path(output).write_bytes(blob(digest))
