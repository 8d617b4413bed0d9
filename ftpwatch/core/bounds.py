"""Bounds of numbers that come from outside: decoding checks them, and whoever reads a number from
the wire keeps to them.
"""

from typing import Annotated, Final

import msgspec

__all__ = ["TEN_YEARS", "Code", "Count", "Gap", "Port", "Seconds"]

TEN_YEARS: Final = 10 * 366 * 86_400.0
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Code = Annotated[int, msgspec.Meta(ge=0, le=999)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=TEN_YEARS)]
Gap = Annotated[float, msgspec.Meta(ge=-TEN_YEARS, le=TEN_YEARS)]
