"""What went over the loopback, as tshark reads it."""
import re
import subprocess
from typing import NamedTuple

import processes
from processes import Process, check, need


class Packet(NamedTuple):
    at: float
    source: int
    destination: int
    ssrc: int
    sequence: int
    timestamp: int
    payload_type: int
    event: str


class Stream(NamedTuple):
    source: int
    destination: int
    ssrc: int
    payload: str
    packets: int
    lost: int
    largest_delta: float  # ms, as the others
    mean_jitter: float
    largest_jitter: float


class Capture(Process):
    def __init__(self, lab, sip_ports, name='capture'):
        self.tshark = need('tshark', 'tshark')
        self.file = lab.directory / f'{name}.pcapng'
        self.sip_ports = sip_ports
        super().__init__(lab, name, [need('dumpcap', 'wireshark-common'), '-q', '-i', 'lo', '-w', self.file])
        try:
            self.wait_line(lambda line: line.startswith('File:'), 8, 'the capture begins')
        except processes.Failure as failure:
            raise processes.Skip(f'no capture: {failure} {self.errors[-1:]}') from None

    def finish(self):
        """dumpcap writes what it has a moment after a packet came."""
        processes.pause(0.5)
        self.interrupt()
        self.wait(5)

    def read(self, display_filter, *fields):
        command = [self.tshark, '-n', '-r', str(self.file), '-o', 'rtp.heuristic_rtp:FALSE']
        for port in self.sip_ports:
            command += ['-d', f'udp.port=={port},sip']
        command += ['-Y', display_filter, '-T', 'fields', '-E', 'separator=/t']
        for field in fields or ['frame.number']:
            command += ['-e', field]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        check(done.returncode == 0, f'tshark: {done.stderr}')
        return [line.split('\t') for line in done.stdout.splitlines()]

    def requests(self, method, from_port=None):
        source = f' && udp.srcport == {from_port}' if from_port else ''
        return self.read(f'sip.Method == "{method}" && sip.Request-Line && !icmp{source}', 'frame.time_epoch', 'udp.payload')

    def streams(self):
        """tshark's own analysis: one for each RTP stream."""
        command = [self.tshark, '-n', '-q', '-r', str(self.file), '-o', 'rtp.heuristic_rtp:FALSE', '-z', 'rtp,streams']
        for port in self.sip_ports:
            command += ['-d', f'udp.port=={port},sip']
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        check(done.returncode == 0, f'tshark: {done.stderr}')
        found = []
        for line in done.stdout.splitlines():
            # Times, addresses with ports, SSRC, payload (may hold blanks), packets, lost (per cent), then
            # least, mean and largest of the deltas and of the jitter.
            row = re.match(r'\s*[\d.]+\s+[\d.]+\s+\S+\s+(\d+)\s+\S+\s+(\d+)\s+0x(\w+)\s+(\S.*?)\s+(\d+)'
                           r'\s+(-?\d+)\s+\([^)]*\)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)'
                           r'\s+([\d.]+)', line)
            if row:
                found.append(Stream(int(row[1]), int(row[2]), int(row[3], 16), row[4], int(row[5]), int(row[6]),
                                    float(row[9]), float(row[11]), float(row[12])))
        return found

    def malformed(self):
        return self.read('_ws.malformed && !icmp', 'frame.number', 'frame.protocols')

    def rtp(self, from_port=None, to_port=None):
        wanted = 'rtp && !icmp'
        if from_port:
            wanted += f' && udp.srcport == {from_port}'
        if to_port:
            wanted += f' && udp.dstport == {to_port}'
        rows = self.read(wanted, 'frame.time_epoch', 'udp.srcport', 'udp.dstport', 'rtp.ssrc', 'rtp.seq',
                         'rtp.timestamp', 'rtp.p_type', 'rtpevent.event_id')
        return [Packet(float(r[0]), int(r[1]), int(r[2]), int(r[3], 16), int(r[4]), int(r[5]), int(r[6]), r[7])
                for r in rows]


def check_stream(packets, seconds):
    """One steady stream of 20 ms packets, as RFC 3550 and RFC 3551 want it."""
    check(len(packets) > 40, f'only {len(packets)} RTP packets')
    check(len({p.ssrc for p in packets}) == 1, 'more than one SSRC')
    pairs = list(zip(packets, packets[1:]))
    steps = {(b.sequence - a.sequence) % 65536 for a, b in pairs}
    check(steps == {1}, f'sequence numbers step by {sorted(steps)}')
    strides = {(b.timestamp - a.timestamp) % 2 ** 32 for a, b in pairs}
    check(strides == {160}, f'timestamps step by {sorted(strides)}')
    rate = (len(packets) - 1) / (packets[-1].at - packets[0].at)
    delta = max(b.at - a.at for a, b in pairs) * 1000
    print(f'{len(packets)} packets, {rate:.2f} a second, largest delta {delta:.1f} ms')
    check(49.5 <= rate <= 50.5, f'{rate:.2f} packets a second')
    check(packets[-1].at - packets[0].at >= seconds, 'the stream is too short')
    return delta
