"""One system in a process of its own: it answers each line of JSON with a line of JSON.

A line is the path of a picture, or null to ask for the memory taken so far.

Its own process because memory and cold start can only be told apart that way. The library is
imported as ``alpr``, alone, the way the engine runs, so that Home Assistant does not count.
"""

from __future__ import annotations

import argparse
from importlib import import_module
import json
from pathlib import Path
import sys
import time
from typing import Any, Protocol


class System(Protocol):
    """Reads a picture and says everything that is measured about it."""

    def look(self, path: Path) -> dict[str, Any]:
        """Say what it read and found, and how long that took.

        Keys ``text``, ``characters`` (how sure it is of each), ``found`` (box and score of each
        detection) and ``ms``.
        """


class Ours:
    """This project's pipeline."""

    def __init__(self, backend: str, models: Path | None, threads: int) -> None:
        """Load it with one of its backends."""
        load = import_module("alpr.vision.load")
        recogniser: Any = load.load_recogniser(
            load.Backend(backend), models=models, threads=threads
        )
        self._detector = _Remembering(recogniser.detector)
        self._recogniser = type(recogniser)(self._detector, recogniser.reader, recogniser.identity)

    def look(self, path: Path) -> dict[str, Any]:
        """See ``System``."""
        started = time.perf_counter()
        body = path.read_bytes()
        file_ms = (time.perf_counter() - started) * 1000
        self._detector.forget()
        reads = self._recogniser.read(body)
        timing = reads.timing_ms
        scale = reads.size[0] / self._detector.width if self._detector.width else 1.0
        best: Any = reads.plates[0] if reads.plates else None
        return {
            "text": best.text if best else "",
            "characters": [each[0][1] for each in best.characters if each[0][0]] if best else [],
            "found": [
                [[edge * scale for edge in _edges(each.box)], each.score]
                for each in self._detector.found
            ],
            "ms": {
                "decode": file_ms + timing.decode,
                "detect": timing.detect,
                "read": timing.read,
            },
        }


class _Remembering:
    """A detector that keeps what it found last, also what the reader could not read."""

    def __init__(self, detector: Any) -> None:
        self.identities = detector.identities
        self.found: tuple[Any, ...] = ()
        self.width = 0
        self._detector = detector

    def forget(self) -> None:
        self.found = ()

    def detect(self, pixels: Any) -> tuple[Any, ...]:
        self.width = pixels.shape[1]
        self.found = self._detector.detect(pixels)
        return self.found


def _edges(box: Any) -> tuple[float, float, float, float]:
    return box.x1, box.y1, box.x2, box.y2


class FastAlpr:
    """open-image-models and fast-plate-ocr put together the way fast-alpr does."""

    def __init__(self, models: Path, threads: int) -> None:
        """Load the upstream weights of a folder."""
        import cv2  # noqa: PLC0415 - this system's packages are not the other's
        from fast_plate_ocr import LicensePlateRecognizer  # noqa: PLC0415
        import onnxruntime  # noqa: PLC0415
        from open_image_models import create_detector  # noqa: PLC0415

        cv2.setNumThreads(threads)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._cv2 = cv2
        self._detector: Any = create_detector(
            next(models.glob("yolo*.onnx")),
            backend="yolo_v9",
            class_labels=("License Plate",),
            providers=["CPUExecutionProvider"],
            sess_options=options,
        )
        reader = next(models.glob("cct*.onnx"))
        self._reader = LicensePlateRecognizer(
            onnx_model_path=reader,
            plate_config_path=reader.with_name(f"{reader.stem}_plate_config.yaml"),
            providers=["CPUExecutionProvider"],
            sess_options=options,
        )

    def look(self, path: Path) -> dict[str, Any]:
        """See ``System``."""
        start = time.perf_counter()
        frame = self._cv2.imread(str(path))
        decoded = time.perf_counter()
        found = sorted(self._detector.predict(frame), key=lambda each: -each.confidence)
        detected = time.perf_counter()
        reads = [self._read(frame, each.bounding_box) for each in found]
        done = time.perf_counter()
        text, chances = reads[0] if reads else ("", [])
        return {
            "text": text,
            "characters": chances,
            "found": [[list(each.bounding_box.xyxy), each.confidence] for each in found],
            "ms": {
                "decode": (decoded - start) * 1000,
                "detect": (detected - decoded) * 1000,
                "read": (done - detected) * 1000,
            },
        }

    def _read(self, frame: Any, box: Any) -> tuple[str, list[float]]:
        height, width = frame.shape[:2]
        crop = frame[max(box.y1, 0) : min(box.y2, height), max(box.x1, 0) : min(box.x2, width)]
        if not crop.size:
            return "", []
        rgb = self._cv2.cvtColor(crop, self._cv2.COLOR_BGR2RGB)
        prediction = self._reader.run_one(rgb, return_confidence=True)
        chances = [] if prediction.char_probs is None else list(prediction.char_probs)
        return prediction.plate, [float(each) for each in chances[: len(prediction.plate)]]


def main() -> None:
    """Load a system, then answer until there is nothing more to ask."""
    parser = argparse.ArgumentParser()
    parser.add_argument("system", choices=["ncnn", "fast_plate_ocr", "fast-alpr"])
    parser.add_argument("--models", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    system: System
    if options.system == "fast-alpr":
        system = FastAlpr(options.models, options.threads)
    else:
        system = Ours(options.system, options.models, options.threads)
    _say({"ready": True})
    for line in sys.stdin:
        question: str | None = json.loads(line)
        _say(_memory() if question is None else system.look(Path(question)))


def _memory() -> dict[str, Any]:
    # Without what the process held before it became this program, unlike getrusage.
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    most = next(line for line in status if line.startswith("VmHWM:"))
    return {"peak_mb": int(most.split()[1]) / 1024}


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
