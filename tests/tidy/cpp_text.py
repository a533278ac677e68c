"""What tidy needs to know of C++ text: comments and literals blanked out, includes, functions."""
import re
from typing import Iterator, NamedTuple

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/'                                   # comments
    r'|R"(?P<d>[^()\\ \t\n]{0,16})\(.*?\)(?P=d)"'           # raw strings
    r'|"(?:\\.|[^"\\\n])*"'                                 # strings
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",                # characters, not digit separators
    re.DOTALL)
NOT_FUNCTION = re.compile(r'\b(namespace|class|struct|union|enum)\b[^()]*$'
                          r'|^(template\s*<[^{}]*>\s*)?(class|struct)\b(?!.*\)\s*(const|noexcept|override)?\s*$)',
                          re.DOTALL)
LABEL = re.compile(r'\b(public|protected|private|signals)\s*:(?!:)')


class Include(NamedTuple):
    line: int
    quoted: bool
    path: str


class Function(NamedTuple):
    name: str
    line: int
    length: int


def blank(text: str) -> str:
    """The text with comments and literals turned to blanks; lines stay where they are."""
    return LITERAL.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text)


def includes(text: str) -> Iterator[Include]:
    # Only comments are of interest here: an include's own quotes must stay.
    code = re.sub(r'/\*.*?\*/', lambda m: re.sub(r'[^\n]', ' ', m.group()), text, flags=re.DOTALL)
    for found in INCLUDE.finditer(code):
        line = code.count('\n', 0, found.start(1)) + 1
        yield Include(line, found.group(1) == '"', found.group(2))


def _is_function(head: str) -> bool:
    head = LABEL.sub(' ', head).strip()
    if '(' not in head or head.endswith(('=', ',', '(', 'return')):
        return False
    return not NOT_FUNCTION.search(head)


def _name(head: str) -> str:
    found = re.search(r'([~\w:]+|operator\s*\S+?)\s*\(', head)
    return found.group(1) if found else '?'


def functions(text: str) -> Iterator[Function]:
    """Functions at namespace and class level; what is nested inside one counts as its lines."""
    code = re.sub(r'^[ \t]*#(?:[^\n\\]|\\.)*', lambda m: re.sub(r'[^\n]', ' ', m.group()), blank(text),
                  flags=re.MULTILINE | re.DOTALL)
    depth, inside, head_at, start, parens = 0, None, 0, 0, 0
    head = ''
    for at, char in enumerate(code):
        if char == '(':
            parens += 1
        elif char == ')':
            parens = max(0, parens - 1)
        elif char == '{':
            if inside is None:
                if parens == 0 and _is_function(code[head_at:at]):
                    inside, head = depth, code[head_at:at]
                    start = at - len(LABEL.sub(lambda m: ' ' * len(m.group()), head).lstrip())
                elif parens == 0:
                    head_at = at + 1
            depth += 1
        elif char == '}':
            depth -= 1
            if inside is not None and depth == inside:
                first = code.count('\n', 0, start) + 1
                yield Function(_name(head), first, code.count('\n', 0, at) + 2 - first)
                inside = None
            if inside is None and parens == 0:
                head_at = at + 1
        elif char == ';' and inside is None and parens == 0:
            head_at = at + 1
