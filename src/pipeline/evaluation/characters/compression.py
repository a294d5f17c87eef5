"""What general compressors need for messages, once they have read the training messages."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, get_args

Compressor = Literal["zlib", "lzma", "bz2"]
COMPRESSORS: tuple[Compressor, ...] = get_args(Compressor)
END_BYTE = b"\xff"  # closes a message: UTF-8 never holds it, so it stands for nothing else


def join(texts: Iterable[str]) -> bytes:
    """Messages as one file in UTF-8, each closed by one byte as by one symbol.

    Characters outside of the alphabet are written as they are: a compressor pays for which one it is, a language model
    only for there being one.
    """
    return b"".join(text.encode() + END_BYTE for text in texts)


def added_bits(compressor: Compressor, train: bytes, parts: Sequence[bytes]) -> list[int]:
    """Bits by which a compressed file grows when each of the parts is put after `train`.

    zlib looks back 32 kB and bz2 takes blocks of 900 kB: of a longer training file they use only the end.
    """
    compress = _COMPRESS[compressor]
    alone = len(compress(train))
    return [8 * (len(compress(train + part)) - alone) for part in parts]


def _zlib(data: bytes) -> bytes:
    return zlib.compress(data, level=9)


def _lzma(data: bytes) -> bytes:
    return lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)


def _bz2(data: bytes) -> bytes:
    return bz2.compress(data, compresslevel=9)


_COMPRESS: dict[Compressor, Callable[[bytes], bytes]] = {"zlib": _zlib, "lzma": _lzma, "bz2": _bz2}
