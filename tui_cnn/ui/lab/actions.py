"""What can be done in the Lab."""

from tui_cnn.i18n import _
from tui_cnn.ui.toolkit.actions import Action, Scope

STEPPER = Scope(
    "stepper",
    _("Lab: the window on the image"),
    (
        Action("step_forward", "right", _("Step"), _("Move the window one step forward"), command="step(0, 1)"),
        Action("step_back", "left", _("Back"), _("Move the window one step back"), command="step(0, -1)"),
        Action("row_down", "down", _("Row down"), _("Move the window one row down"), False, "step(1, 0)"),
        Action("row_up", "up", _("Row up"), _("Move the window one row up"), False, "step(-1, 0)"),
        Action("first_step", "home", _("First"), _("Go to the first position"), False, "end('first')"),
        Action("last_step", "end", _("Last"), _("Go to the last position (output complete)"), False, "end('last')"),
        Action("go_to", "g", _("Go to"), _("Enter the row and column to go to"), False, "edit('place')"),
        Action("run_steps", "space", _("Auto"), _("Start or stop automatic stepping")),
        Action("faster", "plus", _("Faster"), _("Increase the steps per second"), False, "change_speed(1)"),
        Action("slower", "minus", _("Slower"), _("Decrease the steps per second"), False, "change_speed(-1)"),
        Action("next_filter", "f", _("Filter"), _("Show the next filter")),
        Action("next_cell", "n", _("Number"), _("Write out the next number of the output")),
        Action("type_image", "i", _("Image"), _("Edit the numbers of the image"), command="edit('image')"),
        Action("type_kernel", "k", _("Kernel"), _("Edit the numbers of the kernel"), command="edit('kernel')"),
        Action("show_code", "x", _("Code"), _("Show this as a program: NumPy, TensorFlow, Keras")),
        Action("take_picture", "o", _("File"), _("Open an image file"), False, "open_image"),
        Action("shift_up", "shift+up", _("Up"), _("Move the image up"), False, "shift(-1, 0)"),
        Action("shift_down", "shift+down", _("Move"), _("Move the image down"), command="shift(1, 0)"),
        Action("shift_left", "shift+left", _("Left"), _("Move the image to the left"), False, "shift(0, -1)"),
        Action("shift_right", "shift+right", _("Right"), _("Move the image to the right"), False, "shift(0, 1)"),
        Action(
            "settings", "enter,e", _("Settings"), _("Change the image, kernel, padding, stride, …"), command="open_form"
        ),
    ),
    within=("lab",),
)

POOLING = Scope(
    "pooling",
    _("Lab: pooling"),
    (Action("next_pooling", "n", _("Example"), _("Show the next worked example"), False, "next_example"),),
    within=("lab",),
)

TYPING = Scope(
    "typing",
    _("Lab: typing numbers (arrows to move)"),
    (
        Action("finish_typing", "enter", _("Done"), _("Finish typing; go to the position that was typed")),
        Action("leave_typing", "escape", _("Back"), _("Finish typing; stay at this position")),
        Action("clear_number", "delete", _("Zero"), _("Set the number to 0")),
    ),
    within=("lab",),
)

LAB_FORM = Scope(
    "lab_form",
    _("Lab: settings (arrows and Tab to move, ← → to choose)"),
    (Action("leave_settings", "escape,enter", _("Done"), _("Close the settings")),),
    within=("lab",),
    priority=True,
)

CHAIN = Scope(
    "chain",
    _("Lab: sizes (arrows to move, digits to change the number)"),
    (
        Action("larger", "plus", _("More"), _("Increase the number in brackets"), command="change(1)"),
        Action("smaller", "minus", _("Less"), _("Decrease the number in brackets"), command="change(-1)"),
        Action("add_window", "a", _("Add"), _("Add a window below")),
        Action("change_type", "t", _("Type"), _("Change between convolution and pooling")),
        Action("change_padding", "equals_sign", _("Same"), _("Turn padding “same” on or off")),
        Action("show_sizes_code", "x", _("Code"), _("Show the chain as a program"), command="show_code"),
        Action("delete_window", "d,delete", _("Delete"), _("Delete the window")),
    ),
    within=("lab",),
)

LEARNING = Scope(
    "learning",
    _("Lab: learning a kernel"),
    (
        Action("learning_step", "right", _("Step"), _("Take one step of gradient descent"), command="step(0, 1)"),
        Action("learning_back", "left", _("Back"), _("Go back one step"), command="step(0, -1)"),
        Action("ten_steps", "down", _("10 steps"), _("Take ten steps"), False, "step(1, 0)"),
        Action("ten_back", "up", _("10 back"), _("Go back ten steps"), False, "step(-1, 0)"),
        Action("first_kernel", "home", _("First"), _("Go back to the first kernel"), False, "end('first')"),
        Action(
            "last_kernel",
            "end",
            _("Last"),
            _("Continue until the kernel is found, or training diverges"),
            False,
            "end('last')",
        ),
        Action("run_learning", "space", _("Auto"), _("Start or stop learning"), command="run_steps"),
        Action("learn_faster", "plus", _("Faster"), _("Increase the steps per second"), False, "change_speed(1)"),
        Action("learn_slower", "minus", _("Slower"), _("Decrease the steps per second"), False, "change_speed(-1)"),
        Action(
            "raise_rate", "right_square_bracket", _("Rate ×2"), _("Double the learning rate"), command="double_rate(1)"
        ),
        Action(
            "lower_rate", "left_square_bracket", _("Rate /2"), _("Halve the learning rate"), command="double_rate(-1)"
        ),
        Action("next_initial", "i", _("Initial"), _("Start from the next initializer"), command="next_initializer"),
        Action("type_hidden", "k", _("Hidden"), _("Edit the numbers of the hidden kernel"), command="edit('hidden')"),
        Action("next_weight", "f", _("Weight"), _("Write out the gradient of the next weight")),
        Action("show_step_code", "x", _("Code"), _("Show this step as a program"), command="show_code"),
        Action("learning_image", "o", _("File"), _("Open an image file"), False, "open_image"),
        Action(
            "settings",
            "enter,e",
            _("Settings"),
            _("Change the image, hidden kernel, initializer, rate, …"),
            command="open_form",
        ),
    ),
    within=("lab",),
)

SOFTMAX = Scope(
    "softmax",
    _("Lab: softmax (arrows to choose a class, digits − . to type its logit)"),
    (
        Action("raise_logit", "right", _("More"), _("Increase the logit by 0.5"), command="change(1)"),
        Action("lower_logit", "left", _("Less"), _("Decrease the logit by 0.5"), command="change(-1)"),
        Action("true_class", "space", _("True"), _("Make this class the true one")),
        Action(
            "raise_temperature",
            "right_square_bracket",
            _("T ×2"),
            _("Double the temperature"),
            command="double_temperature(1)",
        ),
        Action(
            "lower_temperature",
            "left_square_bracket",
            _("T /2"),
            _("Halve the temperature"),
            False,
            "double_temperature(-1)",
        ),
        Action(
            "subtract_maximum",
            "f",
            _("float32"),
            _("Compute in 32 bits without subtracting the largest logit, or not"),
        ),
        Action("next_logits", "n", _("Example"), _("Show the next example"), command="next_example"),
        Action("show_softmax_code", "x", _("Code"), _("Show this as a program"), command="show_code"),
        Action("add_class", "a", _("Add"), _("Add a class below"), False),
        Action("delete_class", "d,delete", _("Delete"), _("Delete the class"), False),
        Action("settings", "enter,e", _("Settings"), _("Type all logits, the true class …"), command="open_form"),
    ),
    within=("lab",),
)

WEIGHTS = Scope(
    "weights",
    _("Lab: weights"),
    (
        Action("next_example", "n", _("Example"), _("Show the next worked example")),
        Action("show_weights_code", "x", _("Code"), _("Show the count as a program"), command="show_code"),
        Action("settings", "enter,e", _("Settings"), _("Change the image and the layers"), command="open_form"),
    ),
    within=("lab",),
)

PHOTO = Scope(
    "photo",
    _("Lab: filters on a photo"),
    (
        Action("next_method", "right", _("Next"), _("Show the next filter or stage"), command="turn_filter(1)"),
        Action("last_method", "left", _("Previous"), _("Show the previous filter or stage"), False, "turn_filter(-1)"),
        Action("next_result", "down", _("Result"), _("Select the next result"), command="choose_result(1)"),
        Action("last_result", "up", _("Up"), _("Select the previous result"), False, "choose_result(-1)"),
        Action(
            "raise_thresholds",
            "plus",
            _("Thresholds"),
            _("Raise both thresholds of Canny"),
            True,
            "raise_thresholds(1)",
        ),
        Action(
            "lower_thresholds", "minus", _("Lower"), _("Lower both thresholds of Canny"), False, "raise_thresholds(-1)"
        ),
        Action(
            "raise_sigma", "right_square_bracket", _("Sigma"), _("Smooth more before Canny"), True, "raise_sigma(1)"
        ),
        Action(
            "lower_sigma", "left_square_bracket", _("Less"), _("Smooth less before Canny"), False, "raise_sigma(-1)"
        ),
        Action("show_photo_code", "x", _("Code"), _("Show the selected result as a program"), command="show_code"),
        Action("open_photo", "o", _("File"), _("Open an image file"), False, "open_image"),
        Action("settings", "enter,e", _("Settings"), _("Change the image, the filters, sigma, …"), command="open_form"),
    ),
    within=("lab",),
)

PAIRS = Scope(
    "pairs",
    _("Lab: networks to compare (arrows to move)"),
    (
        Action(
            "build_pair",
            "enter",
            _("Build"),
            _("Open the selected network on the Build screen"),
            command="open('build')",
        ),
        Action(
            "train_pair", "t", _("Train"), _("Open the selected network on the Train screen"), command="open('train')"
        ),
        Action("train_both", "T", _("Train both"), _("Train both networks, one after the other")),
    ),
    within=("lab",),
)

LESSON = Scope(
    "lesson",
    _("Lab: lesson (arrows to select an experiment)"),
    (
        Action("try_it", "enter", _("Try"), _("Set up the selected experiment")),
        Action("read_on", "pagedown,space", _("Scroll"), _("Scroll down"), command="scroll_text(1)"),
        Action("read_back", "pageup", _("Scroll up"), _("Scroll up"), False, "scroll_text(-1)"),
        Action("leave_lesson", "escape", _("Lab"), _("Go back to the Lab")),
    ),
    within=("lab",),
    priority=True,
)

CODE = Scope(
    "code",
    _("Lab: the bench as a program"),
    (
        Action("next_library", "right", _("Next"), _("Show the next library"), command="turn(1)"),
        Action("last_library", "left", _("Previous"), _("Show the previous library"), command="turn(-1)"),
        Action("copy_code", "y,c", _("Copy"), _("Copy the program")),
    ),
    priority=True,
)

QUESTION = Scope(
    "question",
    _("Lab: question of a lesson"),
    (
        Action("answer", "enter", _("Answer"), _("Answer; once it is answered, show it or go to the next")),
        Action("hint", "h", _("Hint"), _("Show the next hint")),
        Action("show_answer", "a", _("Solution"), _("Show the right answer")),
        Action("ask_another", "n", _("Another"), _("Ask the same with other numbers")),
        Action("leave_question", "escape", _("Back"), _("Go back to the lesson")),
    ),
    within=("lab",),
    priority=True,
)

LAB = Scope(
    "lab",
    _("Lab: pages and lessons"),
    (
        Action("lesson", "l", _("Lesson"), _("Read the lesson"), command="read_lesson"),
        Action("full_size", "z", _("Full size"), _("Hide the lesson and the settings, or show them"), False),
        Action("lessons", "L", _("All lessons"), _("Choose a lesson"), False, "choose_lesson"),
        Action("repeat", "r", _("Repeat"), _("Ask a question that is due to be repeated"), False),
        Action("next_lesson", "greater_than_sign", _("Next"), _("Go to the next lesson"), False, "turn_lesson(1)"),
        Action(
            "last_lesson", "less_than_sign", _("Previous"), _("Go to the previous lesson"), False, "turn_lesson(-1)"
        ),
        Action(
            "convolution_page", "c", _("Convolution"), _("Step through a convolution"), False, "page('convolution')"
        ),
        Action("pooling_page", "p", _("Pooling"), _("Step through pooling"), False, "page('pooling')"),
        Action("sizes_page", "s", _("Sizes"), _("Calculate sizes layer by layer"), False, "page('sizes')"),
        Action("weights_page", "w", _("Weights"), _("Count the parameters of layer types"), False, "page('weights')"),
        Action(
            "transposed_page",
            "u",
            _("Transposed"),
            _("Step through a transposed convolution"),
            False,
            "page('transposed')",
        ),
        Action("learning_page", "b", _("Learning"), _("Learn a kernel step by step"), False, "page('learning')"),
        Action("softmax_page", "m", _("Softmax"), _("Work softmax and the loss out"), False, "page('softmax')"),
        Action("photo_page", "P", _("Photo"), _("Compare filters on a photo"), False, "page('photo')"),
        Action("pairs_page", "v", _("Pairs"), _("Train and compare two networks"), False, "page('pairs')"),
    ),
)
SCOPES = (
    LAB,
    STEPPER,
    POOLING,
    TYPING,
    LAB_FORM,
    CHAIN,
    WEIGHTS,
    LEARNING,
    SOFTMAX,
    PHOTO,
    PAIRS,
    LESSON,
    QUESTION,
    CODE,
)
