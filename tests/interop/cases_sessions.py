"""What changes while a call goes on: hold and resume, early media, PRACK, session timers."""
import processes
import scenarios
import tones
from cases_peers import _answer, _call, _check_end
from peers import REALM, Baresip, Kamailio, Solosip
from processes import check, pause


def _holds(phone):
    return [(e['by_us'], e['by_peer']) for e in phone.all_events('hold')]


# ---- SIPp

def case_we_hold_and_resume(lab):
    peer, phone = _call(lab, scenarios.is_held_and_resumed(), '--hold-after', '0.5', '--resume-after', '2',
                        '--hang-up-after', '5')
    peer.verdict()
    _check_end(phone, 0)
    check(_holds(phone) == [(True, False), (False, False)], f'holds {_holds(phone)}')


def case_peer_refuses_hold(lab):
    """491 is tried again after 2.1 to 4 s, 488 is not; the call is not lost by either."""
    peer, phone = _call(lab, scenarios.refuses_hold(), '--hold-after', '0.3', '--hang-up-after', '5')
    peer.verdict()
    _check_end(phone, 0)
    check(phone.all_events('hold_failed'), 'it does not say that it failed')
    check(not _holds(phone), f'holds {_holds(phone)}')


def case_peer_holds_and_resumes(lab):
    phone, peer = _answer(lab, scenarios.holds_and_resumes(300), '--count', '1')
    peer.verdict()
    _check_end(phone, 0)
    check(_holds(phone) == [(False, True), (False, False)], f'holds {_holds(phone)}')


def case_peer_offers_late(lab):
    phone, peer = _answer(lab, scenarios.offers_late(), '--count', '1')
    peer.verdict()
    _check_end(phone, 0)


def case_we_offer_late(lab):
    peer, phone = _call(lab, scenarios.makes_the_offer(), '--late-offer', '--hang-up-after', '0.5')
    peer.verdict()
    _check_end(phone, 0)


def case_we_play_before_we_answer(lab):
    sound = lab.directory / 'wait.wav'
    tones.write_tone(sound, 440, 0.6, -12)
    phone, peer = _answer(lab, scenarios.hears_before_the_answer(), '--early', sound, '--count', '1')
    peer.verdict()
    _check_end(phone, 0)
    order = [e['event'] for e in phone.all_events() if e['event'] in ('played', 'answered')]
    check(order == ['played', 'answered'], f'events {order}')


def case_peer_rings_reliably(lab):
    peer, phone = _call(lab, scenarios.rings_reliably(), '--hang-up-after', '0.5')
    peer.verdict()
    _check_end(phone, 0)


def case_peer_requires_prack(lab):
    phone, peer = _answer(lab, scenarios.requires_prack(), '--count', '1', '--ring', '0.5')
    peer.verdict()
    _check_end(phone, 0)


def case_peer_plays_before_it_answers(lab):
    peer, phone = _call(lab, scenarios.plays_before_it_answers(), '--hang-up-after', '0.5')
    peer.verdict()
    _check_end(phone, 0)
    statuses = [e['status'] for e in phone.all_events('ringing')]
    check(statuses == [183], f'progress {statuses}')


def case_peer_asks_for_too_short_a_session(lab):
    phone, peer = _answer(lab, scenarios.asks_for_too_short_a_session(), '--count', '1')
    peer.verdict()
    _check_end(phone, 0)


def case_peer_refreshes_the_session(lab):
    phone, peer = _answer(lab, scenarios.refreshes_the_session(), '--count', '1', '--session-expires', '90')
    peer.verdict()
    _check_end(phone, 0)
    check(not phone.all_events('hold'), 'a refresh is taken for a hold')


def case_we_refresh_the_session(lab):
    peer, phone = _call(lab, scenarios.wants_a_refresh(), '--session-expires', '90', '--hang-up-after', '48',
                        peer_seconds=70)
    phone.wait_event('answered')
    phone.wait_event('ended', 60)
    peer.verdict()
    end = _check_end(phone, 0)
    check(end['who'] == 'us' and end['duration'] > 47, f'{end}')


# ---- baresip, through Kamailio's Record-Route

def case_hold_baresip(lab):
    proxy = Kamailio(lab)
    bob = Baresip(lab, 'bob', proxy.port)
    phone = Solosip(lab, 'call', '--hold-after', '1', '--resume-after', '3', '--hang-up-after', '6',
                    f'sip:bob@{REALM}', account='alice', proxy=proxy.port)
    phone.wait_event('answered')
    phone.wait_event('ended', 8)
    check(phone.wait(5) == 0, 'the exit status is not 0')
    check(_holds(phone) == [(True, False), (False, False)], f'holds {_holds(phone)}')
    check(not phone.all_events('hold_failed'), 'hold failed')


def case_baresip_holds(lab):
    proxy = Kamailio(lab)
    bob = Baresip(lab, 'bob', proxy.port)
    phone = Solosip(lab, 'call', f'sip:bob@{REALM}', account='alice', proxy=proxy.port)
    phone.wait_event('answered')
    pause(1)
    for command, count in (('hold', 1), ('resume', 2)):
        bob.command(command)
        processes.wait_until(lambda: len(_holds(phone)) == count, 10, f'{command} is heard of')
        pause(1)
    bob.command('hangup')
    phone.wait_event('ended')
    check(phone.wait(5) == 0, 'the exit status is not 0')
    check(_holds(phone) == [(False, True), (False, False)], f'holds {_holds(phone)}')
