#!/usr/bin/env python3
"""One test of solosip against a program that others wrote.

run.py --program PATH CASE...   status 0 passed, 1 failed, 77 skipped (the reason is printed)
run.py --list                   the names of all cases

Where it may, it moves into a network of its own that has only a loopback, and into a process space of
its own, so that nothing meets another run and nothing is left behind. Elsewhere it takes free ports.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

import cases_calls
import cases_lab
import cases_linphone
import cases_media
import cases_noise
import cases_peers
import cases_register
import cases_requests
import cases_sessions
import cases_srtp
from processes import Failure, Lab, Skip

SKIPPED = 77
CASES = {name[len('case_'):]: function
         for module in (cases_lab, cases_peers, cases_register, cases_requests, cases_sessions, cases_calls,
                        cases_linphone, cases_media, cases_noise, cases_srtp)
         for name, function in vars(module).items() if name.startswith('case_')}


def enter_own_network():
    if os.environ.get('SOLOSIP_INTEROP_NETWORK'):
        return
    os.environ['SOLOSIP_INTEROP_NETWORK'] = 'shared'
    command = ['unshare', '--net', '--pid', '--mount-proc', '--fork', '--kill-child']
    if os.geteuid() != 0:
        command.append('--map-root-user')
    try:
        possible = subprocess.run([*command, 'ip', 'link', 'set', 'lo', 'up'], capture_output=True)
    except FileNotFoundError:
        return
    if possible.returncode == 0:
        os.environ['SOLOSIP_INTEROP_NETWORK'] = 'own'
        script = 'ip link set lo up && exec "$@"'
        os.execvp('unshare', [*command, 'sh', '-c', script, 'sh', sys.executable, *sys.argv])


def run(name, program):
    with tempfile.TemporaryDirectory(prefix=f'solosip-{name}-') as directory:
        lab = Lab(directory, program)
        begin = time.monotonic()
        try:
            CASES[name](lab)
        except Skip as skip:
            print(f'SKIPPED {name}: {skip}')
            return SKIPPED
        except Exception as problem:
            lab.close()
            lab.print_logs()
            if not isinstance(problem, Failure):
                traceback.print_exc(file=sys.stdout)
            print(f'FAILED {name}: {problem}')
            return 1
        finally:
            lab.close()
        print(f'passed {name} in {time.monotonic() - begin:.1f} s')
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', type=pathlib.Path)
    parser.add_argument('--list', action='store_true')
    parser.add_argument('case', nargs='*', choices=[[], *CASES])
    arguments = parser.parse_args()
    if arguments.list:
        print('\n'.join(CASES))
        return 0
    enter_own_network()
    program = arguments.program and arguments.program.resolve()
    return max((run(name, program) for name in arguments.case), default=0)


if __name__ == '__main__':
    sys.exit(main())
