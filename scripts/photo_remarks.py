"""What is to be known of single photographs of openalpr/benchmarks: found by looking at them."""

from __future__ import annotations

from typing import Final

LABELLED_WRONGLY: Final = {
    "wts-lg-000085.jpg": "labelled 5 where B is printed",
    "wts-lg-000159.jpg": "labelled E where 3 is printed",
}
"""By file name. The label is wrong to the eye: what is read there is what is printed."""

NOT_WHOLE: Final = {
    "us7.jpg": "laid on another plate, which shows on both sides",
    "PJT2905.jpg": "cut off by the edge of the picture",
}
"""By file name. Of such a plate a gate must not say that it saw all of it."""

REMARKS: Final = LABELLED_WRONGLY | NOT_WHOLE
