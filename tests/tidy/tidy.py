#!/usr/bin/env python3
"""The rules that keep the house in order, checked on the text of the project.

tidy.py [--root DIR]: prints "path:line: what is wrong" and ends with status 1 if anything is.
The rooms and their doors are read from the table in docs/architecture.md.
"""
import argparse
import fnmatch
import pathlib
import re
import sys
from typing import Callable, Iterator, NamedTuple

import cpp_text

FILE_LINES = 500
FUNCTION_LINES = 70
TREES = ('include', 'src', 'codecs', 'tests', 'fuzz', 'examples', 'docs', '.ci')
CPP = {'.cpp', '.hpp', '.h', '.cc'}
TEXT = CPP | {'.py', '.cmake', '.txt', '.json', '.md', '.sh', '.xml', '.in', '.ini', ''}
DATA = ('.git', 'fuzz/corpus/*', 'fuzz/crashes/*', 'tests/*/data/*', 'tests/sip/torture/*')

# What an outside header belongs to; the table says which room may see which of these.
OUTSIDE = {
    'openssl': re.compile(r'openssl/'),
    'asio': re.compile(r'(boost/)?asio(/|\.hpp)'),
    'sndfile': re.compile(r'sndfile\.(h|hh)'),
    'samplerate': re.compile(r'samplerate\.h'),
    'srtp2': re.compile(r'srtp2?/'),
    'system': re.compile(
        r'(sys|netinet|arpa|net|linux)/|(unistd|fcntl|poll|netdb|pthread|signal|time|stdio|errno)\.h$'
        r'|(thread|mutex|shared_mutex|condition_variable|future|stop_token|semaphore|barrier|latch'
        r'|fstream|iostream|filesystem|csignal|ctime|syncstream|print)$'),
}
CLOCK = re.compile(r'clock\s*::\s*now\b|\b(gettimeofday|clock_gettime|ftime)\s*\(|\btime\s*\(\s*(0|nullptr|NULL)\s*\)')
SLEEP = re.compile(r'\bsleep_(for|until)\b|\bthis_thread\b|\b(u|nano)?sleep\s*\(')
# Put together so that this file does not find itself.
LEFT_OPEN = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b')
OF_A_MACHINE = re.compile(r'(?<![\w.~}>/-])/(wo' r'rk|ro' r'ot|fa' r'rm)(/|\b)')


class Finding(NamedTuple):
    path: str
    line: int
    text: str


class Room(NamedTuple):
    rooms: set
    headers: set
    outside: dict


class File(NamedTuple):
    path: str
    text: str

    @property
    def suffix(self) -> str:
        return pathlib.PurePosixPath(self.path).suffix


def rows(text: str, first: str) -> Iterator[list]:
    """The rows of the Markdown table whose first column is called `first`."""
    at_table = False
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip('|').split('|')] if line.startswith('|') else []
        if not cells:
            at_table = False
        elif cells[0] == first:
            at_table = True
        elif at_table and not set(cells[0]) <= set('-: '):
            yield cells


def read_rooms(text: str) -> dict:
    rooms = {}
    for cells in rows(text, 'room'):
        names = [n.strip(' `') for n in cells[1].split(',')] if cells[1] != '-' else []
        outside = {}
        for found in re.finditer(r'(\w+)(?:\s*\(([^)]*)\))?', cells[2]):
            where = [p.strip(' `') for p in (found.group(2) or '*').split(',')]
            outside[found.group(1)] = where
        rooms[cells[0].strip('`')] = Room({n for n in names if '/' not in n},
                                          {n for n in names if '/' in n}, outside)
    return rooms


class Project:
    def __init__(self, root: pathlib.Path):
        self.root = root
        self.files = [f for f in self._read()]
        self.paths = {f.path for f in self.files}
        document = root / 'docs/architecture.md'
        self.document = document.read_text() if document.is_file() else ''
        self.rooms = read_rooms(self.document)
        self.covered = {name.strip(' `'): [t.strip(' `') for t in cells[1].split(',')]
                        for cells in rows(self.document, 'source') for name in cells[0].split(',')}

    def _read(self) -> Iterator[File]:
        # Where the checkout is a second working tree, .git is a file, and none of ours.
        tops = [p for p in self.root.iterdir() if p.is_file() and p.name != '.git']
        inner = [p for tree in TREES for p in (self.root / tree).rglob('*') if p.is_file()]
        for path in sorted(tops + inner):
            name = path.relative_to(self.root).as_posix()
            if any(fnmatch.fnmatch(name, d) for d in DATA) or '__pycache__' in name:
                continue
            if path.suffix in TEXT:
                yield File(name, path.read_bytes().decode('utf-8', 'replace'))

    def room_of(self, path: str):
        """The room of a file: its folder; a header right under include/solosip/ belongs to the room
        of its own name, else to net, which is where the public API and its detail/ live."""
        parts = path.split('/')
        if parts[0] == 'codecs':
            return 'codecs'
        if parts[0] == 'src' and len(parts) > 2:
            return parts[1]
        if parts[:2] == ['include', 'solosip']:
            return self.room_of_header(path[len('include/'):])
        return None

    def room_of_header(self, header: str):
        parts = header.split('/')
        if parts[0] == 'solosip':
            parts = parts[1:]
            if len(parts) == 1:
                stem = parts[0].rsplit('.', 1)[0]
                return stem if stem in self.rooms else 'net'
            if parts[0] == 'detail':
                return 'net'
        return parts[0] if parts[0] in self.rooms else None

    def cpp(self, *trees: str) -> Iterator[File]:
        for file in self.files:
            if file.suffix in CPP and file.path.split('/')[0] in trees:
                yield file


def matches(text: str, pattern: re.Pattern) -> Iterator[int]:
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line):
            yield number


def check_doors(project: Project) -> Iterator[Finding]:
    if not project.rooms:
        yield Finding('docs/architecture.md', 1, 'has no table of rooms')
    for file in project.cpp('include', 'src', 'codecs'):
        name = project.room_of(file.path)
        room = project.rooms.get(name)
        if room is None:
            yield Finding(file.path, 1, f'room "{name}" is not in the table of docs/architecture.md')
            continue
        for include in cpp_text.includes(file.text):
            header = include.path[len('solosip/'):] if include.path.startswith('solosip/') else include.path
            other = project.room_of_header(include.path) if include.quoted else None
            if other == name or other in room.rooms or header in room.headers:
                continue
            if other is not None:
                yield Finding(file.path, include.line, f'no door from {name} to {other}: {include.path}')
            for kind, pattern in OUTSIDE.items():
                places = room.outside.get(kind, [])
                if pattern.match(include.path) and not any(fnmatch.fnmatch(file.path, p) for p in places):
                    yield Finding(file.path, include.line, f'{kind} must not be seen here: {include.path}')


def check_clocks(project: Project) -> Iterator[Finding]:
    for file in project.cpp('include', 'src', 'codecs'):
        if project.room_of(file.path) != 'net':
            for line in matches(cpp_text.blank(file.text), CLOCK):
                yield Finding(file.path, line, 'reads a clock: time is an argument outside net')


def check_sleeps(project: Project) -> Iterator[Finding]:
    for file in project.cpp('tests'):
        for line in matches(cpp_text.blank(file.text), SLEEP):
            yield Finding(file.path, line, 'a test that waits in real time')


def check_words(project: Project) -> Iterator[Finding]:
    for file in project.files:
        for line in matches(file.text, LEFT_OPEN):
            yield Finding(file.path, line, 'leaves work open in a comment')
        for line in matches(file.text, OF_A_MACHINE):
            yield Finding(file.path, line, 'names a path of one machine')
        for number, line in enumerate(file.text.splitlines(), 1):
            if not line.isascii():
                yield Finding(file.path, number, 'is not ASCII')


def check_tests(project: Project) -> Iterator[Finding]:
    for source, tests in project.covered.items():
        if source not in project.paths:
            yield Finding('docs/architecture.md', 1, f'names a source that is not there: {source}')
        for test in tests:
            if test not in project.paths:
                yield Finding('docs/architecture.md', 1, f'names a test that is not there: {test}')
    for file in project.cpp('src', 'codecs'):
        if file.suffix != '.cpp' or file.path in project.covered:
            continue
        parts = file.path.split('/')
        test = '/'.join(['tests', *parts[1:]]) if parts[0] == 'src' else f'tests/codecs/{parts[-1]}'
        if test not in project.paths:
            yield Finding(file.path, 1, f'has no test: {test} (or a row in docs/architecture.md)')


def sizes(project: Project) -> Iterator[tuple]:
    """(key, size, limit, line) of each file and function."""
    for file in project.files:
        if file.suffix in CPP | {'.py', '.cmake', ''}:
            yield file.path, len(file.text.splitlines()), FILE_LINES, 1
        if file.suffix in CPP:
            for function in cpp_text.functions(file.text):
                if function.name not in ('TEST_CASE', 'TEMPLATE_TEST_CASE'):
                    yield f'{file.path}:{function.name}', function.length, FUNCTION_LINES, function.line


def check_sizes(project: Project) -> Iterator[Finding]:
    """Against tests/tidy/offenders.txt, "key lines" each: an entry may only shrink and go."""
    known = {}
    listing = project.root / 'tests/tidy/offenders.txt'
    if listing.is_file():
        for line in listing.read_text().splitlines():
            if line and not line.startswith('#'):
                key, size = line.rsplit(' ', 1)
                known[key] = int(size)
    for key, size, limit, line in sizes(project):
        path = key.split(':')[0]
        allowed = known.pop(key, limit) if size > limit else limit
        if size > allowed:
            yield Finding(path, line, f'{key} has {size} lines, {allowed} at most')
        elif limit < size < allowed:
            yield Finding(path, line, f'{key} shrank to {size} lines: say so in tests/tidy/offenders.txt')
    for key in known:
        yield Finding('tests/tidy/offenders.txt', 1, f'{key} offends no longer: remove it')


CHECKS: list[Callable[[Project], Iterator[Finding]]] = [
    check_doors, check_clocks, check_sleeps, check_words, check_tests, check_sizes]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--root', type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    project = Project(parser.parse_args().root)
    found = [f for check in CHECKS for f in check(project)]
    for finding in found:
        print(f'{finding.path}:{finding.line}: {finding.text}')
    print(f'tidy: {len(project.files)} files, {len(project.rooms)} rooms, {len(found)} findings')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
