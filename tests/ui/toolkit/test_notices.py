"""Notices: few at once, none twice, and no warning gives way to small talk."""

from tests.ui.driving import opened


async def test_what_was_just_said_is_not_said_twice_and_the_oldest_gives_way():
    async with opened() as user:
        await user.press("down", "]", "]", "]", "W")
        assert user.notices == [
            "MaxPooling2D has no filters or units.",
            "Nothing to unwrap. Select a block or a branch.",
        ]
        await user.press("+", "s", "r")
        assert len(user.notices) == 3
        assert user.notices[-1] == "MaxPooling2D has no activation setting."
        assert "MaxPooling2D has no filters or units." not in user.notices


async def test_no_warning_gives_way():
    async with opened() as user:
        for number in range(5):
            user.app.notify(f"warning {number}", severity="warning")
        for number in range(5):
            user.app.notify(f"talk {number}")
        await user.settle()
        assert user.notices == [*(f"warning {number}" for number in range(5)), "talk 2", "talk 3", "talk 4"]


async def test_many_warnings_do_not_cover_the_screen():
    async with opened() as user:
        for number in range(8):
            user.app.notify(f"warning {number}", severity="warning")
        user.app.notify("talk")
        await user.settle()
        assert user.notices == [*(f"warning {number}" for number in range(3, 8)), "talk"]


async def test_nothing_is_left_of_notices():
    async with opened() as user:
        for number in range(30):
            user.app.notify(f"warning {number}", severity="warning")
            await user.settle()
        assert len(user.app.screen.query("ToastHolder")) <= 6  # one that is removed next
