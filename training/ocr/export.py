"""Export the reader: ``python -m training.ocr.export``.

Takes the averaged weights of the last checkpoint. Finds the temperatures on the synthetic
validation set, folds them into the last layers, and writes the network twice: for ncnn (float32
pixels, height x width x 3) and as ONNX with a plate config for
`fast_plate_ocr.LicensePlateRecognizer` (uint8 pixels, which reads the positions alone).
Compares what all three answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from training.exported import answers, convert, fingerprint, runner
from training.folders import HELD_OUT_PLATES, MODELS
from training.ocr.net import ALPHABET, HEIGHT, PAD, SLOTS, WIDTH, Reader, trained
from training.ocr.stream import Batch
from training.ocr.train import CHECKPOINT, validation

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


@dataclass(frozen=True, slots=True)
class Temperatures:
    """What makes the probabilities of each head fit the validation set best."""

    slots: float
    columns: float


class ForNcnn(nn.Module):
    """Pixels 1 x 64 x 128 x 3, RGB 0..255 as float32, to probabilities of both heads."""

    def __init__(self, net: Reader, temperatures: Temperatures) -> None:
        super().__init__()
        self.net = net
        self.coldness = 1.0 / temperatures.slots, 1.0 / temperatures.columns

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities of the ten positions 1 x 10 x 37 and of the columns 1 x 32 x 37."""
        slots, columns = self.net.both(pixels.permute(0, 3, 1, 2))
        of_slots, of_columns = self.coldness
        return (
            torch.softmax(slots * of_slots, dim=-1),
            torch.softmax(columns.permute(1, 0, 2) * of_columns, dim=-1),
        )


class ForOnnx(ForNcnn):
    """Pixels N x 64 x 128 x 3, RGB as uint8, to probabilities of both heads.

    fast-plate-ocr asks for the ten positions, N x 10 x 37, by the name ``plate``; ``columns``,
    N x 32 x 37, are there for those who know of them.
    """

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Probabilities of the ten positions and of the columns."""
        return super().forward(pixels.float())


def temperatures_of(net: Reader, batch: Batch) -> Temperatures:
    """Temperatures (Guo et al., 2017) of both heads; that of the columns on one-line plates."""
    with torch.no_grad():
        parts = [net.both(p.permute(0, 3, 1, 2).float()) for p in batch.pictures.split(250)]
    slots = torch.cat([part[0] for part in parts]).reshape(-1, len(ALPHABET))
    columns = torch.cat([part[1] for part in parts], dim=1)[:, batch.one_line]
    texts = batch.texts[batch.one_line]
    lengths = (texts != PAD).sum(1)
    steps = torch.full_like(lengths, columns.shape[0])

    def of_slots(temperature: Tensor) -> Tensor:
        return nn.functional.cross_entropy(slots / temperature, batch.texts.reshape(-1))

    def of_columns(temperature: Tensor) -> Tensor:
        chances = (columns / temperature).log_softmax(-1)
        return nn.functional.ctc_loss(chances, texts, steps, lengths, blank=PAD, zero_infinity=True)

    return Temperatures(_best(of_slots), _best(of_columns))


def _best(loss_at: Callable[[Tensor], Tensor]) -> float:
    """The temperature with the smallest loss."""
    log_temperature = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([log_temperature], lr=0.2, max_iter=60)

    def closure() -> float:
        optimiser.zero_grad()
        loss = loss_at(log_temperature.exp())
        loss.backward()
        return float(loss)

    optimiser.step(closure)
    return float(log_temperature.detach().exp())


def write(net: Reader, temperatures: Temperatures, folder: Path) -> None:
    """Write the four files."""
    pixels = torch.randint(0, 256, (1, HEIGHT, WIDTH, 3), dtype=torch.uint8)
    convert(ForNcnn(net, temperatures).eval(), pixels.float(), folder, NAME)
    torch.onnx.export(
        ForOnnx(net, temperatures).eval(),
        (pixels,),
        str(folder / f"{NAME}.onnx"),
        input_names=["input"],
        output_names=["plate", "columns"],
        dynamic_axes={name: {0: "batch"} for name in ("input", "plate", "columns")},
        opset_version=17,
        dynamo=False,
    )
    (folder / f"{NAME}_plate_config.yaml").write_text(CONFIG, encoding="utf-8")


def differences(
    net: Reader, temperatures: Temperatures, folder: Path, batch: Batch
) -> tuple[float, float]:
    """Largest difference of ncnn and of ONNX from PyTorch on some photographs."""
    network = runner(folder / f"{NAME}.param", folder / f"{NAME}.bin")
    session = onnxruntime.InferenceSession(str(folder / f"{NAME}.onnx"))
    model, onnx_model = ForNcnn(net, temperatures).eval(), ForOnnx(net, temperatures).eval()
    of_ncnn = of_onnx = 0.0
    for picture in batch.pictures[:50]:
        with torch.no_grad():
            expected = [answer[0].numpy() for answer in model(picture[None].float())]
            wanted_onnx = [answer.numpy() for answer in onnx_model(picture[None])]
        said = answers(network, picture.numpy().astype(np.float32), ("out0", "out1"))
        for answer, wanted in zip(said, expected, strict=True):
            of_ncnn = max(of_ncnn, float(np.abs(answer - wanted).max()))
        said = session.run(["plate", "columns"], {"input": picture[None].numpy()})
        for answer, wanted in zip(said, wanted_onnx, strict=True):
            of_onnx = max(of_onnx, float(np.abs(answer - wanted).max()))
    return of_ncnn, of_onnx


def main() -> None:
    """Export, compare, and print the hashes."""
    parser = argparse.ArgumentParser(prog="python -m training.ocr.export")
    parser.add_argument("--folder", type=Path, default=MODELS)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    net, batch = trained(CHECKPOINT), validation(HELD_OUT_PLATES)
    temperatures = temperatures_of(net, batch)
    write(net, temperatures, folder)
    of_ncnn, of_onnx = differences(net, temperatures, folder, batch)
    print(f"temperatures: slots {temperatures.slots:.3f}, columns {temperatures.columns:.3f}")
    print(f"largest difference from PyTorch: ncnn {of_ncnn:.1e}, ONNX {of_onnx:.1e}")
    if max(of_ncnn, of_onnx) > CLOSE_ENOUGH:
        raise SystemExit("an exported network does not answer as PyTorch does")
    for path in sorted(folder.glob(f"{NAME}*")):
        print(fingerprint(path))


if __name__ == "__main__":
    main()
