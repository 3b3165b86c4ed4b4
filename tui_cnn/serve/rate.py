"""How much a browser may send: what is more waits, and delays nobody else."""

import asyncio


class Rate:
    """So many units a second, and at once as many as there are in some seconds (a token bucket)."""

    def __init__(self, each_second: float, burst: float) -> None:
        self._each_second = each_second
        self._burst = burst
        self._left = burst
        self._at = asyncio.get_running_loop().time()

    async def wait(self, units: float) -> None:
        """Wait until so many units more are allowed."""
        now = asyncio.get_running_loop().time()
        self._left = min(self._burst, self._left + (now - self._at) * self._each_second) - units
        self._at = now
        if self._left < 0:
            await asyncio.sleep(-self._left / self._each_second)
