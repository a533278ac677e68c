#!/usr/bin/env python3
"""Speech presses no keys: talk_off.py HEAR_DIGITS. Many voices of espeak-ng read aloud, and the
detector listens. Ends with status 77 where espeak-ng is missing."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

TEXT = '''The quick brown fox jumps over the lazy dog. Please hold the line, you are number seven in the
queue. We were away a year ago when the moon rose over the bay. How are you? One, two, three, four,
five, six, seven, eight, nine, zero. She sells sea shells, and he sees silver stars. Ooh, aah, eee, oh no,
oh yes! Mama, where are my blue shoes? Our opening hours are Monday to Friday, nine to five.'''
VOICES = ['en', 'en+f2', 'en+f3', 'en+f4', 'en+m2', 'en+m5', 'en+whisper', 'de', 'de+f3', 'fr', 'it+f2', 'es',
          'pl', 'fi+f4', 'sv', 'nl+m3']


def main() -> int:
    if not shutil.which('espeak-ng'):
        print('espeak-ng is not installed')
        return 77
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for voice in VOICES:
            for pitch in ('20', '50', '80', '99'):
                name = str(pathlib.Path(folder) / f'{voice}-{pitch}.wav')
                subprocess.run(['espeak-ng', '-v', voice, '-p', pitch, '-w', name, TEXT], check=True)
                files.append(name)
        heard = subprocess.run([sys.argv[1], *files], check=True, capture_output=True, text=True).stdout
    lines = heard.splitlines()
    seconds = sum(int(line.split()[1]) for line in lines if line.startswith('heard'))
    keys = [line for line in lines if not line.startswith('heard')]
    print(f'{seconds} s of speech, {len(keys)} keys', *keys, sep='\n')
    return 1 if keys or seconds < 1000 else 0


sys.exit(main())
