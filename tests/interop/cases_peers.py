"""Calls to and from SIPp, which plays the peers that behave, those that refuse and those that lose things."""
import hashlib
import re
import time

import scenarios
from capture import Capture
from peers import PASSWORD, Sipp, Solosip
from processes import check

LOGIN = 'alice'


def _call(lab, scenario, *arguments, **options):
    """solosip calls SIPp directly."""
    peer = Sipp(lab, scenario, seconds=options.pop('peer_seconds', 20))
    options.setdefault('domain', f'127.0.0.1:{peer.port}')
    phone = Solosip(lab, 'call', *arguments, f'sip:sipp@127.0.0.1:{peer.port}', **options)
    return peer, phone


def _answer(lab, scenario, *arguments):
    """SIPp calls solosip directly."""
    phone = Solosip(lab, 'answer', *arguments)
    phone.wait_event('listening')
    return phone, Sipp(lab, scenario, target=f'127.0.0.1:{phone.port}')


def _check_end(phone, status):
    got = phone.wait(8)
    check(got == status, f'exit status {got} instead of {status}: {phone.errors}')
    ends = phone.all_events('ended')
    check(len(ends) == 1, f'not exactly one end: {ends}')
    return ends[0]


# ---- we call

def case_peer_rings_then_answers(lab):
    peer, phone = _call(lab, scenarios.rings_then_answers(), '--hang-up-after', '1')
    peer.verdict()
    _check_end(phone, 0)
    order = [e['event'] for e in phone.all_events() if e['event'] in ('ringing', 'answered', 'ended')]
    check(order == ['ringing', 'answered', 'ended'], f'events {order}')


def _check_digest(message, password):
    """RFC 2617 section 3.2.2.1, of the INVITE that holds credentials."""
    def md5(*parts):
        return hashlib.md5(':'.join(parts).encode()).hexdigest()
    header = re.search(r'^Proxy-Authorization: *Digest (.*?)\r?$', message, re.MULTILINE)
    check(header, 'no credentials')
    given = {k: v.strip('"') for k, v in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', header.group(1))}
    expected = md5(md5(given['username'], 'sipp', password), given['nonce'], given['nc'], given['cnonce'],
                   given['qop'], md5('INVITE', given['uri']))
    check(given['nonce'] == '0123abcd' and given['nc'] == '00000001', f'nonce or count: {given}')
    check(given['response'] == expected, f'response {given["response"]} instead of {expected}')


def case_peer_challenges_invite(lab):
    peer, phone = _call(lab, scenarios.challenges(), '--hang-up-after', '0.5', account=LOGIN)
    peer.verdict()
    _check_end(phone, 0)
    _check_digest(peer.messages.read_text(errors='replace'), PASSWORD)


def _refused(lab, status, reason):
    peer, phone = _call(lab, scenarios.refuses(status, reason))
    peer.verdict()
    end = _check_end(phone, 1)
    check(end['status'] == status, f'ended with {end}')
    check(len(phone.errors) == 1, f'not one line but {phone.errors}')
    check(not phone.all_events('answered'), 'it calls itself answered')


def case_peer_is_busy_486(lab):
    _refused(lab, 486, 'Busy Here')


def case_peer_unknown_404(lab):
    _refused(lab, 404, 'Not Found')


def case_peer_declines_603(lab):
    _refused(lab, 603, 'Decline')


def case_peer_says_nothing(lab):
    """Timer B: seven INVITEs, and 32 s after the first one the call is over."""
    peer, phone = _call(lab, scenarios.says_nothing(), peer_seconds=50)
    phone.wait_event('ended', 40)
    took = time.monotonic() - phone.started
    check(phone.wait(3) == 1, 'the exit status is not 1')
    check(len(phone.errors) == 1, f'not one line but {phone.errors}')
    sent = len(re.findall(r'^INVITE sip:', peer.messages.read_text(errors='replace'), re.MULTILINE))
    print(f'{sent} INVITEs, ended after {took:.1f} s')
    check(sent == 7, f'{sent} INVITEs')
    check(31.5 <= took <= 34, f'it took {took:.1f} s')


def case_we_cancel(lab):
    """The user gives up while it rings."""
    peer, phone = _call(lab, scenarios.rings_until_cancelled())
    phone.wait_event('ringing')
    phone.interrupt()
    peer.verdict()
    phone.wait(8)
    check(len(phone.all_events('ended')) == 1, 'not exactly one end')


def case_peer_hangs_up(lab):
    peer, phone = _call(lab, scenarios.hangs_up_after(800))
    peer.verdict()
    _check_end(phone, 0)


# ---- we are called

def case_called_and_peer_hangs_up(lab):
    phone, peer = _answer(lab, scenarios.calls(800), '--count', '1')
    peer.verdict()
    _check_end(phone, 0)


def case_called_and_we_hang_up(lab):
    phone, peer = _answer(lab, scenarios.calls_and_waits(), '--count', '1', '--hang-up-after', '0.7')
    peer.verdict()
    _check_end(phone, 0)


def case_we_refuse(lab):
    phone, peer = _answer(lab, scenarios.is_refused(603), '--count', '1', '--reject', '603')
    peer.verdict()


def case_caller_cancels(lab):
    phone, peer = _answer(lab, scenarios.cancels(), '--ring', '2', '--count', '1')
    peer.verdict()
    end = _check_end(phone, 0)
    check(not phone.all_events('answered'), f'it calls itself answered: {end}')


def case_invite_repeated(lab):
    """The same INVITE twice is one call."""
    phone, peer = _answer(lab, scenarios.repeats_invite(), '--ring', '1', '--count', '1')
    peer.verdict()
    _check_end(phone, 0)
    check(len(phone.all_events('answered')) == 1, 'not exactly one call')


def case_ack_lost(lab):
    """Our 200 goes again, after 0.5 s and 1 s more, until an ACK comes (RFC 3261 section 13.3.1.4)."""
    phone, peer = _answer(lab, scenarios.loses_acks(), '--count', '1')
    peer.verdict()
    _check_end(phone, 0)


def case_second_caller_hears_busy(lab):
    phone, first = _answer(lab, scenarios.calls(2000), '--count', '1')
    phone.wait_event('answered')
    second = Sipp(lab, scenarios.is_refused(486), target=f'127.0.0.1:{phone.port}')
    second.verdict()
    first.verdict()
    _check_end(phone, 0)


def case_digits_from_sipp(lab):
    """SIPp's captures: each digit a stream of its own, three ends with one sequence number."""
    phone, peer = _answer(lab, scenarios.presses('1590*#'), '--count', '1')
    wire = Capture(lab, [phone.port, peer.port])
    peer.verdict()
    _check_end(phone, 0)
    wire.finish()
    check(phone.digits() == '1590*#', f'digits {phone.digits()!r}')
    check(not wire.malformed(), 'malformed packets')


def case_info_from_sipp(lab):
    """Digits by INFO, which is told as any other press."""
    phone, peer = _answer(lab, scenarios.presses_by_info('159'), '--count', '1')
    peer.verdict()
    _check_end(phone, 0)
    check(phone.digits() == '159', f'digits {phone.digits()!r}')


def case_info_to_sipp(lab):
    """Who agrees on no telephone-event gets INFO."""
    peer, phone = _call(lab, scenarios.hears_info('27'), '--send', '27', '--hang-up-after', '3')
    peer.verdict()
    _check_end(phone, 0)
