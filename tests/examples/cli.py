"""What the program says to mistakes: arguments, exit status, one sentence.

    cli.py PROGRAM EXCHANGE
"""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'interop'))
import processes  # noqa: E402

OPTIONS = '''OPTIONS sip:bob@example.com SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
Max-Forwards: 70
From: "Alice" <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: c1
CSeq: 1 OPTIONS
Contact: <sip:alice@192.0.2.1>
Content-Length: 0

'''.replace('\n', '\r\n')

ALICE = ['--uri', 'sip:alice@127.0.0.1', '--listen', '127.0.0.1:0']
DIRECT = ['--no-register', '--listen', '127.0.0.1:0']

# Arguments, exit status, what the only line on standard error matches. {dir}, {port}: see below.
MISTAKES = [
    (['call', *DIRECT, 'sip:'], 2, r"'sip:' is no SIP URI; call somebody like sip:"),
    (['call', *DIRECT, 'bob'], 2, r"'bob' is no SIP URI; call somebody like sip:"),
    (['call', *DIRECT, 'sip:bob@exa mple.com'], 2, r'is no SIP URI'),
    (['call', *DIRECT], 2, r'whom to call\? Give sip:'),
    (['call', 'sip:bob@127.0.0.1'], 2, r'who are you\? Give --uri .* or --config .* or --no-register'),
    (['register'], 2, r'who are you\? Give --uri'),
    (['register', '--uri', 'http://x'], 2, r"'http://x' is no SIP URI; --uri should look like sip:me@"),
    (['call', *DIRECT, '--send', '12x', 'sip:bob@127.0.0.1'], 2, r"'x' is no telephone key; --send takes 0-9"),
    (['call', *DIRECT, '--play', '{dir}/missing.wav', 'sip:bob@127.0.0.1'], 1,
     r"missing\.wav.*[Nn]o such file.*--play"),
    (['call', *DIRECT, '--play', '{dir}', 'sip:bob@127.0.0.1'], 1, r'directory.*--play'),
    (['answer', *DIRECT, '--record', '{dir}/none/heard.wav'], 1, r'none/heard\.wav.*--record'),
    (['call', *DIRECT, '--ladder', '{dir}/none/l.txt', 'sip:bob@127.0.0.1'], 1, r'none/l\.txt.*--ladder'),
    (['call', *DIRECT, 'sip:bob@no-such-host.invalid'], 1, r'no-such-host\.invalid.*(check|look)'),
    (['register', '--uri', 'sip:me@no-such-host.invalid'], 1, r'no-such-host\.invalid.*(check|look)'),
    (['answer', '--no-register', '--listen', '127.0.0.1:{port}'], 1,
     r'127\.0\.0\.1:{port}.*another program.*--listen'),
    (['answer', '--no-register', '--listen', '300.1.2.3:5060'], 2, r"'300\.1\.2\.3:5060'.*ADDRESS\[:PORT\]"),
    (['answer', '--no-register', '--listen', '127.0.0.1:99999'], 2, r"'127\.0\.0\.1:99999'.*ADDRESS\[:PORT\]"),
    (['answer', '--no-register', '--listen', '[::1]:5060'], 2, r"'\[::1\]:5060' is IPv6.*--listen an IPv4"),
    (['answer', '--no-register', '--listen', '[::1]:5060x'], 2, r"ADDRESS\[:PORT\]"),
    (['answer', *DIRECT, '--user-agent', 'a\nb'], 2, r'--user-agent holds a control character'),
    (['call', *DIRECT, '--subject', 'a\nb', 'sip:bob@127.0.0.1'], 1, r'no line break'),
    (['register', '--config', '{dir}/none.ini'], 1, r'none\.ini.*No such file.*configuration'),
    (['register', '--config', '{dir}/garbage.ini'], 1, r'garbage\.ini, line 2: .*mend it'),
    (['register', '--config', '{dir}/unknown.ini'], 1,
     r"unknown\.ini, line 3: 'pasword' is not known in \[registration\]; use .*password"),
    (['register', *ALICE, '--password-file', '{dir}/none'], 1, r'none.*No such file.*password'),
    (['register', *ALICE, '--password-file', '{dir}/empty'], 1, r'empty.*password'),
    (['parse', '{dir}/none.sip'], 1, r'none\.sip.*No such file'),
    (['parse', '{dir}'], 1, r'cannot read.*directory'),
    (['parse', '{dir}/empty'], 1, r'rejected at byte 0: '),
    (['parse', '{dir}/no-cseq.sip'], 1, r'rejected at byte \d+: .*CSeq'),
    (['parse', '{dir}/bad-via.sip'], 1, r'rejected at byte 49: '),
]

# The same for what CLI11 says in its own words, on two lines.
WRONG_USAGE = [
    [], ['dance'], ['call', '--louder', 'sip:a@b'], ['parse'], ['answer', *DIRECT, '--reject', '200'],
    ['call', *DIRECT, '--until-played', '--hang-up-after', '3', 'sip:a@b'],
    ['answer', *DIRECT, '--log', 'loud'], ['register', *ALICE, '--expires', '5'],
    ['call', *DIRECT, '--hang-up-after', '-1', 'sip:a@b'],
    ['call', *DIRECT, '--max-call', '0', 'sip:a@b'], ['call', *DIRECT, '--max-call', '-5', 'sip:a@b'],
    ['answer', *DIRECT, '--max-call', 'long'], ['answer', *DIRECT, '--session-expires', '89'],
    ['call', *DIRECT, '--session-expires', '100000', 'sip:a@b'],
    ['call', *DIRECT, '--session-expires', '1h', 'sip:a@b'], ['register', *ALICE, '--max-call', '5'],
    ['answer', *DIRECT, '--when-leaving', '200'], ['answer', *DIRECT, '--when-leaving', '302'],
    ['call', *DIRECT, '--when-leaving', '480', 'sip:a@b'],
]


def run(program, arguments, stdin=b'', seconds=20, **environment):
    clean = {k: v for k, v in os.environ.items() if k != 'SOLOSIP_PASSWORD'}
    return subprocess.run([program, *arguments], input=stdin, capture_output=True, timeout=seconds,
                          env={**clean, **environment})


def make_files(directory):
    files = {
        'empty': '',
        'garbage.ini': '[registration]\nthis line is wrong\n',
        'unknown.ini': '[other]\n[registration]\npasword = secret\n',
        'good.sip': OPTIONS,
        'no-cseq.sip': OPTIONS.replace('CSeq: 1 OPTIONS\r\n', ''),
        'bad-via.sip': OPTIONS.replace('SIP/2.0/UDP', 'SIP/2.0(UDP'),
    }
    for name, text in files.items():
        (directory / name).write_bytes(text.encode())


def check_mistakes(program, directory):
    failures = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(('127.0.0.1', 0))
        port = str(taken.getsockname()[1])

        def fill(text):
            return text.replace('{dir}', str(directory)).replace('{port}', port)

        for arguments, status, pattern in MISTAKES:
            done = run(program, [fill(a) for a in arguments])
            errors = done.stderr.decode().splitlines()
            if done.returncode != status or len(errors) != 1 or not re.search(fill(pattern), errors[0]):
                failures.append(f'{arguments}: wanted {status} and {pattern!r}, got {done.returncode} and {errors}')
    for arguments in WRONG_USAGE:
        done = run(program, arguments)
        if done.returncode != 2 or not done.stderr:
            failures.append(f'{arguments}: wanted 2 and a reason, got {done.returncode} and {done.stderr!r}')
    return failures


def check_parse(program, directory):
    failures = []
    plain = run(program, ['parse', str(directory / 'good.sip')])
    if plain.returncode != 0 or b'accepted: OPTIONS, 8 headers' not in plain.stdout:
        failures.append(f'parse good.sip: {plain}')
    piped = run(program, ['parse', '--json', '-'], stdin=OPTIONS.encode())
    try:
        told = json.loads(piped.stdout)
        wanted = {'method': 'OPTIONS', 'uri': 'sip:bob@example.com', 'call_id': 'c1', 'body_bytes': 0,
                  'from': {'uri': 'sip:alice@example.com', 'name': 'Alice', 'tag': '1'},
                  'cseq': {'number': 1, 'method': 'OPTIONS'}}
        wrong = {k: told.get(k) for k, v in wanted.items() if told.get(k) != v}
        if wrong or len(told['headers']) != 8:
            failures.append(f'parse --json: {wrong}')
    except ValueError as e:
        failures.append(f'parse --json: {e}: {piped}')
    cut = OPTIONS.encode()[:60]
    if run(program, ['parse', '-'], stdin=cut).returncode != 1:
        failures.append('a message that is cut off was accepted')
    if run(program, ['--help']).returncode != 0 or b'register' not in run(program, ['--help']).stdout:
        failures.append('--help does not help')
    return failures


def check_wrong_password(program, lab, directory):
    """One clear error within three seconds; the secret is in none of the outputs."""
    failures = []
    exchange = processes.Process(lab, 'exchange', [lab.program, '--listen', '127.0.0.1:0',
                                                   '--user', 'alice:wonderland'])
    host = exchange.wait_line(lambda l: l.startswith('listening on '), 5, 'its address').split()[-1]
    for verb in (['register'], ['call', 'echo']):
        started = time.monotonic()
        ladder = directory / 'refused.txt'
        done = run(program, [*verb, '--uri', f'sip:alice@{host}', '--listen', '127.0.0.1:0', '--log', 'debug',
                             '--ladder', str(ladder)], SOLOSIP_PASSWORD='hunter2')
        took = time.monotonic() - started
        said = [line for line in done.stderr.decode().splitlines() if line.startswith('solosip: ')]
        if done.returncode != 1 or len(said) != 1 or not re.search('password', said[0]) or took > 3:
            failures.append(f'wrong password, {verb}: {done.returncode}, {took:.1f} s, {said}')
        if '401' not in ladder.read_text():
            failures.append(f'wrong password, {verb}: no 401 in {ladder.read_text()}')
        if b'hunter2' in done.stdout + done.stderr:
            failures.append(f'wrong password, {verb}: it is printed')
    return failures


def check_unplayable(program, lab, directory):
    """A file that is no sound is found out at the latest when it is to be played."""
    (directory / 'text.wav').write_text('this is no sound')
    exchange = lab.processes[0]
    host = exchange.seen[0].split()[-1]
    done = run(program, ['call', *DIRECT, '--play', str(directory / 'text.wav'), '--until-played',
                         f"sip:echo@{host}"])
    errors = done.stderr.decode().splitlines()
    if done.returncode != 1 or len(errors) != 1 or 'text.wav' not in errors[0]:
        return [f'a file that is no sound: {done.returncode}, {errors}']
    return []


def main():
    program, exchange = (str(pathlib.Path(p).resolve()) for p in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        make_files(directory)
        lab = processes.Lab(directory, exchange)
        try:
            failures = (check_mistakes(program, directory) + check_parse(program, directory) +
                        check_wrong_password(program, lab, directory) + check_unplayable(program, lab, directory))
        finally:
            lab.close()
    for failure in failures:
        print(failure)
    print(f'{len(MISTAKES) + len(WRONG_USAGE)} mistakes tried, {len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
