"""Sine tones in WAV files: made, and measured in what came back."""
import array
import math
import sys
import wave
from typing import NamedTuple

WINDOW = 0.020  # seconds


class Tone(NamedTuple):
    frequency: float  # Hz
    level: float      # dB below a full-scale sine
    start: float      # seconds from the beginning of the file
    length: float     # seconds


def write_tone(path, frequency, seconds, level, rate=44100, channels=2):
    amplitude = 32767 * 10 ** (level / 20)
    samples = array.array('h')
    for n in range(round(seconds * rate)):
        value = round(amplitude * math.sin(2 * math.pi * frequency * n / rate))
        samples.extend([value] * channels)
    if sys.byteorder == 'big':
        samples.byteswap()
    with wave.open(str(path), 'wb') as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())


def read(path):
    """The first channel of a 16-bit WAV file, and its rate."""
    with wave.open(str(path), 'rb') as file:
        if file.getsampwidth() != 2:
            raise ValueError(f'{path} is not 16-bit')
        samples = array.array('h', file.readframes(file.getnframes()))
        if sys.byteorder == 'big':
            samples.byteswap()
        return samples[::file.getnchannels()], file.getframerate()


def amplitude(samples, rate, frequency):
    """Goertzel's algorithm: the amplitude of this one frequency, 1.0 is full scale."""
    if not samples:
        return 0.0
    turn = 2 * math.pi * frequency / rate
    twice_cos = 2 * math.cos(turn)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + twice_cos * last - before
    real = last - before * math.cos(turn)
    imaginary = before * math.sin(turn)
    return 2 * math.hypot(real, imaginary) / len(samples) / 32768


def _decibels(value):
    return 20 * math.log10(max(value, 1e-6))


def measure(path, expected):
    """The tone near `expected` Hz; its length is the time in which it is within 6 dB of its level."""
    samples, rate = read(path)
    step = round(WINDOW * rate)
    levels = [amplitude(samples[at:at + step], rate, expected) for at in range(0, len(samples) - step + 1, step)]
    peak = max(levels, default=0.0)
    if peak < 0.003:
        return None
    loud = [n for n, level in enumerate(levels) if level > peak / 2]
    # The level and the frequency are taken well inside of it, over half a second at most.
    middle = loud[len(loud) // 2] * step
    inner = samples[max(0, middle - rate // 4):middle + rate // 4]
    candidates = [expected + d / 2 for d in range(-40, 41)]
    best = max(candidates, key=lambda f: amplitude(inner, rate, f))
    return Tone(best, _decibels(amplitude(inner, rate, best)), loud[0] * WINDOW, len(loud) * WINDOW)
