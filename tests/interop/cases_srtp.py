"""SRTP with baresip: both sides hear each other, and nobody between them does."""
from collections import Counter

from capture import Capture
from cases_calls import LEVEL, OURS, THEIRS, check_tone
from peers import REALM, Baresip, Kamailio, Solosip
from processes import check
import tones

SUITE = 'AES_CM_128_HMAC_SHA1_80'
TAG = 10


def _payloads(wire, port):
    """What follows the RTP header, of all RTP from that port."""
    rows = wire.read(f'udp.srcport == {port} && udp.length > 150 && !icmp && !sip', 'udp.payload')
    return [bytes.fromhex(row[0].replace(':', ''))[12:] for row in rows]


def _check_encrypted(wire, bob):
    """Octets of A-law tones and silence are few; encrypted ones are all alike."""
    ports = {int(row[0]) for row in wire.read('udp.length > 150 && !icmp && !sip', 'udp.srcport')}
    check(len(ports) == 2, f'audio from {sorted(ports)}')
    for port in ports:
        whose = 'baresip' if bob.rtp_first <= port <= bob.rtp_first + 100 else 'solosip'
        payloads = [p for p in _payloads(wire, port) if len(p) == 160 + TAG]
        check(len(payloads) > 100, f'{len(payloads)} encrypted packets of {whose}')
        count = Counter(b''.join(p[:160] for p in payloads))
        most = max(count.values()) / sum(count.values())
        print(f'{whose}: {len(payloads)} packets, the most frequent octet is {100 * most:.2f} % of all')
        check(len(count) == 256 and most < 0.01, f'{whose} can be understood')


def _check_media(media):
    check(media.get('srtp') == SUITE, f'it says {media}')
    # baresip, where it need not encrypt, may begin before it has seen our answer.
    check(media['unauthentic'] <= 2, f'{media["unauthentic"]} packets were refused')
    check(media['received'] > 100, f'{media["received"]} packets came')


def _lab(lab, encryption):
    proxy = Kamailio(lab)
    bob = Baresip(lab, 'bob', proxy.port, tone=THEIRS, codecs='PCMA', modules=['srtp'], encryption=encryption)
    sound, record = lab.directory / 'ours.wav', lab.directory / 'heard.wav'
    tones.write_tone(sound, OURS, 2.0, LEVEL)
    return proxy, bob, ['--play', sound, '--record', record, '--hang-up-after', '5'], record


def _finish(phone, bob, wire, record):
    media = phone.wait_event('media', 12)
    check(phone.wait(5) == 0, 'the exit status is not 0')
    wire.finish()
    check_tone(bob.heard(), OURS, length=2.0)
    check_tone(record, THEIRS, at_least=3.0)
    _check_media(media)
    _check_encrypted(wire, bob)


def case_srtp_with_baresip(lab):
    """We require it (RTP/SAVP), and hold and resume with the same keys."""
    proxy, bob, arguments, record = _lab(lab, 'srtp-mand')
    wire = Capture(lab, [proxy.port, bob.port])
    phone = Solosip(lab, 'call', '--srtp', 'required', *arguments, '--hold-after', '3.2', '--resume-after', '3.8',
                    f'sip:bob@{REALM}', account='alice', proxy=proxy.port)
    wire.sip_ports.append(phone.port)
    phone.wait_event('answered')
    bob.press('42')
    _finish(phone, bob, wire, record)
    check(phone.digits() == '42', f'digits {phone.digits()!r}')


def case_called_by_baresip_with_srtp(lab):
    """It offers keys in RTP/AVP (RFC 8643), and we prefer to be encrypted."""
    proxy, bob, arguments, record = _lab(lab, 'srtp')
    wire = Capture(lab, [proxy.port, bob.port])
    phone = Solosip(lab, 'answer', '--srtp', 'preferred', *arguments, '--count', '1', account='alice', proxy=proxy.port)
    wire.sip_ports.append(phone.port)
    phone.wait_event('registered')
    bob.command('dial', f'sip:alice@{REALM}')
    _finish(phone, bob, wire, record)


def case_srtp_required_of_baresip_without(lab):
    proxy = Kamailio(lab)
    bob = Baresip(lab, 'bob', proxy.port, tone=THEIRS, codecs='PCMA')
    phone = Solosip(lab, 'call', '--srtp', 'required', f'sip:bob@{REALM}', account='alice', proxy=proxy.port)
    check(phone.wait(10) == 1, 'the exit status is not 1')
    ended = phone.all_events('ended')
    check([e['status'] for e in ended] == [488], f'it ended by {ended}')
    said = ' '.join(phone.errors)
    print(said)
    check('SRTP' in said, f'it says {said!r}')
    check(not list(bob.home.glob('dump-*-dec.wav')), 'baresip heard something')
