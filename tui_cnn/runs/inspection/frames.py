"""The pipe between the screen and its inspector: frames of four bytes of length, big-endian, and msgpack.

The inspector greets first. Each call has a number; its answer bears the same one. An answer may be announced by notes
on how far it has come. A call that is cancelled gets no answer.
"""

import struct
from typing import IO, Any

import msgspec

from tui_cnn.runs.inspection.replies import AnyReply
from tui_cnn.runs.inspection.requests import AnyRequest

PROTOCOL = 6
"""To be raised with every change of a message."""

LARGEST = 1 << 30
"""Bytes of a frame; what claims more is no frame."""

LENGTH = struct.Struct(">I")


class RequestFrame(msgspec.Struct, frozen=True, tag="call"):
    """A question."""

    id: int
    request: AnyRequest


class CancelFrame(msgspec.Struct, frozen=True, tag="cancel"):
    """The answer is not wanted any more."""

    id: int


class WaitingFrame(msgspec.Struct, frozen=True, tag="waiting"):
    """The inspector is not there yet: it is the turn of `before` others first."""

    before: int


class ByeFrame(msgspec.Struct, frozen=True, tag="bye"):
    """The inspector ends, for others need its place; what it has not answered is to be asked again."""


class HelloFrame(msgspec.Struct, frozen=True, tag="hello"):
    """The inspector is there, and speaks this protocol."""

    protocol: int


class ProgressFrame(msgspec.Struct, frozen=True, tag="note"):
    """`share` of the work is done, 0 to 1."""

    id: int
    share: float


class ReplyFrame(msgspec.Struct, frozen=True, tag="answer"):
    """The end of a call."""

    id: int
    reply: AnyReply


ToInspector = RequestFrame | CancelFrame
FromInspector = WaitingFrame | HelloFrame | ByeFrame | ProgressFrame | ReplyFrame

_encoder = msgspec.msgpack.Encoder()
to_inspector = msgspec.msgpack.Decoder(ToInspector)
from_inspector = msgspec.msgpack.Decoder(FromInspector)


def frame(message: msgspec.Struct) -> bytes:
    """Write a message with its length before it."""
    payload = _encoder.encode(message)
    return LENGTH.pack(len(payload)) + payload


def length_of(head: bytes) -> int:
    """Read the length of a frame.

    Raises:
        ValueError: it is longer than any frame.
    """
    (length,) = LENGTH.unpack(head)
    if length > LARGEST:
        raise ValueError(f"a frame of {length:,} bytes")
    return int(length)


def read_frame(stream: IO[bytes], decoder: "msgspec.msgpack.Decoder[Any]") -> Any:
    """Read the next message; None: the stream has ended.

    Raises:
        ValueError: what comes is no such message.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    length = length_of(head)
    payload = stream.read(length)
    return decoder.decode(payload) if len(payload) == length else None
