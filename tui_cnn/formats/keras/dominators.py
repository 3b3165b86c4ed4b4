"""Dominators of an acyclic graph: node d dominates node n if every way from the source to n goes through d.

After Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001; the nearest common ancestors by jump pointers
(Myers, "An Applicative Random-Access Stack", 1983), so that long skips cost a logarithm and not their length.
"""

from collections.abc import Iterable, Sequence


class Dominators:
    """The tree of immediate dominators; node 0 is the source, and each node comes after all its predecessors."""

    def __init__(self) -> None:
        self.parent = [0]
        self._depth = [0]
        self._jump = [0]

    def add(self, predecessors: Sequence[int]) -> None:
        """Put the next node below what all ways through its predecessors have in common."""
        parent = self.common(predecessors)
        skipped = self._jump[parent]
        far = self._depth[parent] - self._depth[skipped] == self._depth[skipped] - self._depth[self._jump[skipped]]
        self.parent.append(parent)
        self._depth.append(self._depth[parent] + 1)
        self._jump.append(self._jump[skipped] if far else parent)

    def common(self, nodes: Iterable[int]) -> int:
        """Return the nearest node that dominates all of `nodes`; it may be one of them."""
        first, *others = nodes
        for other in others:
            first = self._meet(first, other)
        return first

    def child(self, ancestor: int, node: int) -> int:
        """Return the node just below `ancestor` on the way to `node`, which lies deeper."""
        return self._up(node, self._depth[ancestor] + 1)

    def _meet(self, left: int, right: int) -> int:
        depth = min(self._depth[left], self._depth[right])
        left, right = self._up(left, depth), self._up(right, depth)
        while left != right:
            if self._jump[left] != self._jump[right]:
                left, right = self._jump[left], self._jump[right]
            else:
                left, right = self.parent[left], self.parent[right]
        return left

    def _up(self, node: int, depth: int) -> int:
        while self._depth[node] > depth:
            node = self._jump[node] if self._depth[self._jump[node]] >= depth else self.parent[node]
        return node
