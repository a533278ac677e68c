#!/usr/bin/env python3
"""Builds the small programs of project/ against solosip in each of the ways in which people take it."""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = ('use_sip', 'use_core', 'use_solosip')
MODULES = {'use_sip': ['solosip-sip'], 'use_core': ['solosip-core', 'solosip-g711'], 'use_solosip': ['solosip']}


def run(*command, **options):
    print('+', *command, flush=True)
    return subprocess.run([str(c) for c in command], check=True, stdin=subprocess.DEVNULL, **options)


def build_project(a, name, *definitions, targets=('all',)):
    build = a.work / name
    launcher = ['-DCMAKE_CXX_COMPILER_LAUNCHER=ccache'] if shutil.which('ccache') else []
    flags = [f'-DCMAKE_CXX_FLAGS=-fsanitize={a.sanitize}'] if a.sanitize else []
    run(a.cmake, '-S', HERE / 'project', '-B', build, '-G', 'Ninja', f'-DCMAKE_CXX_COMPILER={a.compiler}',
        '-DCMAKE_BUILD_TYPE=Release', *launcher, *flags, *definitions)
    run(a.cmake, '--build', build, '--target', *targets)
    return build


def install(a):
    shutil.rmtree(a.work, ignore_errors=True)
    run(a.cmake, '--install', a.build, '--prefix', a.work / 'prefix', stdout=subprocess.DEVNULL)


def find_package(a):
    build = build_project(a, 'find_package', f'-DCMAKE_PREFIX_PATH={a.work / "prefix"}')
    for program in PROGRAMS:
        run(build / program)


def add_subdirectory(a):
    """With shared libraries, so that both kinds are linked somewhere. All of it takes minutes, so without
    SOLOSIP_LONG in the environment the edge is only configured."""
    programs = PROGRAMS if os.environ.get('SOLOSIP_LONG') else PROGRAMS[:2]
    build = build_project(a, 'add_subdirectory', f'-DSOLOSIP_SOURCE={a.source}', '-DBUILD_SHARED_LIBS=ON',
                          '-DCMAKE_CXX_FLAGS_RELEASE=-O0', targets=programs)
    for program in programs:
        run(build / program)


def pkg_config(a):
    """The files name the prefix of the build, so pkg-config is told where they were really put."""
    prefix = a.work / 'prefix'
    files = next(prefix.rglob('solosip.pc')).parent
    environment = os.environ | {'PKG_CONFIG_PATH': str(files)}
    for program in PROGRAMS:
        asked = run('pkg-config', f'--define-variable=prefix={prefix}', '--cflags', '--libs', *MODULES[program],
                    env=environment, capture_output=True, text=True).stdout.split()
        flags = [f'-fsanitize={a.sanitize}'] if a.sanitize else []
        run(a.compiler, '-std=c++20', '-O1', *flags, HERE / 'project' / f'{program}.cpp', '-o',
            a.work / f'{program}-pc', *asked)
        run(a.work / f'{program}-pc', env=environment | {'LD_LIBRARY_PATH': str(files.parent)})


def readme(a):
    """Its first block of C++ is a whole program; it has to compile and link as it stands."""
    text = (a.source / 'README.md').read_text()
    blocks = [b for b in re.findall(r'^```cpp\n(.*?)^```', text, re.DOTALL | re.MULTILINE) if 'int main' in b]
    if not blocks:
        sys.exit('README.md has no program')
    a.work.mkdir(exist_ok=True)
    program = a.work / 'readme.cpp'
    program.write_text(blocks[0])
    build_project(a, 'readme', f'-DCMAKE_PREFIX_PATH={a.work / "prefix"}', f'-DREADME_PROGRAM={program}')


MODES = {f.__name__: f for f in (install, find_package, add_subdirectory, pkg_config, readme)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('mode', choices=MODES)
    for name in ('source', 'build', 'work'):
        parser.add_argument(f'--{name}', type=pathlib.Path, required=True)
    for name in ('cmake', 'compiler', 'sanitize'):
        parser.add_argument(f'--{name}', default='')
    arguments = parser.parse_args()
    try:
        MODES[arguments.mode](arguments)
    except subprocess.CalledProcessError as problem:
        sys.exit(f'failed: {problem}')


if __name__ == '__main__':
    main()
