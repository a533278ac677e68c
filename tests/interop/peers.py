"""The programs that solosip talks to, and solosip itself."""
import glob
import json
import pathlib
import re
import socket
import threading
import time

import processes
import scenarios
import tones
from processes import Failure, Process, check, free_port, need

HERE = pathlib.Path(__file__).parent
REALM = 'interop.example'
PASSWORD = 'open.sesame'


def render(template, target, **values):
    text = (HERE / template).read_text()
    target.write_text(re.sub('@([A-Z_]+)@', lambda m: str(values[m.group(1).lower()]), text))


def module(name):
    """Where a package keeps its loadable modules: with or without the machine's triplet."""
    found = [p for where in ('/usr/lib', '/usr/lib64', '/usr/lib/*', '/usr/local/lib')
             for p in glob.glob(f'{where}/{name}')]
    check(found, f'no {name} here')
    return pathlib.Path(found[0])


class Kamailio(Process):
    def __init__(self, lab, algorithm='MD5', realm=REALM, name='kamailio'):
        program = need('kamailio', 'kamailio')
        found = module('kamailio/modules/tm.so')
        self.port = free_port()
        state = lab.directory / name
        state.mkdir()
        config = state / 'kamailio.cfg'
        render('kamailio.cfg.in', config, port=self.port, realm=realm, password=PASSWORD,
               algorithm=algorithm, modules=found.parent)
        self.realm = realm
        super().__init__(lab, name, [program, '-f', config, '-Y', state, '-DD', '-E',
                                           '-m', '32', '-M', '8'])
        processes.wait_until(lambda: self._up(), 10, 'kamailio listens')

    def _up(self):
        """It answers OPTIONS for an unknown user with 480 as soon as its worker reads the socket."""
        check(self.child.poll() is None, 'kamailio ended at once')
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(('127.0.0.1', 0))
            probe.settimeout(0.2)
            port = probe.getsockname()[1]
            probe.sendto((f'OPTIONS sip:nobody@{self.realm} SIP/2.0\r\n'
                          f'Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKprobe\r\n'
                          'Max-Forwards: 5\r\nFrom: <sip:probe@127.0.0.1>;tag=1\r\n'
                          f'To: <sip:nobody@{self.realm}>\r\nCall-ID: probe\r\nCSeq: 1 OPTIONS\r\n'
                          'Content-Length: 0\r\n\r\n').encode(), ('127.0.0.1', self.port))
            try:
                return probe.recv(2000).startswith(b'SIP/2.0 4')
            except OSError:
                return False


class Baresip(Process):
    """A user agent that sends a tone of `tone` Hz and records what it hears."""

    def __init__(self, lab, user='bob', proxy=None, tone=600, answers=True, codecs='PCMA,PCMU', rate=8000,
                 modules=(), encryption=None):
        program = need('baresip', 'baresip-core')
        found = module('baresip/modules/menu.so')
        self.home = lab.directory / user
        self.home.mkdir()
        self.port, self.control = free_port(), free_port(socket.SOCK_STREAM)
        # It hangs up where its file ends, so the tone is longer than any call here.
        tones.write_tone(self.home / 'tone.wav', tone, 40, -12, rate=rate, channels=1)
        self.rtp_first = first = min(free_port() // 2 * 2, 65000)
        render('baresip.config.in', self.home / 'config', port=self.port, sound=self.home / 'tone.wav',
               rtp_first=first, rtp_last=first + 100, control=self.control, directory=f'{self.home}/',
               modules=found.parent, rate=rate,
               codec_modules=''.join(f'module                  {name}.so\n' for name in modules))
        account = (f'<sip:{user}@{REALM}>;auth_user={user};auth_pass={PASSWORD};audio_codecs={codecs}'
                   f';ptime=20;answermode={"auto" if answers else "manual"}')
        if encryption:
            account += f';mediaenc={encryption}'
        account += f';regint=60;outbound="sip:127.0.0.1:{proxy}"' if proxy else ';regint=0'
        (self.home / 'accounts').write_text(account + '\n')
        (self.home / 'contacts').write_text('')
        super().__init__(lab, f'baresip-{user}', ['stdbuf', '-oL', program, '-4', '-v', '-f', self.home])
        self.events = []
        self._news = threading.Condition()
        self._connect()
        if proxy:
            self.wait_line(lambda line: '200 OK' in line and 'binding' in line, 8, 'its registration')

    def _connect(self):
        def reachable():
            try:
                self._socket = socket.create_connection(('127.0.0.1', self.control), 1)
                return True
            except OSError:
                return False
        processes.wait_until(reachable, 8, 'baresip takes commands')
        self._socket.settimeout(None)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        """Netstrings of JSON: "12:{...},", events and answers to commands."""
        data = b''
        while True:
            try:
                more = self._socket.recv(4096)
            except OSError:
                return
            if not more:
                return
            data += more
            while (found := re.match(rb'(\d+):', data)) and len(data) > found.end() + int(found.group(1)):
                end = found.end() + int(found.group(1))
                with self._news:
                    self.events.append(json.loads(data[found.end():end].decode('utf-8', 'replace')))
                    self._news.notify_all()
                data = data[end + 1:]

    def command(self, name, parameter=''):
        text = json.dumps({'command': name, 'params': parameter, 'token': name}).encode()
        self._socket.sendall(b'%d:%s,' % (len(text), text))

    def wait_event(self, kind, seconds, after=0):
        end = time.monotonic() + seconds
        with self._news:
            while True:
                for event in self.events[after:]:
                    if event.get('type') == kind:
                        return event
                if not self._news.wait(max(0.0, end - time.monotonic())) or time.monotonic() > end:
                    raise Failure(f'{self.name}: no {kind} within {seconds} s')

    def press(self, keys, gap=0.25):
        for key in keys:
            self.command('sndcode', key)
            processes.pause(gap / 2)
            self.command('sndcode', ' ')
            processes.pause(gap / 2)

    def heard(self):
        """The WAV file of what came to it in the last call."""
        files = sorted(self.home.glob('dump-*-dec.wav'))
        check(files, 'baresip recorded nothing')
        return files[-1]


class Sipp(Process):
    """One call by a scenario of scenarios.py; its exit status is the verdict."""

    def __init__(self, lab, scenario, target=None, user='solosip', seconds=20):
        program = need('sipp', 'sip-tester')
        self.port, self.media = free_port(), free_port() // 2 * 2
        name = f'sipp-{scenario.name}'
        (lab.directory / f'{name}.xml').write_text(scenarios.to_xml(scenario))
        self.messages = lab.directory / f'{name}.messages'
        self.errors_file = lab.directory / f'{name}.errors'
        command = [program, '-sf', lab.directory / f'{name}.xml', '-i', lab.address, '-p', self.port,
                   '-mi', lab.address, '-mp', self.media, '-t', 'u1', '-m', 1, '-l', 1, '-nostdin',
                   '-timeout', seconds, '-timeout_error', '-trace_msg', '-message_file', self.messages,
                   '-trace_err', '-error_file', self.errors_file]
        if not scenario.retransmits:
            command.append('-nr')
        if target:
            command += ['-s', user, target]
        super().__init__(lab, name, command)
        if not target:
            processes.wait_until(lambda: processes.udp_port_bound(self.port), 5, 'sipp listens')

    def wait_message(self, pattern, seconds=8):
        """The first message in its log that holds `pattern`."""
        found = []

        def seen():
            if self.messages.exists():
                for text in re.split(r'^-{10,}.*$', self.messages.read_text(errors='replace'), flags=re.M):
                    if re.search(pattern, text):
                        found.append(text)
                        return True
            return False
        processes.wait_until(seen, seconds, f'{pattern} at {self.name}')
        return found[0]

    def verdict(self, seconds=25):
        status = self.wait(seconds)
        said = self.errors_file.read_text(errors='replace') if self.errors_file.exists() else ''
        check(status == 0, f'{self.name}: exit status {status}\n{said[-2000:]}')


class Solosip(Process):
    """The program under test, run with --json."""

    def __init__(self, lab, verb, *arguments, account=None, domain=REALM, proxy=None, password=PASSWORD):
        self.port = free_port()
        where = ['--listen', f'127.0.0.1:{self.port}']
        if account:
            where += ['--uri', f'sip:{account}@{domain}', '--login', account]
            secret = lab.directory / f'{account}.password'
            secret.write_text(password + '\n')
            secret.chmod(0o600)
            where += ['--password-file', secret]
        where += ['--registrar', f'127.0.0.1:{proxy}'] if proxy else ['--no-register']
        super().__init__(lab, 'solosip', [lab.program, verb, *where, '--json', *arguments])

    def _event(self, line):
        try:
            event = json.loads(line)
        except ValueError:
            return None
        return event if isinstance(event, dict) and 'event' in event else None

    def wait_event(self, kind, seconds=8):
        def wanted(line):
            event = self._event(line)
            return event is not None and event['event'] == kind
        return self._event(self.wait_line(wanted, seconds, f'event {kind}'))

    def all_events(self, kind=None):
        events = [e for e in map(self._event, self.drain()) if e]
        return [e for e in events if kind in (None, e['event'])]

    def digits(self):
        return ''.join(e['key'] for e in self.all_events('digit'))

    def wait_digits(self, count, seconds):
        processes.wait_until(lambda: len(self.digits()) >= count, seconds, f'{count} digits')

    def udp_ports(self):
        """The local ports of its UDP sockets, from the kernel's tables."""
        inodes = set()
        for link in pathlib.Path(f'/proc/{self.pid}/fd').iterdir():
            try:
                found = re.match(r'socket:\[(\d+)\]', str(link.readlink()))
            except OSError:
                continue
            if found:
                inodes.add(found.group(1))
        rows = [line.split() for line in open('/proc/net/udp').readlines()[1:]]
        return sorted(int(row[1].split(':')[1], 16) for row in rows if row[9] in inodes)
