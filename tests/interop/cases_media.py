"""Codecs and reports, with baresip: what each side hears is measured."""
import subprocess

from capture import Capture
from cases_calls import LEVEL, OURS, THEIRS, check_tone
from peers import REALM, Baresip, Kamailio, Solosip
from processes import Skip, check
import tones


def _call(lab, ours, theirs, rate, modules, pitches, seconds='4'):
    proxy = Kamailio(lab)
    bob = Baresip(lab, 'bob', proxy.port, tone=pitches[1], codecs=theirs, rate=rate, modules=modules)
    sound, record = lab.directory / 'ours.wav', lab.directory / 'heard.wav'
    tones.write_tone(sound, pitches[0], 2.0, LEVEL)
    wire = Capture(lab, [proxy.port, bob.port])
    phone = Solosip(lab, 'call', '--codecs', ours, '--play', sound, '--record', record, '--hang-up-after', seconds,
                    f'sip:bob@{REALM}', account='alice', proxy=proxy.port)
    wire.sip_ports.append(phone.port)
    phone.wait_event('answered')
    media = phone.wait_event('media', float(seconds) + 8)
    phone.wait_event('ended', 5)
    check(phone.wait(5) == 0, 'the exit status is not 0')
    wire.finish()
    check(not wire.malformed(), f'malformed packets: {wire.malformed()}')
    check_tone(bob.heard(), pitches[0], length=2.0)
    check_tone(record, pitches[1], at_least=3.0)
    return bob, wire, media


def _check_packets(bob, wire, step, payload):
    packets = wire.rtp()
    sides = [[p for p in packets if (bob.rtp_first <= p.source <= bob.rtp_first + 100) == theirs]
             for theirs in (False, True)]
    for side in sides:
        check(len(side) > 100, f'only {len(side)} packets')
        check({p.payload_type for p in side} <= payload, f'payload types {({p.payload_type for p in side})}')
        strides = {(b.timestamp - a.timestamp) % 2 ** 32 for a, b in zip(side, side[1:])}
        check(step in strides, f'timestamps step by {sorted(strides)}')


# Tones that a narrow band would not carry.
WIDE = (5000, 4600)


def case_g722_with_baresip(lab):
    bob, wire, _ = _call(lab, 'G722,PCMA', 'G722/16000/1', 16000, ['g722'], WIDE)
    _check_packets(bob, wire, 160, {9})  # RFC 3551 section 4.5.2: the clock is 8000 Hz


def case_l16_with_baresip(lab):
    bob, wire, _ = _call(lab, 'L16,PCMA', 'L16/16000/1', 16000, ['l16'], WIDE)
    _check_packets(bob, wire, 320, set(range(96, 128)))


def case_opus_with_baresip(lab):
    usage = subprocess.run([lab.program, 'call', '--help'], capture_output=True, text=True, check=True).stdout
    if 'opus' not in usage:
        raise Skip('solosip was built without Opus (SOLOSIP_OPUS)')
    bob, wire, _ = _call(lab, 'opus,PCMA', 'opus/48000/2', 48000, ['opus'], WIDE)
    _check_packets(bob, wire, 960, set(range(96, 128)))


def case_called_by_baresip_with_g722(lab):
    proxy = Kamailio(lab)
    bob = Baresip(lab, 'bob', proxy.port, tone=WIDE[1], codecs='G722/16000/1', rate=16000, modules=['g722'])
    sound, record = lab.directory / 'ours.wav', lab.directory / 'heard.wav'
    tones.write_tone(sound, WIDE[0], 2.0, LEVEL, rate=16000, channels=1)
    phone = Solosip(lab, 'answer', '--codecs', 'PCMA,G722', '--play', sound, '--record', record, '--count', '1',
                    '--hang-up-after', '4', account='alice', proxy=proxy.port)
    phone.wait_event('registered')
    bob.command('dial', f'sip:alice@{REALM}')
    bob.wait_event('CALL_CLOSED', 12)
    check(phone.wait(5) == 0, 'the exit status is not 0')
    check_tone(bob.heard(), WIDE[0], length=2.0)
    check_tone(record, WIDE[1], at_least=3.0)


def case_stream_beside_baresip(lab):
    """tshark's analysis of our stream and of baresip's in one call, and what both tell by RTCP."""
    bob, wire, media = _call(lab, 'PCMA', 'PCMA', 8000, [], (OURS, THEIRS), seconds='14')
    streams = wire.streams()
    check(len(streams) == 2, f'{len(streams)} streams: {streams}')
    for s in streams:
        whose = 'baresip' if bob.rtp_first <= s.source <= bob.rtp_first + 100 else 'solosip'
        print(f'{whose}: {s.packets} packets, {s.lost} lost, largest delta {s.largest_delta:.2f} ms, '
              f'jitter {s.mean_jitter:.3f} ms (mean), {s.largest_jitter:.3f} ms (largest)')
        if whose == 'solosip':
            check(s.lost == 0, f'{s.lost} packets of ours are lost')
            check(690 <= s.packets <= 710, f'{s.packets} packets in 14 s')
    ours = [p for p in wire.rtp() if not bob.rtp_first <= p.source <= bob.rtp_first + 100]
    check({(b.sequence - a.sequence) % 65536 for a, b in zip(ours, ours[1:])} == {1}, 'ours are out of order')
    print(f'by RTCP: {media}')
    check(media['reports_heard'] >= 1, 'baresip told us nothing')
    check(media['remote_lost'] == 0, f'baresip misses {media["remote_lost"]} packets')
    check(0 <= media['round_trip_ms'] < 200, f'a round trip of {media["round_trip_ms"]} ms')
    reports = wire.read('rtcp && !icmp', 'udp.srcport', 'rtcp.pt')
    check(any(int(r[0]) not in range(bob.rtp_first, bob.rtp_first + 101) for r in reports), 'we sent no report')
