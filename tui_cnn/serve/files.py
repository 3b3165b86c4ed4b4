"""The files of a person through the browser: a list, uploads, downloads; nothing outside the person's folder."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from tui_cnn.atomic import replacing
from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.resources import DiskUsage, disk_usage

_DEEPEST, _LONGEST = 8, 200
"""Folders within each other, and bytes of a name."""
_MOST_LISTED = 1000
_MOST_FILES = 20_000
_REMEMBERED = 30.0
"""Seconds for which the size of a home is not counted again, but added to."""
_PATIENCE = 60.0
"""Seconds to wait for the next bytes of an upload."""
_FORBIDDEN = frozenset('\\:*?"<>|')
"""Signs that have a meaning in paths somewhere; they would make trouble once the file is downloaded."""


class RefusedError(UserError):
    """A file is not taken or not given; the text says why."""


class UploadedFile(NamedTuple):
    """A file: its path below the folder, its bytes, and when it was written, in seconds."""

    path: str
    size: int
    written: float


class Files:
    """The files of a person. `most` is the bytes of one upload, `quota` those of the whole home."""

    def __init__(self, home: Path, folder: Path, most: int, quota: int) -> None:
        self._home = home
        self._folder = folder
        self._most = most
        self._quota = quota
        self._counted = float("-inf")
        self._usage = DiskUsage(0, 0)
        self._taking = False

    def list(self) -> list[UploadedFile]:
        """List the files, the newest first; of very many, some."""
        found = []
        for directory, folders, names in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(directory) / name
                if name.startswith(".") or path.is_symlink():
                    continue
                try:
                    state = path.stat()
                except OSError:  # removed meanwhile
                    continue
                found.append(UploadedFile(path.relative_to(self._folder).as_posix(), state.st_size, state.st_mtime))
            if len(found) >= _MOST_LISTED:
                break
        return sorted(found[:_MOST_LISTED], key=lambda file: -file.written)

    def find(self, path: str) -> Path:
        """Return an existing file.

        Raises:
            RefusedError: there is none of that name in the folder.
        """
        place = self.place(path)
        if not place.is_file():
            raise RefusedError(_("file not found"))
        return place

    def place(self, path: str) -> Path:
        """Return where a file of that name is, or would be: below the folder, whatever the name is.

        Raises:
            RefusedError: it cannot be a name here.
        """
        parts = path.split("/")
        if len(parts) > _DEEPEST or not all(map(may_be_name, parts)):
            raise RefusedError(_("this cannot be the name of a file here"))
        place = self._folder.joinpath(*parts)
        folder = self._folder.resolve()
        try:
            inside = place.resolve().is_relative_to(folder)
        except (OSError, RuntimeError):  # links that go in a circle
            inside = False
        if not inside:
            raise RefusedError(_("this cannot be the name of a file here"))
        return place

    async def take(self, path: str, chunks: AsyncIterator[bytes], expected: int) -> int:
        """Write an upload whole, or not at all; return its bytes. `expected` are so many; more are counted anyway.

        One is taken at a time: several at once could each fill the room that is left.

        Raises:
            RefusedError: the name cannot be one, it is too large, there is no room, or another one is being taken.
        """
        place = self.place(path)
        if self._taking:
            raise RefusedError(_("another upload is in progress; try again when it has ended"))
        self._taking = True
        try:
            size = await self._write(place, chunks, expected)
        except TimeoutError:
            raise RefusedError(_("the upload has stopped; try again")) from None
        except OSError as error:
            raise RefusedError(_("the file cannot be written: {reason}").format(reason=error.strerror)) from None
        finally:
            self._taking = False
        self._usage = DiskUsage(self._usage.files + 1, self._usage.size + size)
        return size

    async def _write(self, place: Path, chunks: AsyncIterator[bytes], expected: int) -> int:
        left = await asyncio.to_thread(self._room)
        self._check(expected, left)
        size = 0
        place.parent.mkdir(parents=True, exist_ok=True)
        with replacing(place) as temporary, temporary.open("xb") as file:
            async with asyncio.timeout(_PATIENCE) as patience:
                async for chunk in chunks:
                    patience.reschedule(asyncio.get_running_loop().time() + _PATIENCE)
                    size += len(chunk)
                    self._check(size, left)
                    file.write(chunk)
        return size

    def _check(self, size: int, left: int) -> None:
        if size > self._most:
            raise RefusedError(_("the file is too large; at most {most} MB").format(most=self._most >> 20))
        if size > left:
            raise RefusedError(_("not enough space for this file; remove others"))

    def _room(self) -> int:
        """Return how many bytes may be added.

        Raises:
            RefusedError: there are too many files.
        """
        if time.monotonic() - self._counted > _REMEMBERED:
            self._usage = disk_usage(self._home)
            self._counted = time.monotonic()
        if self._usage.files >= _MOST_FILES:
            raise RefusedError(_("there are too many files; remove some"))
        return self._quota - self._usage.size


def may_be_name(name: str) -> bool:
    """Whether a folder or file may be called so: no hidden one, none that leads upwards."""
    if not name or name.startswith((".", "~")) or not name.isprintable() or _FORBIDDEN & set(name):
        return False
    return len(name.encode("utf-8", "replace")) <= _LONGEST


async def upload(request: web.Request, files: Files) -> web.Response:
    """Take the body of a request as a file."""
    try:
        size = await files.take(
            request.match_info["path"], request.content.iter_chunked(1 << 16), request.content_length or 0
        )
    except RefusedError as error:
        return _refused(error)
    return web.json_response({"size": size})


def download(request: web.Request, files: Files) -> web.StreamResponse:
    """Give a file to be saved, never to be shown: what is in it must not act as a page of ours."""
    try:
        place = files.find(request.match_info["path"])
    except RefusedError as error:
        return _refused(error, 404)
    response = web.FileResponse(place, chunk_size=1 << 16)
    response.content_type = "application/octet-stream"
    response.headers["Content-Disposition"] = _attachment(place.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _attachment(name: str) -> str:
    """Return the header that lets a browser save a file under its name (RFC 6266)."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def _refused(error: RefusedError, status: int = 400) -> web.Response:
    return web.Response(status=status, text=f"{error}\n")
