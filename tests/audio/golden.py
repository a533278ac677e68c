#!/usr/bin/env python3
"""A sine, and speech of espeak-ng, through calls with each codec: golden.py GOLDEN. Ends with status 77
where espeak-ng is missing."""
import array
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import wave

TEXT = '''The door of the house on the hill was open, and nobody was there. Please leave a message after the
tone. Seven, five, three, zero. She sells sea shells; he sees silver stars.'''


def main() -> int:
    if not shutil.which('espeak-ng'):
        print('espeak-ng is not installed')
        return 77
    with tempfile.TemporaryDirectory() as folder:
        speech, sine = str(pathlib.Path(folder) / 'speech.wav'), str(pathlib.Path(folder) / 'sine.wav')
        subprocess.run(['espeak-ng', '-v', 'en', '-w', speech, TEXT], check=True)
        # No fraction of a rate, so that all levels are met; G.711 is at its best from -3 to -40 dB.
        samples = array.array('h', (round(16000 * math.sin(2 * math.pi * 811.37 * n / 48000))
                                    for n in range(4 * 48000)))
        if sys.byteorder == 'big':
            samples.byteswap()
        with wave.open(sine, 'wb') as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(48000)
            out.writeframes(samples.tobytes())
        return subprocess.run([sys.argv[1], sine, speech], check=False).returncode


sys.exit(main())
