"""The peers among themselves, so that a failing test of solosip is not a failing set-up."""
import capture
import scenarios
import tones
from peers import Baresip, Kamailio, Sipp
from processes import check, pause, wait_until


def _pair(lab, caller, callee):
    far = Sipp(lab, callee)
    near = Sipp(lab, caller, target=f'127.0.0.1:{far.port}')
    near.verdict()
    far.verdict()


def case_lab_sipp_pairs(lab):
    _pair(lab, scenarios.calls(300), scenarios.rings_then_answers())
    _pair(lab, scenarios.cancels(), scenarios.rings_until_cancelled())
    _pair(lab, scenarios.is_refused(486), scenarios.refuses(486, 'Busy Here'))
    _pair(lab, scenarios.calls_and_waits(), scenarios.hangs_up_after(300))


def case_lab_calls_through_kamailio(lab):
    """SIPp with digits to baresip, baresip to baresip with digits, by way of the proxy."""
    proxy = Kamailio(lab)
    bob = Baresip(lab, 'bob', proxy.port)
    wire = capture.Capture(lab, [proxy.port, bob.port])
    caller = Sipp(lab, scenarios.presses('12#'), target=f'127.0.0.1:{proxy.port}', user='bob')
    caller.verdict()
    keys = [e['param'] for e in bob.events if e.get('type') == 'CALL_DTMF_START']
    check(keys == ['1', '2', '#'], f'baresip heard the digits {keys}')

    alice = Baresip(lab, 'alice', proxy.port, tone=900)
    seen = len(bob.events)
    alice.command('dial', f'sip:bob@interop.example')
    alice.wait_event('CALL_ESTABLISHED', 5)
    pause(1)
    alice.press('1590*#')
    pause(0.5)
    alice.command('hangup')
    bob.wait_event('CALL_CLOSED', 3, seen)
    keys = ''.join(e['param'] for e in bob.events[seen:] if e.get('type') == 'CALL_DTMF_START')
    check(keys == '1590*#', f'baresip heard the digits {keys}')
    wire.finish()
    print('heard:', tones.measure(bob.heard(), 900), tones.measure(alice.heard(), 600))
    check(not wire.malformed(), 'malformed packets')
    print(len(wire.rtp()), 'RTP packets')
