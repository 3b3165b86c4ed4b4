"""Look inside the file on the Build screen, where it has weights."""

from asyncio import to_thread

from textual.app import App

from tui_cnn.data.input_options import PIXEL_SCALES, PixelScale
from tui_cnn.errors import UserError
from tui_cnn.i18n import _
from tui_cnn.runs.inspection.requests import MODEL_SUFFIXES
from tui_cnn.ui.workspace import Workspace


async def inspect_file(app: App[object], workspace: Workspace) -> None:
    """Make a run of the opened file, and show it on the Inspect screen; ask how it takes pixels if that is unknown."""
    from tui_cnn.runs.importing import choices, import_model, scale_is_known
    from tui_cnn.runs.preflight import suits
    from tui_cnn.runs.recipe import Recipe
    from tui_cnn.ui.toolkit.dialogs.pick import Item, Pick

    file = workspace.design.file
    if file is None or file.suffix.lower() not in MODEL_SUFFIXES:
        app.notify(_("Only a .keras, .h5 or .onnx file has weights to inspect. Train this network first."))
        return
    try:
        scale: PixelScale | None = "none"
        if not await to_thread(scale_is_known, file):
            about = {
                "0..1": _("divided by 255, as cnn-tui trains"),
                "-1..1": _("divided by 127.5, minus 1"),
                "none": _("0 to 255 as they are"),
                "standardize": _("minus the mean of the data set, divided by its standard deviation"),
                "imagenet": _("minus the ImageNet mean, divided by its standard deviation, as torchvision"),
                "imagenet-bgr": _("BGR, minus the ImageNet mean, as VGG and ResNet of Keras"),
            }
            shape = workspace.design.network.input_shape
            scales = [scale for scale in PIXEL_SCALES if suits(scale, shape)]
            items = [Item(name, about[name], name) for name in scales]
            scale = await app.push_screen_wait(Pick(_("Which pixel values does the model expect?"), items))
        if scale is None:
            return
        app.notify(_("Reading the weights of {file} …").format(file=file.name), markup=False)
        run = await to_thread(import_model, file, Recipe(data=workspace.data, scale=scale))
    except UserError as error:
        workspace.report(error)
        return
    if chosen := choices(run):
        app.notify("\n".join(chosen), title=file.name, timeout=12, markup=False)
    workspace.inspect_run(run)
