"""The program against each line of the exchange, over real sockets.

    lines.py PROGRAM EXCHANGE [NAME...]
"""
import json
import pathlib
import signal
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'interop'))
import processes  # noqa: E402
import tones  # noqa: E402
from processes import check  # noqa: E402


class Call:
    """One run of the program: exit status, events, and what went to standard error."""

    def __init__(self, lab, name, arguments, seconds=20):
        self.process = processes.Process(lab, name, [lab.solosip, *arguments],
                                         env={'SOLOSIP_PASSWORD': 'wonderland', 'PATH': '/usr/bin:/bin'})
        self.status = self.process.wait(seconds)
        self.errors = self.process.errors
        self.events = [json.loads(line) for line in self.process.seen if line.startswith('{')]

    def all(self, name):
        return [e for e in self.events if e['event'] == name]

    def one(self, name):
        found = self.all(name)
        check(len(found) == 1, f'{len(found)} times "{name}" in {self.events}, {self.errors}')
        return found[0]

    def keys(self):
        return ''.join(e['key'] for e in self.all('digit'))


def call(lab, line, *more):
    return Call(lab, line, ['call', '--json', '--uri', f'sip:alice@{lab.host}', '--listen', '127.0.0.1:0',
                            *more, line])


def echo(lab):
    tones.write_tone(lab.directory / 'say.wav', 650, 2.0, -12)
    heard = lab.directory / 'echo.wav'
    c = call(lab, 'echo', '--play', 'say.wav', '--after', '300', '--record', str(heard), '--hang-up-after', '3')
    check(c.status == 0, f'status {c.status}: {c.errors}')
    check(c.one('registered')['expires'] == 600, 'expires')
    check(c.one('answered')['at'] > c.one('ringing')['at'], 'rings before it answers')
    check(c.one('played')['file'].endswith('say.wav') and c.one('played')['complete'], 'the file was played')
    end = c.one('ended')
    check(end['who'] == 'us' and 2.5 < end['duration'] < 4, f'{end}')
    tone = tones.measure(heard, 650)
    check(tone is not None, 'no tone came back')
    check(abs(tone.frequency - 650) < 2 and abs(tone.level + 12) < 1.5 and abs(tone.length - 2) < 0.1, f'{tone}')


def digits(lab):
    c = call(lab, 'digits')
    check(c.status == 0, f'status {c.status}: {c.errors}')
    check(c.keys() == '1590*#', f'heard {c.keys()}')
    check(all(d['via'] == 'rtp' for d in c.all('digit')), 'by RFC 4733')
    check(c.one('ended')['who'] == 'peer', 'they hung up')


def menu(lab):
    heard = lab.directory / 'menu.wav'
    c = call(lab, 'menu', '--send', '2', '--record', str(heard), '--hang-up-after', '2')
    check(c.status == 0 and c.keys() == '2', f'status {c.status}, keys {c.keys()}, {c.errors}')
    check(c.one('pressed')['digits'] == '2', 'pressed')
    c = call(lab, 'menu', '--send', '9')
    check(c.status == 0 and c.one('ended')['who'] == 'peer', f'{c.events}')


def tone(lab):
    heard = lab.directory / 'tone.wav'
    c = call(lab, 'tone', '--record', str(heard), '--hang-up-after', '2')
    check(c.status == 0, f'status {c.status}: {c.errors}')
    found = tones.measure(heard, 1000)
    check(found is not None and abs(found.frequency - 1000) < 2 and found.length > 1.5, f'{found}')


def refused(lab):
    for line, status, words in (('busy', 486, 'busy'), ('decline', 603, 'declined'),
                                ('status-404', 404, 'such user'), ('status-500', 500, '500')):
        c = call(lab, line)
        check(c.status == 1, f'{line}: exit status {c.status}')
        check(c.one('ended')['status'] == status, f'{line}: {c.events}')
        check(len(c.errors) == 1 and words in c.errors[0], f'{line}: {c.errors}')


def silent(lab):
    c = call(lab, 'silent', '--ring-for', '1')
    check(c.status == 1 and len(c.errors) == 1 and 'nobody answered' in c.errors[0], f'{c.status}, {c.errors}')
    check(c.one('ended')['duration'] == 0, f'{c.events}')


def ladder(lab):
    drawn = lab.directory / 'ladder.txt'
    c = call(lab, 'digits', '--ladder', str(drawn))
    text = drawn.read_text()
    check(c.status == 0, f'status {c.status}')
    for wanted in ('REGISTER', '401', 'INVITE', '180 Ringing', '200 OK', 'ACK', 'BYE', '* digit 5', 'as alice'):
        check(wanted in text, f'no {wanted} in\n{text}')
    check('response' not in text and 'wonderland' not in text, f'secrets in\n{text}')


def direct(lab):
    """`answer --no-register` takes calls to anybody, and says on which port."""
    heard = lab.directory / 'answered.wav'
    answer = processes.Process(lab, 'answer', [lab.solosip, 'answer', '--json', '--no-register', '--listen',
                                               '127.0.0.1:0', '--ring', '0.3', '--count', '1', '--record', heard])
    line = answer.wait_line(lambda l: '"listening"' in l, 5, 'its address')
    address = json.loads(line)['address']
    tones.write_tone(lab.directory / 'say.wav', 650, 1.0, -12)
    c = Call(lab, 'caller', ['call', '--json', '--no-register', '--listen', '127.0.0.1:0', '--play', 'say.wav',
                             '--send', '1590*#', '--until-played', f'sip:anybody@{address}'])
    check(c.status == 0, f'status {c.status}: {c.errors}')
    check(answer.wait(10) == 0, f'answer ended with {answer.child.returncode}')
    events = [json.loads(l) for l in answer.seen if l.startswith('{')]
    check(''.join(e['key'] for e in events if e['event'] == 'digit') == '1590*#', f'{events}')
    check([e['who'] for e in events if e['event'] == 'ended'] == ['peer'], f'{events}')
    found = tones.measure(heard, 650)
    check(found is not None and abs(found.length - 1) < 0.1, f'{found}')


def users(lab):
    """Bob is registered and refuses; Alice's call to him goes through the exchange."""
    bob = processes.Process(lab, 'bob', [lab.solosip, 'answer', '--json', '--uri', f'sip:bob@{lab.host}', '--listen',
                                         '127.0.0.1:0', '--count', '2', '--reject', '486'],
                            env={'SOLOSIP_PASSWORD': 'builder'})
    bob.wait_line(lambda l: '"registered"' in l, 5, 'registered')
    for n in range(2):
        c = call(lab, 'bob')
        check(c.status == 1 and c.one('ended')['status'] == 486, f'{n}: {c.events}, {c.errors}')
    check(bob.wait(10) == 0, 'bob ends after two calls')
    c = call(lab, 'bob')
    check(c.one('ended')['status'] == 480, f'bob has unregistered: {c.events}')


def signals(lab):
    """INT during a call: hang up, unregister, and the exit status of a success."""
    p = processes.Process(lab, 'interrupted', [lab.solosip, 'call', '--json', '--uri', f'sip:alice@{lab.host}',
                                               '--listen', '127.0.0.1:0', 'echo'],
                          env={'SOLOSIP_PASSWORD': 'wonderland'})
    p.wait_line(lambda l: '"answered"' in l, 5, 'answered')
    p.interrupt()
    check(p.wait(5) == 0, f'exit status {p.child.returncode}: {p.errors}')
    lab.exchange.wait_line(lambda l: 'alice unregistered' in l, 5, 'unregistered')
    events = [json.loads(l) for l in p.seen if l.startswith('{')]
    check([e['event'] for e in events][-2:] == ['ended', 'unregistered'], f'{events}')


def silence(lab):
    """A registrar that says nothing: INT ends the waiting, and a farewell does not take longer than patience."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(('127.0.0.1', 0))
        nobody.settimeout(5)
        p = processes.Process(lab, 'waiting', [lab.solosip, 'register', '--uri',
                                               f'sip:alice@127.0.0.1:{nobody.getsockname()[1]}', '--listen', '127.0.0.1:0'])
        nobody.recv(9999)
        p.interrupt()
        p.wait(5)
    p = processes.Process(lab, 'leaving', [lab.solosip, 'register', '--json', '--uri', f'sip:alice@{lab.host}',
                                           '--listen', '127.0.0.1:0'],
                          env={'SOLOSIP_PASSWORD': 'wonderland'})
    p.wait_line(lambda l: '"registered"' in l, 5, 'registered')
    lab.exchange.child.send_signal(signal.SIGSTOP)
    try:
        p.interrupt()
        check(p.wait(8) == 0, f'exit status {p.child.returncode}: {p.errors}')
        check(not any('"unregistered"' in l for l in p.seen), 'it claims to have unregistered')
    finally:
        lab.exchange.child.send_signal(signal.SIGCONT)


def gives_up(lab):
    """Who calls gives up while it rings; the next call is taken."""
    answer = processes.Process(lab, 'answer', [lab.solosip, 'answer', '--json', '--no-register', '--listen',
                                               '127.0.0.1:0', '--ring', '30', '--count', '1'])
    address = json.loads(answer.wait_line(lambda l: '"listening"' in l, 5, 'its address'))['address']
    c = Call(lab, 'caller', ['call', '--json', '--no-register', '--listen', '127.0.0.1:0', '--ring-for', '1',
                             f'sip:anybody@{address}'])
    check(c.status == 1 and 'nobody answered' in c.errors[0], f'{c.errors}')
    check(answer.wait(5) == 0, f'{answer.errors}')
    events = [json.loads(l) for l in answer.seen if l.startswith('{')]
    check(['cancelled' in e['error'] for e in events if e['event'] == 'ended'] == [True], f'{events}')


def _answering(lab, name, *more):
    """A program that answers, and its address."""
    answer = processes.Process(lab, name, [lab.solosip, 'answer', '--json', '--no-register', '--listen',
                                           '127.0.0.1:0', '--count', '1', *more])
    return answer, json.loads(answer.wait_line(lambda l: '"listening"' in l, 5, 'its address'))['address']


def leaves(lab):
    """INT while it rings: the caller hears that we are gone, or what we were told to say, and it ends well."""
    for more, status, words in (((), 480, 'nobody answered'), (('--when-leaving', '603'), 603, 'declined'),
                                (('--when-leaving', '486'), 486, 'busy')):
        answer, address = _answering(lab, f'answer-{status}', '--ring', '60', *more)
        caller = processes.Process(lab, f'caller-{status}', [lab.solosip, 'call', '--json', '--no-register',
                                                             '--listen', '127.0.0.1:0', f'sip:anybody@{address}'])
        caller.wait_line(lambda l: '"ringing"' in l, 10, 'that it rings')
        answer.interrupt()
        check(answer.wait(10) == 0, f'exit status {answer.child.returncode}: {answer.errors}')
        check(caller.wait(10) == 1, f'exit status {caller.child.returncode} of the caller')
        ends = [json.loads(l) for l in caller.seen if '"ended"' in l]
        check([e['status'] for e in ends] == [status], f'{caller.seen}')
        check(len(caller.errors) == 1 and words in caller.errors[0], f'{caller.errors}')
        ends = [json.loads(l) for l in answer.seen if '"ended"' in l]
        check([(e['who'], e['status']) for e in ends] == [('us', status)], f'{answer.seen}')


def lengths(lab):
    """Whoever has a longest call hangs up; how long a session may go without refresh is told."""
    ladder = lab.directory / 'lengths.txt'
    answer, address = _answering(lab, 'answer', '--max-call', '1', '--session-expires', '120')
    c = Call(lab, 'caller', ['call', '--json', '--no-register', '--listen', '127.0.0.1:0', '--ladder', str(ladder),
                             '--session-expires', '0', f'sip:anybody@{address}'])
    check(c.status == 0, f'status {c.status}: {c.errors}')
    end = c.one('ended')
    check(end['who'] == 'peer' and 0.9 < end['duration'] < 6 and end['reason'] == 'Maximum Duration', f'{end}')
    check(answer.wait(10) == 0, f'{answer.child.returncode} {answer.errors}')
    answer, address = _answering(lab, 'again', '--session-expires', '120', '--hang-up-after', '0')
    c = Call(lab, 'asks', ['call', '--json', '--log', 'debug', '--no-register', '--listen', '127.0.0.1:0',
                           '--session-expires', '600', '--max-call', '30', f'sip:anybody@{address}'])
    check(c.status == 0 and c.one('ended')['who'] == 'peer', f'status {c.status}: {c.errors}')
    answer.wait(10)


def register(lab):
    c = Call(lab, 'register', ['register', '--json', '--uri', f'sip:alice@{lab.host}', '--listen', '127.0.0.1:0',
                               '--for', '0'])
    check(c.status == 0, f'status {c.status}: {c.errors}')
    check(c.one('registered')['contact'].startswith('sip:'), f'{c.events}')
    c.one('unregistered')


TESTS = [register, echo, digits, menu, tone, refused, silent, ladder, direct, users, signals,
         silence, gives_up, leaves, lengths]


def run(test, solosip, exchange):
    with tempfile.TemporaryDirectory() as directory:
        lab = processes.Lab(directory, exchange)
        lab.solosip = solosip
        try:
            lab.exchange = processes.Process(lab, 'exchange', [exchange, '--listen', '127.0.0.1:0', '--user',
                                                               'alice:wonderland', '--user', 'bob:builder'])
            line = lab.exchange.wait_line(lambda l: l.startswith('listening on '), 5, 'its address')
            lab.host = line.split()[-1]
            test(lab)
            print(f'ok      {test.__name__}')
            return True
        except processes.Failure as e:
            print(f'FAILED  {test.__name__}: {e}')
            lab.print_logs()
            return False
        finally:
            lab.close()


def main():
    solosip, exchange = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:3])
    chosen = [t for t in TESTS if t.__name__ in sys.argv[3:]] or TESTS
    return 0 if all([run(t, solosip, exchange) for t in chosen]) else 1


if __name__ == '__main__':
    sys.exit(main())
