"""What SIPp plays, written as lists of steps; to_xml() makes the file that SIPp reads.

A step is a function of this module. Callees begin with expect('INVITE'), callers with invite().
"""
from typing import NamedTuple

PCAPS = '/usr/share/sip-tester'
KEYS = {'*': 'star', '#': 'pound'}
VIA = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=z9hG4bK[pid].[call_number].'
SELF = 'Contact: <sip:sipp@[local_ip]:[local_port]>'
AUDIO = '''v=0
o=sipp 7 7 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 0 101
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15'''


class Scenario(NamedTuple):
    name: str
    steps: list
    retransmits: bool = True  # False: SIPp neither repeats nor takes repetitions for such


def to_xml(scenario):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<scenario name="{scenario.name}">\n' + '\n'.join(scenario.steps) + '\n</scenario>\n')


def _send(lines, body='', repeats=False):
    kind = ['Content-Type: application/sdp'] if body else []
    head = '\n'.join([*lines, *kind, 'Content-Length: [len]'])
    again = ' retrans="500"' if repeats else ''
    return f'<send{again}><![CDATA[\n{head}\n\n{body}\n]]></send>'


# ---- both sides

def pause(milliseconds):
    return f'<pause milliseconds="{milliseconds}"/>'


def expect(method, actions=''):
    routes = ' rrs="true"' if method == 'INVITE' else ''
    return f'<recv request="{method}"{routes}>{_action(actions)}</recv>'


def response(status, optional=False, actions=''):
    extra = ' optional="true"' if optional else ' rrs="true"' if status == 200 else ''
    return f'<recv response="{status}"{extra}>{_action(actions)}</recv>'


def _action(text):
    return f'<action>{text}</action>' if text else ''


def remember(header, name, pattern='.*'):
    return f'<ereg regexp="{pattern}" search_in="hdr" header="{header}:" check_it="true" assign_to="{name}"/>'


# ---- callee

def reply(status, reason, *headers, sdp=False, repeats=False, direction=None):
    return _send([f'SIP/2.0 {status} {reason}', '[last_Via:]', '[last_Record-Route:]', '[last_From:]',
                  '[last_To:];tag=callee[pid]', '[last_Call-ID:]', '[last_CSeq:]', SELF, *headers],
                 _audio(direction) if sdp else '', repeats)


def _audio(direction=None):
    return AUDIO + (f'\na={direction}' if direction else '')


def reply_in_dialog(status, reason, *headers, direction=None):
    """With a session description where there is a direction."""
    return _send([f'SIP/2.0 {status} {reason}', '[last_Via:]', '[last_From:]', '[last_To:]',
                  '[last_Call-ID:]', '[last_CSeq:]', *headers], _audio(direction) if direction else '',
                 bool(direction))


def answer_and_wait_bye():
    return [reply(200, 'OK', sdp=True, repeats=True), expect('ACK'), expect('BYE'), reply_in_dialog(200, 'OK')]


def rings_then_answers():
    return Scenario('rings_then_answers', [
        expect('INVITE'), reply(100, 'Trying'), reply(180, 'Ringing'), pause(700), *answer_and_wait_bye()])


def challenges():
    """407 first; the second INVITE has to hold credentials. SIPp judges only those of a 401, so the
    test itself reckons whether they are right."""
    return Scenario('challenges', [
        expect('INVITE'),
        reply(407, 'Proxy Authentication Required',
              'Proxy-Authenticate: Digest realm="sipp", nonce="0123abcd", algorithm=MD5, qop="auth"', repeats=True),
        expect('ACK'),
        expect('INVITE', '<ereg regexp="Digest.*response=" search_in="hdr" header="Proxy-Authorization:" '
                         'check_it="true" assign_to="given"/>'),
        '<nop><action><log message="[$given]"/></action></nop>',
        *answer_and_wait_bye()])


def refuses(status, reason):
    return Scenario(f'refuses_{status}', [
        expect('INVITE'), reply(status, reason, repeats=True), expect('ACK')])


def says_nothing():
    return Scenario('says_nothing', [expect('INVITE'), pause(60000)])


def rings_until_cancelled():
    """The 487 belongs to the INVITE, so its headers are kept for it."""
    kept = ''.join(remember(h, n) for h, n in
                   (('Via', 'via'), ('From', 'from'), ('To', 'to'), ('CSeq', 'cseq')))
    ended = _send(['SIP/2.0 487 Request Terminated', 'Via:[$via]', 'From:[$from]', 'To:[$to];tag=callee[pid]',
                   '[last_Call-ID:]', 'CSeq:[$cseq]'], repeats=True)
    return Scenario('rings_until_cancelled', [
        expect('INVITE', kept), reply(180, 'Ringing'), expect('CANCEL'), reply(200, 'OK'), ended, expect('ACK')])


def hangs_up_after(milliseconds):
    """A callee that ends the call. Its BYE takes the caller's names from the INVITE."""
    kept = (remember('From', 'from') + remember('To', 'to') + remember('Contact', 'contact', 'sip:[^>]*'))
    bye = _send(['BYE [$contact] SIP/2.0', VIA + 'bye', 'Max-Forwards: 70', 'From:[$to];tag=callee[pid]',
                 'To:[$from]', '[last_Call-ID:]', 'CSeq: 1 BYE'], repeats=True)
    return Scenario('hangs_up', [
        expect('INVITE', kept), reply(200, 'OK', sdp=True, repeats=True), expect('ACK'), pause(milliseconds), bye,
        response(200)])


def redirects(uri):
    return Scenario('redirects', [
        expect('INVITE'),
        _send(['SIP/2.0 302 Moved Temporarily', '[last_Via:]', '[last_From:]', '[last_To:];tag=callee[pid]',
               '[last_Call-ID:]', '[last_CSeq:]', f'Contact: <{uri}>;q=0.7'], repeats=True), expect('ACK')])


def is_held_and_resumed():
    """Takes the caller's two re-INVITEs: sendonly first, then not."""
    def wants(pattern, name):
        return f'<ereg regexp="{pattern}" search_in="body" check_it="true" assign_to="{name}"/>'
    return Scenario('is_held_and_resumed', [
        expect('INVITE'), reply(180, 'Ringing'), reply(200, 'OK', sdp=True, repeats=True), expect('ACK'),
        expect('INVITE', wants('a=sendonly', 'held')), reply_in_dialog(200, 'OK', SELF, direction='recvonly'),
        expect('ACK'),
        expect('INVITE', wants('m=audio', 'resumed')), reply_in_dialog(200, 'OK', SELF, direction='sendrecv'),
        expect('ACK'), expect('BYE'), reply_in_dialog(200, 'OK'),
        '<Reference variables="held,resumed"/>'])


def refuses_hold():
    """491 to the first try, 488 to the second: the call goes on."""
    return Scenario('refuses_hold', [
        expect('INVITE'), reply(200, 'OK', sdp=True, repeats=True), expect('ACK'),
        expect('INVITE'), reply_in_dialog(491, 'Request Pending'), expect('ACK'),
        expect('INVITE'), reply_in_dialog(488, 'Not Acceptable Here'), expect('ACK'),
        expect('BYE'), reply_in_dialog(200, 'OK')])


def rings_reliably():
    """A reliable 183 that holds the answer; the 200 holds none (RFC 3262 section 5)."""
    kept = ''.join(remember(h, n) for h, n in (('Via', 'via'), ('CSeq', 'cseq')))
    ok = _send(['SIP/2.0 200 OK', 'Via:[$via]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', 'CSeq:[$cseq]',
                SELF], repeats=True)
    return Scenario('rings_reliably', [
        expect('INVITE', kept + '<ereg regexp="100rel" search_in="hdr" header="Supported:" check_it="true" '
                                'assign_to="knows"/>'),
        reply(183, 'Session Progress', 'Require: 100rel', 'RSeq: 4711', sdp=True, repeats=True),
        expect('PRACK', '<ereg regexp="4711 +[0-9]+ +INVITE" search_in="hdr" header="RAck:" check_it="true" '
                        'assign_to="rack"/>'),
        reply_in_dialog(200, 'OK'), pause(500), ok, expect('ACK'), expect('BYE'), reply_in_dialog(200, 'OK'),
        '<Reference variables="knows,rack"/>'])


def makes_the_offer():
    """The INVITE holds no offer; the ACK holds the answer to ours."""
    answer = '<ereg regexp="m=audio [1-9]" search_in="body" check_it="true" assign_to="answer"/>'
    return Scenario('makes_the_offer', [
        expect('INVITE'), reply(180, 'Ringing'), reply(200, 'OK', sdp=True, repeats=True), expect('ACK', answer),
        expect('BYE'), reply_in_dialog(200, 'OK'), '<Reference variables="answer"/>'])


def plays_before_it_answers():
    return Scenario('plays_before_it_answers', [
        expect('INVITE'), reply(183, 'Session Progress', sdp=True), pause(700), *answer_and_wait_bye()])


def wants_a_refresh():
    """It grants 90 s and leaves the refresh to the caller, who sends an UPDATE after 45 s (RFC 4028)."""
    knows = '<ereg regexp="timer" search_in="hdr" header="Supported:" check_it="true" assign_to="knows"/>'
    asked = '<ereg regexp="90;refresher=uac" search_in="hdr" header="Session-Expires:" check_it="true" assign_to="asked"/>'
    grant = ['Require: timer', 'Session-Expires: 90;refresher=uac']
    return Scenario('wants_a_refresh', [
        expect('INVITE', knows), reply(200, 'OK', 'Allow: INVITE, ACK, BYE, UPDATE', *grant, sdp=True, repeats=True),
        expect('ACK'), expect('UPDATE', asked), reply_in_dialog(200, 'OK', SELF, *grant), expect('BYE'),
        reply_in_dialog(200, 'OK'), '<Reference variables="knows,asked"/>'])


# ---- caller

def _request(method, uri, branch, cseq, *headers, to='', **options):
    return _send([f'{method} {uri} SIP/2.0', VIA + branch, 'Max-Forwards: 70',
                  'From: "SIPp" <sip:sipp@[local_ip]>;tag=caller[pid].[call_number]',
                  f'To: <sip:[service]@[remote_ip]:[remote_port]>{to}', 'Call-ID: [call_id]',
                  f'CSeq: {cseq}', *headers], **options)


TARGET = 'sip:[service]@[remote_ip]:[remote_port]'
TAG = '[peer_tag_param]'


def invite(repeats=True):
    return _request('INVITE', TARGET, 'invite', '1 INVITE', SELF, body=AUDIO, repeats=repeats)


def provisionals():
    return [response(100, optional=True), response(180, optional=True)]


def ack():
    return _request('ACK', '[next_url]', 'ack', '1 ACK', '[routes]', to=TAG)


def ack_refusal():
    return _request('ACK', TARGET, 'invite', '1 ACK', to=TAG)


def bye():
    return [_request('BYE', '[next_url]', 'bye', '2 BYE', '[routes]', to=TAG, repeats=True), response(200)]


def calls(milliseconds):
    return Scenario('calls', [
        invite(), *provisionals(), response(200), ack(), pause(milliseconds), *bye()])


def calls_and_waits():
    """The other side hangs up."""
    return Scenario('calls_and_waits', [
        invite(), *provisionals(), response(200), ack(), expect('BYE'), reply_in_dialog(200, 'OK')])


def _notified(body, status='active'):
    return [expect('NOTIFY', f'<ereg regexp="{body}" search_in="body" check_it="true" assign_to="fragment"/>'
                             + remember('Subscription-State', 'state', status) + remember('Event', 'event', 'refer')
                             + '<log message="[$fragment] [$state] [$event]"/>'),
            reply_in_dialog(200, 'OK')]


def refers(uri):
    """Sends the other side to `uri`, and is told how that goes until it has worked (RFC 3515, RFC 5589)."""
    return Scenario('refers', [
        invite(), *provisionals(), response(200), ack(), pause(300),
        _request('REFER', '[next_url]', 'refer', '2 REFER', SELF, '[routes]', f'Refer-To: <{uri}>',
                 'Referred-By: <sip:sipp@example.com>', to=TAG, repeats=True),
        response(202), *_notified('SIP/2.0 100'), *_notified('SIP/2.0 180'),
        *_notified('SIP/2.0 200', 'terminated'), expect('BYE'), reply_in_dialog(200, 'OK')])


def takes_over(dialog):
    """An INVITE with Replaces is answered without ringing (RFC 3891)."""
    return Scenario('takes_over', [
        _request('INVITE', TARGET, 'invite', '1 INVITE', SELF, f'Replaces: {dialog}', body=AUDIO, repeats=True),
        response(100, optional=True), response(200), ack(), pause(500), *bye()])


def _in_dialog(method, branch, number, *headers, direction=None):
    return _request(method, '[next_url]', branch, f'{number} {method}', *headers, '[routes]', to=TAG,
                    body=_audio(direction) if direction else '', repeats=method != 'ACK')


def holds_and_resumes(milliseconds):
    """A re-INVITE with sendonly, one without an offer of its own, and an UPDATE that resumes."""
    held = '<ereg regexp="a=(recvonly|inactive)" search_in="body" check_it="true" assign_to="held"/>'
    offered = '<ereg regexp="m=audio" search_in="body" check_it="true" assign_to="offered"/>'
    return Scenario('holds_and_resumes', [
        invite(), *provisionals(), response(200), ack(), pause(milliseconds),
        _in_dialog('INVITE', 'hold', 2, SELF, direction='sendonly'), response(100, optional=True),
        response(200, actions=held), _in_dialog('ACK', 'hold-ack', 2), pause(milliseconds),
        _in_dialog('INVITE', 'ask', 3, SELF), response(100, optional=True),
        response(200, actions=offered), _in_dialog('ACK', 'ask-ack', 3, direction='sendonly'), pause(milliseconds),
        _in_dialog('UPDATE', 'update', 4, SELF, direction='sendrecv'), response(200), pause(milliseconds),
        _request('BYE', '[next_url]', 'bye', '5 BYE', '[routes]', to=TAG, repeats=True), response(200),
        '<Reference variables="held,offered"/>'])


def hears_before_the_answer():
    early = '<ereg regexp="m=audio [1-9]" search_in="body" check_it="true" assign_to="early"/>'
    return Scenario('hears_before_the_answer', [
        invite(), *provisionals(), f'<recv response="183" rrs="true">{_action(early)}</recv>', response(200), ack(),
        pause(300), *bye(), '<Reference variables="early"/>'])


def offers_late():
    """The INVITE holds no offer, the ACK the answer."""
    offered = '<ereg regexp="m=audio [1-9]" search_in="body" check_it="true" assign_to="offered"/>'
    return Scenario('offers_late', [
        _request('INVITE', TARGET, 'invite', '1 INVITE', SELF, repeats=True), *provisionals(),
        response(200, actions=offered),
        _request('ACK', '[next_url]', 'ack', '1 ACK', '[routes]', to=TAG, body=AUDIO), pause(500), *bye(),
        '<Reference variables="offered"/>'])


def requires_prack():
    number = '<ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" check_it="true" assign_to="rseq"/>'
    return Scenario('requires_prack', [
        _request('INVITE', TARGET, 'invite', '1 INVITE', SELF, 'Require: 100rel', body=AUDIO, repeats=True),
        response(100, optional=True), f'<recv response="180" rrs="true">{_action(number)}</recv>',
        _request('PRACK', '[next_url]', 'prack', '2 PRACK', 'RAck: [$rseq] 1 INVITE', '[routes]', to=TAG,
                 repeats=True),
        response(200), response(200), ack(), pause(300),
        _request('BYE', '[next_url]', 'bye', '3 BYE', '[routes]', to=TAG, repeats=True), response(200)])


def asks_for_too_short_a_session():
    least = '<ereg regexp="90" search_in="hdr" header="Min-SE:" check_it="true" assign_to="least"/>'
    granted = ('<ereg regexp="90;refresher=uac" search_in="hdr" header="Session-Expires:" check_it="true" '
               'assign_to="granted"/>')

    def asks(seconds, number):
        return _request('INVITE', TARGET, f'invite{number}', f'{number} INVITE', SELF, 'Supported: timer',
                        f'Session-Expires: {seconds}', body=AUDIO, repeats=True)
    return Scenario('asks_for_too_short_a_session', [
        asks(60, 1), response(100, optional=True), response(422, actions=least),
        _request('ACK', TARGET, 'invite1', '1 ACK', to=TAG),
        asks(90, 2), *provisionals(), response(200, actions=granted),
        _request('ACK', '[next_url]', 'ack', '2 ACK', '[routes]', to=TAG), pause(300),
        _request('BYE', '[next_url]', 'bye', '3 BYE', '[routes]', to=TAG, repeats=True), response(200),
        '<Reference variables="least,granted"/>'])


def refreshes_the_session():
    """By UPDATE and by a re-INVITE with the same description; each is granted the same again (RFC 4028)."""
    def granted(n):
        return ('<ereg regexp="90;refresher=uac" search_in="hdr" header="Session-Expires:" check_it="true" '
                f'assign_to="granted{n}"/>')
    timer = ['Supported: timer', 'Session-Expires: 90;refresher=uac']
    return Scenario('refreshes_the_session', [
        _request('INVITE', TARGET, 'invite', '1 INVITE', SELF, *timer, body=AUDIO, repeats=True), *provisionals(),
        response(200, actions=granted(1)), ack(), pause(300),
        _in_dialog('UPDATE', 'update', 2, SELF, *timer), response(200, actions=granted(2)), pause(300),
        _in_dialog('INVITE', 'again', 3, SELF, *timer, direction='sendrecv'), response(100, optional=True),
        response(200, actions=granted(3)), _in_dialog('ACK', 'again-ack', 3), pause(300),
        _request('BYE', '[next_url]', 'bye', '4 BYE', '[routes]', to=TAG, repeats=True), response(200),
        '<Reference variables="granted1,granted2,granted3"/>'])


def is_refused(status):
    return Scenario(f'is_refused_{status}', [invite(), *provisionals(), response(status), ack_refusal()])


def cancels():
    return Scenario('cancels', [
        invite(), response(100, optional=True), response(180), pause(500),
        _request('CANCEL', TARGET, 'invite', '1 CANCEL', repeats=True), response(200), response(487), ack_refusal()])


def repeats_invite():
    """The same INVITE again while it rings: the 180 comes again, and it is the same dialog that is answered."""
    tag = 'tag=[^;]*'
    return Scenario('repeats_invite', [
        invite(repeats=False), response(100, optional=True),
        response(180, actions=remember('To', 'tag', tag)), pause(200),
        invite(repeats=False), response(100, optional=True), response(180),
        response(200, actions=remember('To', 'tag2', tag) +
                 '<strcmp assign_to="order" variable="tag" variable2="tag2"/>'
                 '<test assign_to="differ" variable="order" compare="not_equal" value="0"/>'),
        ack(), pause(300), *bye(),
        '<nop condexec="differ"><action><error message="a second dialog"/></action></nop>'], retransmits=False)


def loses_acks():
    """Two ACKs are lost on the way, so the 200 has to come three times."""
    return Scenario('loses_acks', [
        invite(repeats=False), *provisionals(), response(200), response(200), response(200), ack(), pause(500),
        *bye()], retransmits=False)


def presses_by_info(keys):
    """Digits as many gateways send them (application/dtmf-relay)."""
    steps = []
    for number, key in enumerate(keys, 2):
        info = _request('INFO', '[next_url]', f'info{number}', f'{number} INFO', '[routes]',
                        'Content-Type: application/dtmf-relay', to=TAG, repeats=True)
        steps += [info.replace('\n\n\n]]>', f'\n\nSignal={key}\nDuration=160\n]]>'), response(200), pause(200)]
    last = _request('BYE', '[next_url]', 'bye', f'{len(keys) + 2} BYE', '[routes]', to=TAG, repeats=True)
    return Scenario('presses_by_info', [
        invite(), *provisionals(), response(200), ack(), pause(300), *steps, last, response(200)])


def hears_info(keys):
    """Has no telephone-event, so the digits come by INFO."""
    answer = reply(200, 'OK', sdp=True, repeats=True).replace(' 101', '').replace(
        'a=rtpmap:101 telephone-event/8000', 'a=sendrecv').replace('a=fmtp:101 0-15', 'a=ptime:20')
    steps = []
    for key in keys:
        pressed = (f'<ereg regexp="Signal= *{key}" search_in="body" check_it="true" assign_to="key"/>'
                   + remember('Content-Type', 'kind', 'application/dtmf-relay') + '<log message="[$key] [$kind]"/>')
        steps += [expect('INFO', pressed), reply_in_dialog(200, 'OK')]
    return Scenario('hears_info', [
        expect('INVITE'), answer, expect('ACK'), *steps, expect('BYE'), reply_in_dialog(200, 'OK')])


def presses(keys, lead=500, tail=500):
    """Digits from SIPp's own captures of RFC 4733 events, payload type 101."""
    steps = []
    for key in keys:
        file = f'{PCAPS}/dtmf_2833_{KEYS.get(key, key)}.pcap'
        steps += [f'<nop><action><exec play_pcap_audio="{file}"/></action></nop>', pause(400)]
    return Scenario('presses', [
        invite(), *provisionals(), response(200), ack(), pause(lead), *steps, pause(tail), *bye()])
