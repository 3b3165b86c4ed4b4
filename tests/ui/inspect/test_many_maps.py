"""A layer of 2,048 maps, as ResNet-50 has, is browsed by page."""

import re

import msgspec
import numpy as np

from tests.ui import answering
from tests.ui.answering import Answering
from tests.ui.driving import opened
from tui_cnn.runs.inspection.replies import pack
from tui_cnn.ui.inspect import screen as inspect
from tui_cnn.ui.toolkit.pictures import drawing
from tui_cnn.ui.toolkit.pictures.gallery import Gallery

MAPS = 2048


class Wide(Answering):
    """The second layer has so many maps."""

    def _activate(self, request):
        answer = super()._activate(request)
        (maps, pooled, *rest) = answer.layers.items()
        wide = np.tile(pooled[1].numpy()[:7, :7], MAPS // 4)
        return msgspec.structs.replace(answer, layers=dict([maps, (pooled[0], pack(wide)), *rest]))


async def test_pages_cover_all_maps(monkeypatch):
    first, second, *rest = answering.LAYERS
    wide = msgspec.structs.replace(second, shape=(7, 7, MAPS))
    monkeypatch.setattr(answering, "LAYERS", (first, wide, *rest))
    monkeypatch.setattr(inspect, "Inspector", Wide)
    monkeypatch.setattr(drawing, "ink", lambda _app: "blocks")
    answering.make_run()
    async with opened(size=(160, 50)) as user:
        await user.press("3")
        await user.sees("Test image 0 · ", "above zero")
        await user.press("down")
        await user.sees("7×7×2048", "PgUp/PgDn: more")
        seen, pages = set(), 0
        while MAPS - 1 not in seen:
            grid = user.app.screen.current_view.query_one(Gallery).grid
            seen |= {*range(grid.first, grid.first + grid.room)}
            await user.press("pagedown")
            await user.settle()
            pages += 1
        assert seen >= {*range(MAPS)}
        assert pages <= MAPS // grid.room + 3
        await user.press("pagedown", "end")
        await user.sees(f"map {MAPS - 1}")
        assert re.search(r"\d+ of 2,048 shown", user.text)
