"""Rubbish on all our ports while a call goes on and digits arrive."""
import random
import socket
import struct
import threading

import scenarios
from peers import Sipp, Solosip
from processes import check

SEED = 20261121
REQUEST = ('{method} sip:solosip@127.0.0.1:{port} SIP/2.0\r\n'
           'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{n}\r\nMax-Forwards: 70\r\n'
           'From: <sip:noise@127.0.0.1>;tag=n{n}\r\nTo: <sip:solosip@127.0.0.1>;tag=none\r\n'
           'Call-ID: noise-{n}\r\nCSeq: {n} {method}\r\nContact: <sip:noise@127.0.0.1:9>\r\n'
           'Content-Length: 0\r\n\r\n')


def _rtp(rng, version=2, payload_type=8, size=160):
    return struct.pack('>BBHII', version << 6, payload_type, rng.randrange(65536), rng.randrange(2 ** 32),
                       rng.randrange(2 ** 32)) + rng.randbytes(size)


def _random_bytes(rng, n, port):
    return rng.randbytes(rng.choice((0, 1, 3, 11, 12, 13, 60, 400, 1500)))


def _cut_off_message(rng, n, port):
    whole = REQUEST.format(method='INVITE', port=port, n=n).encode()
    return whole[:rng.randrange(len(whole))]


def _broken_message(rng, n, port):
    whole = bytearray(REQUEST.format(method='OPTIONS', port=port, n=n).encode())
    for _ in range(5):
        whole[rng.randrange(len(whole))] = rng.randrange(256)
    return bytes(whole)


def _stray_request(rng, n, port):
    return REQUEST.format(method=rng.choice(('BYE', 'ACK', 'CANCEL', 'INFO')), port=port, n=n).encode()


def _stray_response(rng, n, port):
    status = rng.choice(('100 Trying', '180 Ringing', '200 OK', '486 Busy Here', '700 Odd'))
    body = REQUEST.format(method='INVITE', port=port, n=n).split('\r\n', 1)[1]
    return f'SIP/2.0 {status}\r\n{body}'.encode()


def _odd_rtp(rng, n, port):
    return rng.choice((
        _rtp(rng, version=rng.choice((0, 1, 3))),
        _rtp(rng, payload_type=77),
        _rtp(rng)[:rng.randrange(12)],
        _rtp(rng, payload_type=8 | 0x80, size=0),
        struct.pack('>BB', 0x9f, 8) + rng.randbytes(10),           # says 15 CSRCs and an extension, has none
        struct.pack('>BBH', 0x81, 201, 7) + rng.randbytes(28),     # RTCP
        struct.pack('>HHI', 1, 0, 0x2112A442) + rng.randbytes(12)  # STUN
    ))


KINDS = (_random_bytes, _cut_off_message, _broken_message, _stray_request, _stray_response, _odd_rtp)


class Noise(threading.Thread):
    """About 500 packets a second, every kind to every port."""

    def __init__(self, ports):
        super().__init__(daemon=True)
        self.ports, self.sent = ports, 0
        self._over = threading.Event()

    def run(self):
        rng = random.Random(SEED)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.bind(('127.0.0.1', 0))
            while not self._over.wait(0.002):
                port = rng.choice(self.ports)
                out.sendto(rng.choice(KINDS)(rng, self.sent, port), ('127.0.0.1', port))
                self.sent += 1

    def end(self):
        self._over.set()
        self.join()


def case_noise_while_digits_arrive(lab):
    phone = Solosip(lab, 'answer', '--count', '1')
    phone.wait_event('listening')
    peer = Sipp(lab, scenarios.presses('1590*#', lead=800), target=f'127.0.0.1:{phone.port}')
    phone.wait_event('answered')
    ports = phone.udp_ports()
    check(len(ports) >= 2, f'only the ports {ports}')
    noise = Noise(ports)
    noise.start()
    peer.verdict()
    noise.end()
    print(f'{noise.sent} packets of noise to the ports {ports}, seed {SEED}')
    check(noise.sent > 500, 'that was no flood')
    check(phone.wait(8) == 0, 'the exit status is not 0')
    check(len(phone.all_events('ended')) == 1, 'not exactly one end')
    check(phone.digits() == '1590*#', f'digits {phone.digits()!r}')
