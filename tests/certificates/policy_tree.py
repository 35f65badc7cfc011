"""Certificate policies as RFC 5280, 6.1 has them, step by step and without any thought of speed."""

from __future__ import annotations

from dataclasses import dataclass, field

ANY = "any"


@dataclass(frozen=True)
class Step:
    """What one certificate says of policies: numbers of test policies, or ANY. None: no such extension."""

    policies: tuple[str, ...] | None = None
    mappings: tuple[tuple[str, str], ...] = ()
    require: int | None = None
    inhibit_mapping: int | None = None
    inhibit_any: int | None = None
    self_issued: bool = False


@dataclass(eq=False)
class Node:
    policy: str
    expected: set[str]
    parent: Node | None
    children: list[Node] = field(default_factory=list)

    def add(self, policy: str, expected: set[str]) -> None:
        self.children.append(Node(policy, expected, self))


class Tree:
    def __init__(self) -> None:
        self.root: Node | None = Node(ANY, {ANY}, None)

    def level(self, depth: int) -> list[Node]:
        nodes = [self.root] if self.root else []
        for _ in range(depth):
            nodes = [child for node in nodes for child in node.children]
        return nodes

    def prune(self, depth: int) -> None:
        """Without nodes above `depth` that have no children (6.1.3 (d) (3))."""
        for above in range(depth - 1, -1, -1):
            for node in self.level(above):
                if not node.children:
                    self.remove(node)

    def remove(self, node: Node) -> None:
        if node.parent:
            node.parent.children.remove(node)
        else:
            self.root = None

    def take(self, depth: int, policies: tuple[str, ...], any_counts: bool) -> None:
        """6.1.3 (d)."""
        above = self.level(depth - 1)
        for policy in policies:
            if policy == ANY:
                continue
            matching = [node for node in above if policy in node.expected]
            for node in matching or [node for node in above if node.policy == ANY]:
                node.add(policy, {policy})
        if ANY in policies and any_counts:
            for node in above:
                for expected in node.expected - {child.policy for child in node.children}:
                    node.add(expected, {expected})
        self.prune(depth)

    def map(self, depth: int, mappings: tuple[tuple[str, str], ...], allowed: bool) -> None:
        """6.1.4 (b)."""
        for policy in {issuer for issuer, _ in mappings}:
            subjects = {subject for issuer, subject in mappings if issuer == policy}
            nodes = [node for node in self.level(depth) if node.policy == policy]
            if allowed:
                for node in nodes:
                    node.expected = set(subjects)
                if not nodes:
                    for node in [node for node in self.level(depth) if node.policy == ANY][:1]:
                        node.parent.add(policy, set(subjects))  # type: ignore[union-attr]
            else:
                for node in nodes:
                    self.remove(node)
                self.prune(depth)


def holds(steps: list[Step]) -> bool:
    """Whether a path from the first authority below the anchor to the leaf holds, whatever policy its user wants."""
    tree, last = Tree(), len(steps)
    require = mapping = any_policy = last + 1
    for depth, step in enumerate(steps, 1):
        if step.policies is None:
            tree.root = None
        elif tree.root:
            tree.take(depth, step.policies, any_policy > 0 or (depth < last and step.self_issued))
        if not require and not tree.root:
            return False
        if depth == last:
            break
        if any(ANY in pair for pair in step.mappings):
            return False
        tree.map(depth, step.mappings, mapping > 0)
        if not step.self_issued:
            require, mapping, any_policy = (max(count - 1, 0) for count in (require, mapping, any_policy))
        require = min(require, require if step.require is None else step.require)
        mapping = min(mapping, mapping if step.inhibit_mapping is None else step.inhibit_mapping)
        any_policy = min(any_policy, any_policy if step.inhibit_any is None else step.inhibit_any)
    require = max(require - 1, 0)
    if steps[-1].require == 0:
        require = 0
    return require > 0 or tree.root is not None
