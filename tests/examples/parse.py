"""What `solosip parse --json` understands: the torture messages, and one with every header that it knows.

    parse.py PROGRAM EXCHANGE TORTURE
"""
import json
import pathlib
import subprocess
import sys

HEADERS = [
    # Line, and what `fields` holds for it.
    ('Accept: application/sdp;level=1, text/*', [{'type': 'application/sdp', 'parameters': {'level': '1'}}, {'type': 'text/*'}]),
    ('Accept-Contact: *;audio;require', [{'value': '*', 'parameters': {'audio': True, 'require': True}}]),
    ('Accept-Encoding: gzip;q=0.5', [{'value': 'gzip', 'parameters': {'q': '0.5'}}]),
    ('Accept-Language: en-gb', [{'value': 'en-gb'}]),
    ('Alert-Info: <http://h/ring.wav>', [{'uri': {'text': 'http://h/ring.wav', 'scheme': 'http', 'opaque': '//h/ring.wav'}}]),
    ('Allow: INVITE, ACK', [{'value': 'INVITE'}, {'value': 'ACK'}]),
    ('Allow-Events: presence, refer', [{'value': 'presence'}, {'value': 'refer'}]),
    ('Answer-Mode: Manual;require', [{'value': 'Manual', 'parameters': {'require': True}}]),
    ('Authentication-Info: nextnonce="a, b", qop=auth', [{'nextnonce': 'a, b', 'qop': 'auth'}]),
    ('Authorization: Digest username="bob", algorithm=SHA-256', [{'scheme': 'Digest', 'parameters': {'username': 'bob', 'algorithm': 'SHA-256'}}]),
    ('Call-Info: <sip:a@h>;purpose=icon', [{'uri': {'text': 'sip:a@h', 'scheme': 'sip', 'user': 'a', 'host': 'h'}, 'parameters': {'purpose': 'icon'}}]),
    ('Contact: "M" <sip:m@h:5070;transport=tcp>;+sip.instance="<urn:uuid:1>";reg-id=1',
     [{'name': 'M', 'uri': {'text': 'sip:m@h:5070;transport=tcp', 'scheme': 'sip', 'user': 'm', 'host': 'h', 'port': 5070,
                            'parameters': {'transport': 'tcp'}},
       'parameters': {'+sip.instance': '<urn:uuid:1>', 'reg-id': '1'}}]),
    ('Content-Disposition: session;handling=required', [{'value': 'session', 'parameters': {'handling': 'required'}}]),
    ('Content-Encoding: identity', [{'value': 'identity'}]),
    ('Content-Language: en', [{'value': 'en'}]),
    ('Date: Sat, 13 Nov 2010 23:29:00 GMT', [{'unix': 1289690940}]),
    ('Error-Info: <sip:busy@h>', [{'uri': {'text': 'sip:busy@h', 'scheme': 'sip', 'user': 'busy', 'host': 'h'}}]),
    ('Event: refer;id=7', [{'value': 'refer', 'parameters': {'id': '7'}}]),
    ('Expires: 60', [60]),
    ('Flow-Timer: 120', [120]),
    ('History-Info: <sip:a@h>;index=1, <sip:b@h>;index=1.1',
     [{'uri': {'text': 'sip:a@h', 'scheme': 'sip', 'user': 'a', 'host': 'h'}, 'parameters': {'index': '1'}},
      {'uri': {'text': 'sip:b@h', 'scheme': 'sip', 'user': 'b', 'host': 'h'}, 'parameters': {'index': '1.1'}}]),
    ('In-Reply-To: 1@h', ['1@h']),
    ('Info-Package: foo', [{'value': 'foo'}]),
    ('MIME-Version: 1.0', ['1.0']),
    ('Min-Expires: 40', [40]),
    ('Min-SE: 90', [90]),
    ('Organization: Here', ['Here']),
    ('P-Access-Network-Info: IEEE-802.11;i-wlan-node-id=1', [{'value': 'IEEE-802.11', 'parameters': {'i-wlan-node-id': '1'}}]),
    ('P-Asserted-Identity: <tel:+1>', [{'uri': {'text': 'tel:+1', 'scheme': 'tel', 'user': '+1'}}]),
    ('P-Associated-URI: <sip:a@h>', [{'uri': {'text': 'sip:a@h', 'scheme': 'sip', 'user': 'a', 'host': 'h'}}]),
    ('P-Called-Party-ID: <sip:a@h>', [{'uri': {'text': 'sip:a@h', 'scheme': 'sip', 'user': 'a', 'host': 'h'}}]),
    ('P-Charging-Vector: icid-value=1;icid-generated-at=h', [{'icid-value': '1', 'icid-generated-at': 'h'}]),
    ('P-Preferred-Identity: <sip:a@h>', [{'uri': {'text': 'sip:a@h', 'scheme': 'sip', 'user': 'a', 'host': 'h'}}]),
    ('P-Visited-Network-ID: other.net', [{'value': 'other.net'}]),
    ('Path: <sip:p;lr>', [{'uri': {'text': 'sip:p;lr', 'scheme': 'sip', 'host': 'p', 'parameters': {'lr': True}}}]),
    ('Priority: urgent', ['urgent']),
    ('Priv-Answer-Mode: Auto', [{'value': 'Auto'}]),
    ('Privacy: id', [{'value': 'id'}]),
    ('Proxy-Authenticate: Digest realm="a,b", nonce="1"', [{'scheme': 'Digest', 'parameters': {'realm': 'a,b', 'nonce': '1'}}]),
    ('Proxy-Authorization: Digest realm="a"', [{'scheme': 'Digest', 'parameters': {'realm': 'a'}}]),
    ('Proxy-Require: foo', [{'value': 'foo'}]),
    ('RAck: 776656 1 INVITE', [{'response': 776656, 'cseq': {'number': 1, 'method': 'INVITE'}}]),
    ('RSeq: 988789', [988789]),
    ('Reason: Q.850;cause=16;text="Terminated"', [{'value': 'Q.850', 'parameters': {'cause': '16', 'text': 'Terminated'}}]),
    ('Record-Route: <sip:p;lr>', [{'uri': {'text': 'sip:p;lr', 'scheme': 'sip', 'host': 'p', 'parameters': {'lr': True}}}]),
    ('Recv-Info: foo, bar', [{'value': 'foo'}, {'value': 'bar'}]),
    ('Refer-Events-At: <sip:e@h>', [{'uri': {'text': 'sip:e@h', 'scheme': 'sip', 'user': 'e', 'host': 'h'}}]),
    ('Refer-Sub: false', [{'value': 'false'}]),
    ('Refer-To: <sip:c@h?Replaces=1>', [{'uri': {'text': 'sip:c@h?Replaces=1', 'scheme': 'sip', 'user': 'c', 'host': 'h', 'headers': 'Replaces=1'}}]),
    ('Referred-By: <sip:r@h>', [{'uri': {'text': 'sip:r@h', 'scheme': 'sip', 'user': 'r', 'host': 'h'}}]),
    ('Reject-Contact: *;video', [{'value': '*', 'parameters': {'video': True}}]),
    ('Replaces: 7@h;to-tag=1;from-tag=2;early-only', [{'call_id': '7@h', 'to_tag': '1', 'from_tag': '2', 'early_only': True}]),
    ('Reply-To: <sip:b@h>', [{'uri': {'text': 'sip:b@h', 'scheme': 'sip', 'user': 'b', 'host': 'h'}}]),
    ('Request-Disposition: proxy, recurse', [{'value': 'proxy'}, {'value': 'recurse'}]),
    ('Require: timer', [{'value': 'timer'}]),
    ('Retry-After: 180 (busy);duration=60', [{'seconds': 180, 'comment': 'busy', 'duration': 60}]),
    ('Route: <sip:q;lr>', [{'uri': {'text': 'sip:q;lr', 'scheme': 'sip', 'host': 'q', 'parameters': {'lr': True}}}]),
    ('SIP-ETag: abc', [{'value': 'abc'}]),
    ('SIP-If-Match: abc', [{'value': 'abc'}]),
    ('Server: them', ['them']),
    ('Service-Route: <sip:s;lr>', [{'uri': {'text': 'sip:s;lr', 'scheme': 'sip', 'host': 's', 'parameters': {'lr': True}}}]),
    ('Session-Expires: 1800;refresher=uac', [{'seconds': 1800, 'refresher': 'uac'}]),
    ('Subject: Hello, world', ['Hello, world']),
    ('Subscription-State: active;expires=60', [{'value': 'active', 'parameters': {'expires': '60'}}]),
    ('Supported: timer, 100rel', [{'value': 'timer'}, {'value': '100rel'}]),
    ('Target-Dialog: 7@h;local-tag=1;remote-tag=2', [{'call_id': '7@h', 'to_tag': '1', 'from_tag': '2'}]),
    ('Timestamp: 54.21 0.5', [{'time': '54.21', 'delay': '0.5'}]),
    ('Unsupported: foo', [{'value': 'foo'}]),
    ('User-Agent: me', ['me']),
    ('WWW-Authenticate: Digest realm="a", algorithm=SHA-512-256', [{'scheme': 'Digest', 'parameters': {'realm': 'a', 'algorithm': 'SHA-512-256'}}]),
    ('Warning: 307 h "Session parameter"', [{'code': 307, 'agent': 'h', 'text': 'Session parameter'}]),
]

SDP = '''v=0
o=- 3 4 IN IP4 192.0.2.1
s=-
c=IN IP4 192.0.2.1
t=0 0
m=audio 4000 RTP/AVP 8 101
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendonly
a=ptime:20
'''.replace('\n', '\r\n')


def run(program, message):
    return subprocess.run([program, 'parse', '--json', '-'], input=message, capture_output=True, timeout=60)


def check_headers(program):
    lines = ['INVITE sip:bob@example.com:5062;x=1 SIP/2.0', 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport',
             'From: <sip:a@h>;tag=1', 'To: <sip:b@h>', 'Call-ID: c1', 'CSeq: 1 INVITE', 'Max-Forwards: 70',
             'Content-Type: application/sdp', f'Content-Length: {len(SDP)}', *(line for line, _ in HEADERS)]
    done = run(program, ('\r\n'.join(lines) + '\r\n\r\n' + SDP).encode())
    if done.returncode != 0:
        return [f'every header: {done}']
    told = json.loads(done.stdout)
    failures = []
    for line, wanted in HEADERS:
        name = line.split(':')[0]
        if told['fields'].get(name) != wanted:
            failures.append(f'{line}: {told["fields"].get(name)}')
    others = {'Via': [{'transport': 'UDP', 'host': '192.0.2.1', 'parameters': {'branch': 'z9hG4bK1', 'rport': True}}],
              'CSeq': [{'number': 1, 'method': 'INVITE'}], 'Max-Forwards': [70], 'Content-Length': [len(SDP)],
              'Call-ID': ['c1'], 'Content-Type': [{'type': 'application/sdp'}]}
    for name, wanted in others.items():
        if told['fields'].get(name) != wanted:
            failures.append(f'{name}: {told["fields"].get(name)}')
    if told['request_uri'] != {'text': 'sip:bob@example.com:5062;x=1', 'scheme': 'sip', 'user': 'bob',
                               'host': 'example.com', 'port': 5062, 'parameters': {'x': '1'}}:
        failures.append(f'Request-URI: {told["request_uri"]}')
    media = told['sdp']['media'][0]
    if (told['sdp']['session_id'], told['sdp']['address'], media['kind'], media['port'], media['direction'],
            media['ptime'], [f['payload_type'] for f in media['formats']],
            media['formats'][1].get('name'), media['formats'][1].get('fmtp')) != (
            3, '192.0.2.1', 'audio', 4000, 'sendonly', 20, [8, 101], 'telephone-event', '0-15'):
        failures.append(f'session description: {told["sdp"]}')
    return failures


def check_torture(program, directory):
    failures = []
    for line in (directory / 'expectations.txt').read_text(encoding='utf-8').splitlines():
        if line.startswith('#') or not line:
            continue
        name, _, verdict = [c.strip() for c in line.split(' | ')[:3]]
        message = (directory / f'{name}.sip').read_bytes()
        done = run(program, message)
        if done.returncode != (0 if verdict == 'ok' else 1):
            failures.append(f'{name}: {done.returncode} for {verdict}: {done.stderr}')
        elif verdict != 'ok':
            if not done.stderr.startswith(b'solosip: rejected at byte '):
                failures.append(f'{name}: {done.stderr}')
        else:
            told = json.loads(done.stdout)
            for header in told['headers']:
                if header['name'] in ('Via', 'From', 'To', 'CSeq') and 'error' in told['fields'][header['name']][0]:
                    failures.append(f'{name}: {told["fields"][header["name"]]}')
    return failures


def main():
    program, torture = sys.argv[1], pathlib.Path(sys.argv[3])
    failures = check_headers(program) + check_torture(program, torture)
    for failure in failures:
        print(failure)
    print(f'{len(failures)} failures')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
