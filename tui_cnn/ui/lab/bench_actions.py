"""What the keys do on the benches of the Lab."""

from asyncio import to_thread

import msgspec
import numpy as np
from textual import work

from tui_cnn.data.errors import DataError
from tui_cnn.data.image_files import read_small
from tui_cnn.formats.presets import preset
from tui_cnn.i18n import _
from tui_cnn.lab.scene import NamedArray
from tui_cnn.runs import launch
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.recipe import Recipe
from tui_cnn.ui.lab.benches import LabBenches
from tui_cnn.ui.lab.convolution import ConvolutionStepper
from tui_cnn.ui.lab.pairs import Pairs
from tui_cnn.ui.lab.pooling import PoolingStepper
from tui_cnn.ui.lab.size_chain import Chain
from tui_cnn.ui.lab.stepper import Stepper
from tui_cnn.ui.lab.weights import Weights
from tui_cnn.ui.toolkit.dialogs.ask import Answer, Ask

_GREY_SIDE, _COLOUR_SIDE = 28, 22
"""Pixels of the longest side of a picture file; of a colour one the windows of all three channels stand beside it."""

_OF_CONVOLUTION = ("type_image", "type_kernel", "go_to")
_OF_POOLING = ("shift_up", "shift_down", "shift_left", "shift_right")


class LabSteps(LabBenches):
    """Each action works on the bench of the page that is shown, where that has it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the bench has."""
        bench = self.bench if self.is_mounted else None
        if action in _OF_CONVOLUTION:
            return isinstance(bench, ConvolutionStepper)
        if action == "next_filter":
            return isinstance(bench, ConvolutionStepper) and bench.settings.filters > 1
        if action in _OF_POOLING:
            return isinstance(bench, PoolingStepper)
        return True

    async def action_convolution_page(self) -> None:
        """Turn to the convolution."""
        await self.show_page("convolution")

    async def action_pooling_page(self) -> None:
        """Turn to pooling."""
        await self.show_page("pooling")

    async def action_sizes_page(self) -> None:
        """Turn to the sizes."""
        await self.show_page("sizes")

    async def action_weights_page(self) -> None:
        """Turn to the parameters."""
        await self.show_page("weights")

    async def action_pairs_page(self) -> None:
        """Turn to what can be compared."""
        await self.show_page("pairs")

    def action_step_forward(self) -> None:
        """Go one place on."""
        self._walk(0, 1)

    def action_step_back(self) -> None:
        """Go one place back."""
        self._walk(0, -1)

    def action_row_down(self) -> None:
        """Go one row down."""
        self._walk(1, 0)

    def action_row_up(self) -> None:
        """Go one row up."""
        self._walk(-1, 0)

    def action_first_step(self) -> None:
        """Go to the first place."""
        self.action_jump(0)

    def action_last_step(self) -> None:
        """Go to the last place."""
        if isinstance(bench := self.bench, Stepper):
            self.action_jump(bench.steps)

    def action_jump(self, place: int) -> None:
        """Go to a place."""
        if isinstance(bench := self.bench, Stepper):
            bench.place = place

    def action_run_steps(self) -> None:
        """Run, or stop."""
        if isinstance(bench := self.bench, Stepper):
            bench.run()

    def action_faster(self) -> None:
        """Take more steps a second."""
        if isinstance(bench := self.bench, Stepper):
            bench.speed += 1

    def action_slower(self) -> None:
        """Take fewer."""
        if isinstance(bench := self.bench, Stepper):
            bench.speed -= 1

    def action_next_filter(self) -> None:
        """Look at the next filter."""
        if isinstance(bench := self.bench, ConvolutionStepper):
            bench.next_filter()

    def action_type_image(self) -> None:
        """Type into the image."""
        self._type("image")

    def action_type_kernel(self) -> None:
        """Type into the kernel."""
        self._type("kernel")

    def action_go_to(self) -> None:
        """Type where to go."""
        self._type("place")

    def action_shift_up(self) -> None:
        """Move the picture up."""
        self._shift(-1, 0)

    def action_shift_down(self) -> None:
        """Move the picture down."""
        self._shift(1, 0)

    def action_shift_left(self) -> None:
        """Move the picture to the left."""
        self._shift(0, -1)

    def action_shift_right(self) -> None:
        """Move the picture to the right."""
        self._shift(0, 1)

    @work
    async def action_take_picture(self) -> None:
        """Ask for a picture file, and put it on the bench, small enough to look at each place."""
        bench = self.bench
        from tui_cnn.ui.toolkit.dialogs.file_picker import ask_image_file

        path = await ask_image_file(self.app)
        if path is None or not isinstance(bench, ConvolutionStepper | PoolingStepper):
            return
        try:
            pixels = await to_thread(read_small, path, _GREY_SIDE, _COLOUR_SIDE)
        except DataError as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        else:
            self.put_file(bench, NamedArray(pixels.astype(np.float64), path.name))

    def action_settings(self) -> None:
        """Open the form."""
        if self.form is not None:
            self.add_class("-editing")
            self.form.focus_first()

    def action_leave_settings(self) -> None:
        """Go back to the bench."""
        self.remove_class("-editing")
        self.bench.focus()

    def action_next_example(self) -> None:
        """Show the next worked example."""
        if isinstance(bench := self.bench, Weights) and self.form is not None:
            example = bench.next_example()
            bench.set(example)
            self.form.put(example)

    def action_add_window(self) -> None:
        """Add a window to the chain."""
        if isinstance(bench := self.bench, Chain):
            bench.add()

    def action_delete_window(self) -> None:
        """Delete a window of the chain."""
        if isinstance(bench := self.bench, Chain):
            bench.delete()

    def action_larger(self) -> None:
        """Make the number larger."""
        if isinstance(bench := self.bench, Chain):
            bench.change(1)

    def action_smaller(self) -> None:
        """Make it smaller."""
        if isinstance(bench := self.bench, Chain):
            bench.change(-1)

    def action_build_pair(self) -> None:
        """Put the selected network on the Build screen."""
        if isinstance(bench := self.bench, Pairs):
            self.workspace.open_model(bench.name_selected)

    def action_train_pair(self) -> None:
        """Put the selected network on the Train screen."""
        if isinstance(bench := self.bench, Pairs):
            self.workspace.open_model(bench.name_selected, "train")

    @work
    async def action_train_both(self) -> None:
        """Train both networks of the selected pair, once the user agrees; then show the list of runs."""
        if not isinstance(bench := self.bench, Pairs):
            return
        names = bench.pair_selected
        recipe = Recipe(data=self.workspace.data)
        question = _("{epochs} epochs each, in the background, one after the other.").format(epochs=recipe.epochs)
        ask = Ask(
            _("Train {one} and {other}").format(one=names[0], other=names[1]),
            question,
            [Answer("train", "t", _("Train"))],
        )
        if await self.app.push_screen_wait(ask) is None:
            return
        try:
            for name in names:
                await to_thread(launch.start, preset(name), recipe)
        except RunError as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        else:
            self.workspace.go_to("runs")

    def _walk(self, down: int, across: int) -> None:
        if isinstance(bench := self.bench, Stepper):
            bench.running = False
            bench.walk(down, across)

    def _type(self, of: str) -> None:
        if isinstance(bench := self.bench, ConvolutionStepper):
            bench.type_into(of)

    def _shift(self, down: int, right: int) -> None:
        if isinstance(bench := self.bench, PoolingStepper) and self.form is not None:
            now = bench.settings
            most = 12
            moved = msgspec.structs.replace(
                now,
                down=max(-most, min(now.down + down, most)),
                right=max(-most, min(now.right + right, most)),
            )
            self.set_bench(moved)
            self.form.put(moved)
