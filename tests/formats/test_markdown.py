"""Networks as Markdown: a table whose columns add up to its totals, and that nothing in a name can break."""

from textwrap import dedent

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.strategies import mostly_sound, networks
from tui_cnn.core.analysis import analyze
from tui_cnn.core.layers import Block, Branches, Conv2D, Dense, Flatten, Opaque
from tui_cnn.core.network import Network
from tui_cnn.formats.export import export_text

CONV = Conv2D(filters=1, kernel_size=(3, 3), padding="same")
NETWORK = Network(
    "a|b <c> *d*",
    (8, 8, 1),
    (
        Block(name="stage_1", layers=(Branches(branches=((CONV,), ())),)),
        Flatten(name="flat"),
        Opaque(kind="Lambda", config="{}", stated_shape=(64,)),
        Dense(units=10),
    ),
)


def test_the_text():
    assert export_text(NETWORK, "markdown") == dedent(
        """\
        ## a\\|b &lt;c&gt; \\*d\\*

        Input 8×8×1; ≥ 660 parameters, ≥ 660 of them trainable; ≥ 1,216 MACs. ≥: at least, because not all is known of layer 3 Lambda.

        | # | Layer | Settings | Output | Parameters | MACs |
        | --: | --- | --- | --- | --: | --: |
        | 1 | stage\\_1 |  | 8×8×1 |  |  |
        | 1.1 | &emsp;Branches | add | 8×8×1 |  |  |
        | 1.1.1.1 | &emsp;&emsp;Conv2D | 1 3×3 same | 8×8×1 | 10 | 576 |
        | 2 | Flatten “flat” |  | 64 | 0 | 0 |
        | 3 | Lambda | opaque | 64 | — | — |
        | 4 | Dense | 10 | 10 | 650 | 640 |
        |  | **total** |  | **10** | **≥ 660** | **≥ 1,216** |

        Shapes are height×width×channels. MACs are multiply-accumulates per image, in convolution and dense kernels, without biases.
        """  # noqa: E501
    )


@given(st.one_of(mostly_sound(), networks()))
@settings(max_examples=150)
def test_columns_add_up_and_rows_stay_rows(network):
    text = export_text(network, "markdown")
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == len(analyze(network).rows) + 3
    cells = [line.replace("\\|", "").split("|") for line in table]
    assert {len(row) for row in cells} == {8}
    for column in (5, 6):
        numbers = [row[column].strip().replace(",", "") for row in cells[2:-1]]
        total = cells[-1][column].strip().strip("*").removeprefix("≥ ").replace(",", "")
        assert sum(int(number) for number in numbers if number.isdigit()) == int(total)
