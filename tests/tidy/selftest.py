#!/usr/bin/env python3
"""Shows that each rule of tidy.py can fail: a small good tree passes, and each wrong in turn is found."""
import pathlib
import subprocess
import sys
import tempfile

TIDY = pathlib.Path(__file__).with_name('tidy.py')

TABLE = '''
| room | may include | outside headers | what |
|---|---|---|---|
| `base` | - | openssl (`src/base/system_random.cpp`) | - |
| `sip` | base | - | - |
| `rtp` | base | - | - |
| `media` | base, rtp | - | - |
| `net` | base, sip | asio, system | - |
| `codecs` | base, media/codec.hpp | - | - |

| source | covered by |
|---|---|
| `src/net/pump.cpp` | `tests/net/agent.cpp` |
'''
GOOD = {
    'docs/architecture.md': TABLE,
    'include/solosip/base/time.hpp': '#pragma once\n#include <chrono>\n',
    'include/solosip/media/codec.hpp': '#pragma once\n',
    'src/base/system_random.cpp': '#include <openssl/rand.h>\n',
    'tests/base/system_random.cpp': '',
    'src/sip/uri.cpp': '#include "solosip/base/time.hpp"\n// "clock::now" in a comment is no call\n',
    'tests/sip/uri.cpp': 'TEST_CASE("long")\n{' + '\n' * 90 + '}\n',
    'src/net/pump.cpp': '#include <asio.hpp>\n#include <mutex>\nauto t = clock::now();\n',
    'tests/net/agent.cpp': '',
    'codecs/g711/g711.cpp': '#include "solosip/media/codec.hpp"\n',
    'tests/codecs/g711.cpp': '',
}
LONG = 'int f(int a)\n{\n' + '    ++a;\n' * 68 + '    return a;\n}\n'
OFFENDERS = 'tests/tidy/offenders.txt'

# What is laid over the good tree, and what tidy has to say of it; nothing to say where it is None.
CASES = [
    ('the good tree', {}, None),
    ('no door', {'src/sip/uri.cpp': '#include "solosip/media/codec.hpp"\n'}, 'no door from sip to media'),
    ('no door, private header', {'src/rtp/packet.hpp': '#include "sip/uri.hpp"\n'}, 'no door from rtp to sip'),
    ('only one header of a room', {'codecs/g711/g711.cpp': '#include "solosip/media/session.hpp"\n'},
     'no door from codecs to media'),
    ('Asio in the core', {'src/sip/uri.cpp': '#include <asio/ip/udp.hpp>\n'}, 'asio must not be seen'),
    ('OpenSSL elsewhere in base', {'include/solosip/base/time.hpp': '#include <openssl/evp.h>\n'},
     'openssl must not be seen'),
    ('libsndfile outside audio', {'src/net/pump.cpp': '#include <sndfile.h>\n'}, 'sndfile must not be seen'),
    ('libsamplerate outside audio', {'src/net/pump.cpp': '#include <samplerate.h>\n'},
     'samplerate must not be seen'),
    ('libsrtp2 outside srtp', {'src/net/pump.cpp': '#include <srtp2/srtp.h>\n'}, 'srtp2 must not be seen'),
    ('a thread in the core', {'src/sip/uri.cpp': '#include <thread>\n'}, 'system must not be seen'),
    ('a room without a row', {'src/cellar/x.hpp': ''}, 'room "cellar" is not in the table'),
    ('a clock', {'src/sip/uri.cpp': 'auto t = std::chrono::steady_clock::now();\n'}, 'reads a clock'),
    ('a sleeping test', {'tests/sip/uri.cpp': 'std::this_thread::sleep_for(1s);\n'}, 'waits in real time'),
    ('an open end', {'src/sip/uri.cpp': '// TO' 'DO: later\n'}, 'leaves work open'),
    ('a path', {'examples/demo': 'cd /wo' 'rk/somewhere\n'}, 'a path of one machine'),
    ('a dash that is not ASCII', {'README.md': 'solosip \u2013 a phone\n'}, 'is not ASCII'),
    ('no test', {'src/sip/via.cpp': ''}, 'has no test: tests/sip/via.cpp'),
    ('no such test', {'docs/architecture.md': TABLE + '| `src/sip/uri.cpp` | `tests/no.cpp` |\n'},
     'a test that is not there'),
    ('a long file', {'src/sip/uri.cpp': '\n' * 501}, 'has 501 lines, 500 at most'),
    ('a long function', {'src/sip/uri.cpp': LONG}, 'uri.cpp:f has 72 lines, 70 at most'),
    ('a long member', {'src/sip/uri.cpp': 'namespace a\n{\nclass b\n{\npublic:\n' + LONG + '};\n}\n'},
     'uri.cpp:f has 72 lines'),
    ('a long class is none', {'src/sip/uri.cpp': 'template <class... T>\nclass a<void(T...)>\n{\n' +
                              '    int f();\n' * 80 + '};\n'}, None),
    ('a known offender', {'src/sip/uri.cpp': LONG, OFFENDERS: 'src/sip/uri.cpp:f 72\n'}, None),
    ('it grew', {'src/sip/uri.cpp': LONG, OFFENDERS: 'src/sip/uri.cpp:f 71\n'}, 'has 72 lines, 71 at most'),
    ('it shrank', {'src/sip/uri.cpp': LONG, OFFENDERS: 'src/sip/uri.cpp:f 80\n'}, 'shrank to 72'),
    ('it is gone', {OFFENDERS: 'src/sip/uri.cpp:f 80\n'}, 'offends no longer'),
    ('no table', {'docs/architecture.md': ''}, 'has no table of rooms'),
]


def run(tree: dict) -> tuple:
    with tempfile.TemporaryDirectory() as where:
        for name, text in tree.items():
            path = pathlib.Path(where, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')
        done = subprocess.run([sys.executable, str(TIDY), '--root', where], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


def main() -> int:
    failed = 0
    for name, change, expected in CASES:
        status, said = run(GOOD | change)
        right = status == 0 if expected is None else status == 1 and expected in said
        if not right:
            failed += 1
            print(f'FAILED: {name}: status {status}, said:\n{said}')
    print(f'{len(CASES) - failed} of {len(CASES)} cases as expected')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
