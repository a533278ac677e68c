"""Programs in the background: started, listened to line by line, and always ended."""
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import threading
import time


class Skip(Exception):
    """Something that this machine lacks; the test says so and counts as skipped."""


class Failure(Exception):
    """What was expected did not happen."""


def need(program, package):
    path = shutil.which(program)
    if path is None:
        raise Skip(f'no {program} here (Debian package {package})')
    return path


def check(condition, text):
    if not condition:
        raise Failure(text)


def free_port(kind=socket.SOCK_DGRAM):
    """A port that nothing uses at this moment. In a network of our own nobody can take it."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    """Asks every 20 ms; for what gives no event that could be waited for."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failure(f'not within {seconds} s: {what}')
        threading.Event().wait(0.02)


def udp_port_bound(port):
    wanted = f':{port:04X}'
    tables = [path for path in map(pathlib.Path, ('/proc/net/udp', '/proc/net/udp6')) if path.exists()]
    return any(line.split()[1].endswith(wanted) for table in tables for line in table.read_text().splitlines()[1:])


def pause(seconds):
    """Lets a conversation go on for a while: talking takes its time."""
    threading.Event().wait(seconds)


class Process:
    """A child with its output, both streams, in a log and in a queue of lines."""

    def __init__(self, lab, name, command, **options):
        self.name = name
        self.log = pathlib.Path(lab.directory, f'{name}.log')
        self.lines = queue.Queue()
        self.seen = []
        options.setdefault('stdin', subprocess.DEVNULL)
        self.child = subprocess.Popen([str(c) for c in command],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      cwd=lab.directory, start_new_session=True, **options)
        self.started = time.monotonic()
        self.errors = []
        self._sink = open(self.log, 'w', encoding='utf-8')
        self._readers = [threading.Thread(target=self._read, args=(stream, keep), daemon=True)
                         for stream, keep in ((self.child.stdout, None), (self.child.stderr, self.errors))]
        for reader in self._readers:
            reader.start()
        lab.processes.append(self)

    @property
    def pid(self):
        return self.child.pid

    def _read(self, stream, keep):
        for raw in stream:
            line = raw.decode('utf-8', 'replace').rstrip('\r\n')
            self._sink.write(line + '\n')
            self._sink.flush()
            if keep is not None:
                keep.append(line)
            self.lines.put(line)

    def wait_line(self, matches, seconds, what):
        """The first line, seen or to come, for which matches(line) is true."""
        for line in self.seen:
            if matches(line):
                return line
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, min(0.2, end - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= end:
                    raise Failure(f'{self.name}: not within {seconds} s: {what}') from None
                if self.child.poll() is not None and self.lines.empty():
                    raise Failure(f'{self.name} ended ({self.child.returncode}) before: {what}') from None
                continue
            self.seen.append(line)
            if matches(line):
                return line

    def drain(self):
        while not self.lines.empty():
            self.seen.append(self.lines.get())
        return self.seen

    def interrupt(self):
        self.child.send_signal(signal.SIGINT)

    def wait(self, seconds):
        """Its exit status, after all its output has been read."""
        try:
            status = self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f'{self.name} did not end within {seconds} s') from None
        for reader in self._readers:
            reader.join(2)
        self.drain()
        return status

    def stop(self):
        """Ends it and what it started, politely first."""
        for wish, grace in ((signal.SIGTERM, 3), (signal.SIGKILL, 3)):
            try:
                os.killpg(self.pid, wish)
            except ProcessLookupError:
                pass
            try:
                self.child.wait(grace)
                break
            except subprocess.TimeoutExpired:
                continue


class Lab:
    """A directory, and the processes that write into it."""

    def __init__(self, directory, program, processes=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(exist_ok=True)
        self.program = program
        self.address = '127.0.0.1'
        self.processes = [] if processes is None else processes

    def close(self):
        for process in reversed(self.processes):
            process.stop()

    def print_logs(self):
        for process in self.processes:
            lines = process.log.read_text(encoding='utf-8', errors='replace').splitlines()
            print(f'--- {process.name}, last {min(len(lines), 60)} of {len(lines)} lines')
            print('\n'.join(lines[-60:]))
