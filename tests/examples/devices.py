"""The door bell and the alarm against the exchange.

    devices.py PROGRAM EXCHANGE DOORBELL ALARM
"""
import pathlib
import signal
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'interop'))
import processes  # noqa: E402
import tones  # noqa: E402
from processes import check  # noqa: E402


def doorbell(lab):
    tones.write_tone(lab.directory / 'bell.wav', 880, 3.0, -12)
    ring = processes.Process(lab, 'doorbell', [lab.doorbell, f'sip:bell@{lab.host}', 'SECRET', 'digits', 'bell.wav'])
    check(ring.wait(15) == 0, f'it ended with {ring.child.returncode}: {ring.errors}')
    check(ring.seen.count("that was not '#'") == 5, f'{ring.seen}')
    for whom, password, words in (('busy', 'SECRET', 'busy'), ('digits', 'wrong', 'refused')):
        refused = processes.Process(lab, f'doorbell-{whom}-{password}',
                                    [lab.doorbell, f'sip:bell@{lab.host}', password, whom, 'bell.wav'])
        check(refused.wait(10) == 1, f'{whom}: it ended with {refused.child.returncode}')
        check(len(refused.errors) == 1 and words in refused.errors[0], f'{whom}: {refused.errors}')


def start_alarm(lab, destination):
    (lab.directory / 'alarm.ini').write_text(
        f'[registration]\nuri = sip:alarm@{lab.host}\npassword = SECRET\n'
        f'[alert]\ndestination = {destination}\nname = Cellar: water\n')
    alarm = processes.Process(lab, 'alarm', [lab.alarm, 'alarm.ini'])
    alarm.wait_line(lambda l: l.startswith('registered as '), 5, 'registered')
    return alarm


def alarm_alerts(lab):
    alarm = start_alarm(lab, 'digits')
    alarm.child.send_signal(signal.SIGUSR1)
    alarm.wait_line(lambda l: l == 'alerted digits', 15, 'the alert')
    lab.exchange.wait_line(lambda l: '(digits) answered' in l, 1, 'the call')
    alarm.interrupt()
    check(alarm.wait(5) == 0, f'it ended with {alarm.child.returncode}')


def alarm_is_switched(lab):
    alarm = start_alarm(lab, 'digits')
    for key, word, hz in (('0', 'off', 400), ('1', 'on', 1000)):
        heard = lab.directory / f'{word}.wav'
        caller = processes.Process(lab, f'caller-{word}',
                                   [lab.solosip, 'call', '--json', '--uri', f'sip:alice@{lab.host}', '--listen',
                                    '127.0.0.1:0', '--send', key, '--record', heard, '--hang-up-after', '1.5', 'alarm'],
                                   env={'SOLOSIP_PASSWORD': 'wonderland'})
        alarm.wait_line(lambda l, w=word: l.startswith(f'switched {w} by '), 10, f'switched {word}')
        check(caller.wait(10) == 0, f'{caller.errors}')
        check(tones.measure(heard, hz) is not None, f'no confirmation when it was switched {word}')
        if key == '0':
            alarm.child.send_signal(signal.SIGUSR1)
            alarm.wait_line(lambda l: l == 'sensor: ignored, the alarm is off', 5, 'the sensor is ignored')


def alarm_ends_tidily(lab):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        alarm = start_alarm(lab, 'digits')
        lab.exchange.drain()
        before = sum('alarm unregistered' in line for line in lab.exchange.seen)
        alarm.child.send_signal(number)
        check(alarm.wait(5) == 0, f'{number!r}: it ended with {alarm.child.returncode}')
        processes.wait_until(
            lambda b=before: sum('alarm unregistered' in line for line in lab.exchange.drain()) > b, 5, f'{number!r}')


def a_second_signal_ends_at_once(lab):
    """Nobody answers the farewell, so that there is a time between the two signals."""
    alarm = start_alarm(lab, 'digits')
    lab.exchange.child.send_signal(signal.SIGSTOP)
    try:
        alarm.child.send_signal(signal.SIGTERM)
        # It no longer catches the signal when its mask in /proc says so.
        status = pathlib.Path(f'/proc/{alarm.pid}/status')
        bit = 1 << (signal.SIGTERM - 1)
        processes.wait_until(lambda: not int([l for l in status.read_text().splitlines()
                                              if l.startswith('SigCgt:')][0].split()[1], 16) & bit, 5, 'released')
        alarm.child.send_signal(signal.SIGTERM)
        check(alarm.wait(1) == -signal.SIGTERM, f'it ended with {alarm.child.returncode}')
    finally:
        lab.exchange.child.send_signal(signal.SIGCONT)


def bad_configurations(lab):
    for text, words in (('garbage\n', 'line 1'), ('', 'needs uri'), (None, 'cannot read')):
        path = lab.directory / 'bad.ini'
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)
        alarm = processes.Process(lab, 'bad', [lab.alarm, 'bad.ini'])
        check(alarm.wait(5) == 1 and len(alarm.errors) == 1 and words in alarm.errors[0], f'{alarm.errors}')


TESTS = [doorbell, alarm_alerts, alarm_is_switched, alarm_ends_tidily, a_second_signal_ends_at_once,
         bad_configurations]


def run(test, paths):
    with tempfile.TemporaryDirectory() as directory:
        lab = processes.Lab(directory, paths[1])
        lab.solosip, lab.doorbell, lab.alarm = paths[0], paths[2], paths[3]
        try:
            lab.exchange = processes.Process(lab, 'exchange', [paths[1], '--listen', '127.0.0.1:0', '--user',
                                                               'alice:wonderland', '--user', 'bell:SECRET', '--user',
                                                               'alarm:SECRET'])
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
    paths = [str(pathlib.Path(p).resolve()) for p in sys.argv[1:5]]
    chosen = [t for t in TESTS if t.__name__ in sys.argv[5:]] or TESTS
    return 0 if all([run(t, paths) for t in chosen]) else 1


if __name__ == '__main__':
    sys.exit(main())
