"""Every small change that can be made to a module by the standard operators of mutation testing."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
WITHOUT_EFFECT = (ast.JoinedStr, ast.FormattedValue)  # Python 3.11 does not know where their parts stand


@dataclass(frozen=True)
class Change:
    """One change of one module, whose path is relative to the root."""

    path: str
    line: int
    before: str
    after: str
    start: int  # in the module's bytes
    end: int
    key: str  # the same as long as its line is, which of equal lines it is, and the module's path

    def apply(self, source: bytes) -> bytes:
        """The module with the change."""
        return source[: self.start] + self.after.encode() + source[self.end :]


def list_changes(path: str, source: bytes) -> list[Change]:
    """All changes of a module, in the order of its text."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = [line.strip() for line in source.splitlines()]
    found = []
    for node, after in _walk(ast.parse(source)):
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        row, column = node.lineno - 1, start - starts[node.lineno - 1]
        place = [path, str(lines[:row].count(lines[row])), str(column), after]
        key = sha256(b"\0".join([lines[row], *(part.encode() for part in place)])).hexdigest()[:16]
        found.append(Change(path, node.lineno, source[start:end].decode(), after, start, end, key))
    return sorted(found, key=lambda change: (change.start, change.end, change.after))


def _walk(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Nodes and what replaces them; annotations, decorators and f-strings are left alone."""
    if isinstance(node, ast.expr):
        yield from ((node, f"({ast.unparse(new)})") for new in _other_expressions(node))
    elif isinstance(node, ast.stmt):
        yield from ((node, ast.unparse(new)) for new in _other_statements(node))
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params") or isinstance(value, WITHOUT_EFFECT):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, WITHOUT_EFFECT):
                yield from _walk(child)


def _other_expressions(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, operators, others):
            for place, operator in enumerate(operators):
                swapped = [*operators[:place], COMPARED[type(operator)](), *operators[place + 1 :]]
                yield ast.Compare(left, swapped, others)
        case ast.BinOp(left, operator, right) if type(operator) in COMPUTED:
            yield ast.BinOp(left, COMPUTED[type(operator)](), right)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)


def _other_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call()):
            yield ast.Pass()
        case ast.AugAssign(target, operator, value) if type(operator) in COMPUTED:
            yield ast.AugAssign(target, COMPUTED[type(operator)](), value)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
