"""Calls to and from linphone's console client by way of Kamailio, with hold from either side."""
import processes
import tones
from cases_calls import OURS, THEIRS, check_tone
from linphone import Linphone
from peers import REALM, Kamailio, Solosip
from processes import check, pause


def _holds(phone):
    return [(e['by_us'], e['by_peer']) for e in phone.all_events('hold')]


def _both(lab):
    proxy = Kamailio(lab)
    return proxy, Linphone(lab, 'bob', proxy.port, tone=THEIRS)


def case_call_linphone(lab):
    proxy, bob = _both(lab)
    sound, record = lab.directory / 'ours.wav', lab.directory / 'heard.wav'
    tones.write_tone(sound, OURS, 3.0, -12)
    phone = Solosip(lab, 'call', '--play', sound, '--record', record, '--hang-up-after', '6', f'sip:bob@{REALM}',
                    account='alice', proxy=proxy.port)
    phone.wait_event('answered', 20)
    phone.wait_event('ended', 20)
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')
    check_tone(record, THEIRS, at_least=2.0)
    bob.wait_log('LinphoneCallReleased', 10)


def case_called_by_linphone(lab):
    proxy, bob = _both(lab)
    record = lab.directory / 'heard.wav'
    phone = Solosip(lab, 'answer', '--count', '1', '--record', record, account='alice', proxy=proxy.port)
    phone.wait_event('registered')
    bob.command(f'call sip:alice@{REALM}')
    phone.wait_event('answered', 20)
    pause(4)
    bob.command('terminate')
    end = phone.wait_event('ended', 20)
    check(end['who'] == 'peer', f'{end}')
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')
    check_tone(record, THEIRS, at_least=2.0)


def case_linphone_holds(lab):
    proxy, bob = _both(lab)
    phone = Solosip(lab, 'call', f'sip:bob@{REALM}', account='alice', proxy=proxy.port)
    phone.wait_event('answered', 20)
    pause(1)
    steps = [('pause', 'LinphoneCallPaused', [(False, True)]),
             ('resume', 'to LinphoneCallStreamsRunning', [(False, True), (False, False)])]
    for command, state, holds in steps:
        bob.command(command)
        processes.wait_until(lambda: _holds(phone) == holds, 20, f'{holds} after {command}')
        bob.wait_log(state, 20) # before that it takes no other command
    bob.command('terminate')
    phone.wait_event('ended', 20)
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')


def case_hold_linphone(lab):
    proxy, bob = _both(lab)
    phone = Solosip(lab, 'call', '--hold-after', '1', '--resume-after', '4', '--hang-up-after', '8',
                    f'sip:bob@{REALM}', account='alice', proxy=proxy.port)
    phone.wait_event('answered', 20)
    phone.wait_event('ended', 30)
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')
    check(_holds(phone) == [(True, False), (False, False)], f'holds {_holds(phone)}')
    check(not phone.all_events('hold_failed'), 'hold failed')
