"""linphone's console client, told what to do on its standard input."""
import os
import subprocess

import processes
import tones
from peers import PASSWORD, REALM
from processes import Failure, Process, Skip, check, free_port, need

ADDRESS = '198.51.100.9'


def _ip(command):
    return subprocess.run(['ip', *command.split()], capture_output=True, text=True)


def make_interface():
    """It takes a machine without a default route for one without a network; so our own gets one that leads
    nowhere."""
    if os.environ.get('SOLOSIP_INTEROP_NETWORK') != 'own':
        return  # the machine's own network; it shows whether that is good enough
    if _ip('link add outside type dummy').returncode != 0:
        made = _ip('link add outside type veth peer name beyond')
        if made.returncode != 0:
            raise Skip(f'linphone needs a default route, and no interface can be made: {made.stderr}')
        _ip('link set beyond up')
    for command in ('link set outside up', f'addr add {ADDRESS}/24 dev outside',
                    'route add default via 198.51.100.1 dev outside'):
        done = _ip(command)
        check(done.returncode == 0, f'ip {command}: {done.stderr}')


class Linphone(Process):
    """A user agent that answers by itself, sends a tone of `tone` Hz and records what it hears."""

    def __init__(self, lab, user='bob', proxy=None, tone=600):
        program = need('linphonec', 'linphone-cli')
        make_interface()
        self.home = lab.directory / user
        for part in ('.local/share/linphone', '.config/linphone'):
            (self.home / part).mkdir(parents=True)
        self.port = free_port()
        tones.write_tone(self.home / 'tone.wav', tone, 40, -12, rate=8000, channels=1)
        config = self.home / 'rc'
        config.write_text('\n'.join([
            '[sip]', f'sip_port={self.port}', 'sip_tcp_port=-1', 'sip_tls_port=-1', 'use_ipv6=0', 'default_proxy=0',
            '[rtp]', f'audio_rtp_port={free_port() // 2 * 2}',
            '[auth_info_0]', f'username={user}', f'passwd={PASSWORD}', f'realm={REALM}',
            '[proxy_0]', f'reg_proxy=<sip:127.0.0.1:{proxy}>', f'reg_route=<sip:127.0.0.1:{proxy};lr>',
            f'reg_identity=sip:{user}@{REALM}', 'reg_expires=60', 'reg_sendregister=1', 'publish=0', '']))
        super().__init__(lab, f'linphone-{user}',
                         ['stdbuf', '-oL', program, '-a', '-c', config, '-d', '6', '-l', self.home / 'debug.log'],
                         stdin=subprocess.PIPE, env={**os.environ, 'HOME': str(self.home)})
        try:
            processes.wait_until(lambda: processes.udp_port_bound(self.port), 15, 'linphone listens')
        except Failure as e:
            raise Skip(f'{e}: it needs a default route') from None
        self.record = self.home / 'heard.wav'
        for command in ('soundcard use files', f'play {self.home / "tone.wav"}', f'record {self.record}'):
            self.command(command)
        self.wait_log('LinphoneRegistrationOk', 15)

    def wait_log(self, text, seconds):
        """Until its own log has that."""
        log = self.home / 'debug.log'
        processes.wait_until(lambda: log.exists() and text in log.read_text(errors='replace'), seconds,
                             f'{text} of {self.name}')

    def command(self, text):
        self.child.stdin.write(text.encode() + b'\n')
        self.child.stdin.flush()
