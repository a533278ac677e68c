"""Registration at Kamailio, and what a registered phone does when nothing happens."""
import pathlib
import time

from capture import Capture
from peers import Kamailio, Solosip
from processes import check, pause


def _register(lab, algorithm):
    proxy = Kamailio(lab, algorithm)
    wire = Capture(lab, [proxy.port])
    phone = Solosip(lab, 'register', account='alice', proxy=proxy.port)
    phone.wait_event('registered')
    phone.interrupt()
    check(phone.wait(5) == 0, 'the exit status is not 0')
    wire.finish()
    answers = wire.read('sip.Status-Code && sip.CSeq.method == "REGISTER"', 'sip.Status-Code', 'sip.Contact')
    codes = [row[0] for row in answers]
    check(codes[:2] == ['401', '200'], f'REGISTER was answered {codes}')
    check(codes[-1] == '200', f'the last REGISTER was answered {codes[-1]}')
    check('sip:' in answers[1][1], f'no binding: {answers[1]}')
    check(answers[-1][1:] in ([], ['']), f'a binding is left: {answers[-1]}')
    credentials = [row[0] for row in wire.read('sip.Method == "REGISTER" && sip.Authorization', 'sip.Authorization')]
    check(credentials and all(f'algorithm={algorithm}' in c.replace('"', '') for c in credentials),
          f'not by {algorithm}: {credentials}')
    check(not wire.malformed(), 'malformed packets')


def case_register_md5(lab):
    _register(lab, 'MD5')


def case_register_sha256(lab):
    _register(lab, 'SHA-256')


def case_wrong_password(lab):
    """One clear error within 3 s, and not more than two REGISTERs."""
    proxy = Kamailio(lab)
    wire = Capture(lab, [proxy.port])
    phone = Solosip(lab, 'register', account='alice', proxy=proxy.port, password='open.barley')
    status = phone.wait(3)
    print(f'ended after {time.monotonic() - phone.started:.2f} s: {phone.errors}')
    check(status == 1, f'exit status {status}')
    check(len(phone.errors) == 1, f'not one line but {phone.errors}')
    check(not phone.all_events('registered'), 'it calls itself registered')
    wire.finish()
    sent = len(wire.requests('REGISTER'))
    check(sent <= 2, f'{sent} REGISTERs')


def _wakeups(pid):
    """Each time a thread goes to sleep of its own will, and how many threads there are."""
    tasks = list(pathlib.Path(f'/proc/{pid}/task').iterdir())
    switches = 0
    for task in tasks:
        for line in (task / 'status').read_text().splitlines():
            if line.startswith('voluntary_ctxt_switches:'):
                switches += int(line.split()[1])
    return switches, len(tasks)


def case_idle_registered(lab):
    """Between timers nothing wakes the process: none is due in these 20 s."""
    proxy = Kamailio(lab)
    phone = Solosip(lab, 'register', '--expires', '600', account='alice', proxy=proxy.port)
    phone.wait_event('registered')
    pause(7)  # the timers of its last transaction, 5 s
    before, threads = _wakeups(phone.pid)
    pause(20)
    after, threads_after = _wakeups(phone.pid)
    print(f'{after - before} wake-ups in 20 s, {threads_after} threads')
    check(after == before, f'{after - before} wake-ups in 20 s')
    check(max(threads, threads_after) <= 2, f'{max(threads, threads_after)} threads')
    phone.interrupt()
    check(phone.wait(5) == 0, 'the exit status is not 0')
