"""What was asked of the inspector and what it has answered, so that drawing never waits."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.client import Inspector, SupersededError
from tui_cnn.runs.inspection.replies import Array, Reply
from tui_cnn.runs.inspection.requests import AnyRequest

R = TypeVar("R", bound=Reply)

_MOST_KEPT = 200
_MOST_BYTES = 256_000_000


class Question(NamedTuple, Generic[R]):
    """A request, and the type of its answer; of each kind of request about a source only the newest is worked on."""

    request: AnyRequest
    reply: type[R]

    @property
    def kind(self) -> str:
        """The type of the request, and the weights that it is about."""
        return f"{type(self.request).__name__} {self.request.source}"


class AnswerCache:
    """Asks for each thing once, and keeps the answers until the weights change, or too many came after their last use.

    `changed` is called whenever something has come in.
    """

    def __init__(self, inspector: Inspector, changed: Callable[[], None]) -> None:
        self._inspector = inspector
        self._inspector.on_waiting = changed
        self._changed = changed
        self._found: OrderedDict[AnyRequest, Reply] = OrderedDict()
        self._newest: dict[str, Reply] = {}
        self._troubles: dict[AnyRequest, str] = {}
        self._shares: dict[AnyRequest, float] = {}
        self._asking: dict[str, tuple[AnyRequest, asyncio.Task[None]]] = {}

    def want(self, *questions: Question[Any]) -> None:
        """Ask, unless it is known, in vain, or being asked already; what was asked of this kind before is given up."""
        for question in questions:
            request = question.request
            if request in self._found or request in self._troubles:
                continue
            if question.kind in self._asking:
                before, task = self._asking[question.kind]
                if before == request and not task.done():
                    continue
                task.cancel()
            self._asking[question.kind] = request, asyncio.create_task(self._ask(question))

    def get(self, question: Question[R]) -> R | None:
        """Return the answer, if it has come."""
        found = self._found.get(question.request)
        if found is not None:
            self._found.move_to_end(question.request)
        return found if isinstance(found, question.reply) else None

    def newest(self, question: Question[R]) -> R | None:
        """Return the last answer to a question of this kind, to be shown until the next one comes."""
        found = self._newest.get(question.kind)
        return found if isinstance(found, question.reply) else None

    async def answer(self, question: Question[R]) -> R:
        """Ask, unless it is known, and wait for the answer.

        Raises:
            RunError: there is none.
        """
        self.want(question)
        asked = self._asking.get(question.kind)
        if asked is not None and asked[0] == question.request:
            await asyncio.wait({asked[1]})
        found = self.get(question)
        if found is None:
            raise RunError(self.trouble(question) or _("the inspector was asked something else; try again"))
        return found

    def trouble(self, question: Question[Any]) -> str:
        """Say why there is no answer, nor will be."""
        return self._troubles.get(question.request, "")

    @property
    def has_troubles(self) -> bool:
        """Whether something could not be answered."""
        return bool(self._troubles)

    def share(self, question: Question[Any]) -> float:
        """Tell how much of the work is done, 0 to 1."""
        return self._shares.get(question.request, 0.0)

    @property
    def waiting(self) -> str:
        """Say that others come first, where many people share a machine; empty if they do not."""
        before = self._inspector.waiting
        if before is None:
            return ""
        if before == 0:
            return _("Waiting for the inspector: you are next")
        return _("Waiting for the inspector: {count} before you").format(count=before)

    def forget(self) -> None:
        """Forget all answers: the weights have changed."""
        self._give_up()
        self._found.clear()
        self._newest.clear()
        self._troubles.clear()

    def forget_troubles(self) -> None:
        """Let what went wrong be asked again."""
        self._troubles.clear()

    async def close(self) -> None:
        """Give up all questions, and end the inspector; a later question starts it anew."""
        self._give_up()
        await self._inspector.close()

    def _give_up(self) -> None:
        for _request, task in self._asking.values():
            task.cancel()
        self._asking.clear()
        self._shares.clear()

    async def _ask(self, question: Question[Any]) -> None:
        request, reply = question

        def note(share: float) -> None:
            self._shares[request] = share
            if share:
                self._changed()

        try:
            found = await self._inspector.ask(request, reply, newest_of=question.kind, progress=note)
            self._found[request] = self._newest[question.kind] = found
        except RunError as error:
            self._troubles[request] = str(error)
        except SupersededError:
            return
        finally:
            self._shares.pop(request, None)
        self._make_room()
        self._changed()

    def _make_room(self) -> None:
        """Forget what was not looked at for the longest time; the last answer stays, however large."""
        held = sum(map(size, self._found.values()))
        while len(self._found) > _MOST_KEPT or (held > _MOST_BYTES and len(self._found) > 1):
            _request, reply = self._found.popitem(last=False)
            held -= size(reply)


def size(value: object) -> int:
    """Count the bytes of the arrays in a reply."""
    if isinstance(value, Array):
        return len(value.data)
    if isinstance(value, msgspec.Struct):
        return sum(map(size, msgspec.structs.astuple(value)))
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    return sum(map(size, value)) if isinstance(value, tuple) else 0
