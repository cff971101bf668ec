"""Export the reader: ``python -m training.ocr.export``.

Finds the temperature on the synthetic validation set, folds it into the last layer, and writes the
network twice: for ncnn (float32 pixels, height x width x 3) and as ONNX with a plate config for
`fast_plate_ocr.LicensePlateRecognizer` (uint8 pixels). Compares what all three answer.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
import shutil
import tempfile

import ncnn
import numpy as np
import onnxruntime
import pnnx
import torch
from torch import Tensor, nn

from training.ocr.net import ALPHABET, HEIGHT, SLOTS, WIDTH, Reader
from training.ocr.samples import WORK
from training.ocr.stream import Batch
from training.ocr.train import CHECKPOINT, validation

MODELS = (
    Path(__file__).parents[2] / "custom_components" / "alpr_gate" / "alpr" / "vision" / "models"
)
NAME = "alpr_ocr"
CLOSE_ENOUGH = 2e-3
CONFIG = f"""# What fast_plate_ocr needs to know of {NAME}.onnx
max_plate_slots: {SLOTS}
alphabet: '{ALPHABET}'
pad_char: '_'
img_height: {HEIGHT}
img_width: {WIDTH}
keep_aspect_ratio: false
interpolation: linear
image_color_mode: rgb
"""


class ForNcnn(nn.Module):
    """Pixels 1 x 64 x 128 x 3, RGB 0..255 as float32, to probabilities 1 x 10 x 37."""

    def __init__(self, net: Reader, temperature: float) -> None:
        super().__init__()
        self.net = net
        self.coldness = 1.0 / temperature

    def forward(self, pixels: Tensor) -> Tensor:
        """Probabilities of the ten positions."""
        return torch.softmax(self.net(pixels.permute(0, 3, 1, 2)) * self.coldness, dim=-1)


class ForOnnx(ForNcnn):
    """The same from uint8 pixels."""

    def forward(self, pixels: Tensor) -> Tensor:
        """Probabilities of the ten positions."""
        return super().forward(pixels.float())


def load() -> Reader:
    """The averaged weights, ready to run."""
    net = Reader()
    net.load_state_dict(torch.load(CHECKPOINT, weights_only=True)["mean"])
    return net.eval()


def temperature_of(net: Reader, batch: Batch) -> float:
    """The temperature (Guo et al., 2017) that makes probabilities fit the validation set best."""
    with torch.no_grad():
        logits = torch.cat([net(p.permute(0, 3, 1, 2).float()) for p in batch.pictures.split(250)])
    logits, texts = logits.reshape(-1, len(ALPHABET)), batch.texts.reshape(-1)
    log_temperature = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([log_temperature], lr=0.2, max_iter=60)

    def closure() -> float:
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(logits / log_temperature.exp(), texts)
        loss.backward()
        return float(loss)

    optimiser.step(closure)
    return float(log_temperature.detach().exp())


def write(net: Reader, temperature: float, folder: Path) -> None:
    """Write the four files."""
    pixels = torch.randint(0, 256, (1, HEIGHT, WIDTH, 3), dtype=torch.uint8)
    with tempfile.TemporaryDirectory() as scratch:
        traced = Path(scratch) / "reader.pt"
        pnnx.export(ForNcnn(net, temperature).eval(), str(traced), (pixels.float(),), fp16=False)
        shutil.copy(Path(scratch) / "reader.ncnn.param", folder / f"{NAME}.param")
        shutil.copy(Path(scratch) / "reader.ncnn.bin", folder / f"{NAME}.bin")
    torch.onnx.export(
        ForOnnx(net, temperature).eval(),
        (pixels,),
        str(folder / f"{NAME}.onnx"),
        input_names=["input"],
        output_names=["plate"],
        dynamic_axes={"input": {0: "batch"}, "plate": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    (folder / f"{NAME}_plate_config.yaml").write_text(CONFIG, encoding="utf-8")


def differences(net: Reader, temperature: float, folder: Path, batch: Batch) -> tuple[float, float]:
    """Largest difference of ncnn and of ONNX from PyTorch on some photographs."""
    runner = ncnn.Net()
    for option in (
        "use_fp16_packed",
        "use_fp16_storage",
        "use_fp16_arithmetic",
        "use_bf16_storage",
    ):
        setattr(runner.opt, option, False)
    runner.load_param(str(folder / f"{NAME}.param"))
    runner.load_model(str(folder / f"{NAME}.bin"))
    session = onnxruntime.InferenceSession(str(folder / f"{NAME}.onnx"))
    model = ForOnnx(net, temperature).eval()
    of_ncnn = of_onnx = 0.0
    for picture in batch.pictures[:50]:
        with torch.no_grad():
            expected = model(picture[None])[0].numpy()
        extractor = runner.create_extractor()
        pixels = picture.numpy().astype(np.float32)  # held until it is cloned
        extractor.input("in0", ncnn.Mat(pixels).clone())
        answer = np.array(extractor.extract("out0")[1]).reshape(expected.shape)
        of_ncnn = max(of_ncnn, float(np.abs(answer - expected).max()))
        (other,) = session.run(None, {"input": picture[None].numpy()})
        of_onnx = max(of_onnx, float(np.abs(other[0] - expected).max()))
    return of_ncnn, of_onnx


def main() -> None:
    """Export, compare, and print the hashes."""
    parser = argparse.ArgumentParser(prog="python -m training.ocr.export")
    parser.add_argument("--folder", type=Path, default=MODELS)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    net, batch = load(), validation(WORK / "plates-val")
    temperature = temperature_of(net, batch)
    write(net, temperature, folder)
    of_ncnn, of_onnx = differences(net, temperature, folder, batch)
    print(f"temperature {temperature:.3f}")
    print(f"largest difference from PyTorch: ncnn {of_ncnn:.1e}, ONNX {of_onnx:.1e}")
    if max(of_ncnn, of_onnx) > CLOSE_ENOUGH:
        raise SystemExit("an exported network does not answer as PyTorch does")
    for path in sorted(folder.glob(f"{NAME}*")):
        print(
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}  {path.stat().st_size}"
        )


if __name__ == "__main__":
    main()
