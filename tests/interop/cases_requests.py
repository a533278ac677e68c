"""Requests without a call, redirections, and calls that go on elsewhere."""
import re

import scenarios
from capture import Capture
from peers import Baresip, Kamailio, Sipp, Solosip
from processes import check


def _order(phone, *kinds):
    return [e['event'] for e in phone.all_events() if e['event'] in kinds]


def case_message_by_kamailio(lab):
    """A challenged MESSAGE, in UTF-8, through the proxy to baresip."""
    proxy = Kamailio(lab)
    Baresip(lab, proxy=proxy.port)
    phone = Solosip(lab, 'message', 'bob', 'gr\u00fc\u00df dich', account='alice', proxy=proxy.port)
    answer = phone.wait_event('response')
    check(answer['status'] == 200 and 'baresip' in answer['Server'], f'answered {answer}')
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')


def case_options_to_sipp(lab):
    """OPTIONS to somebody who only knows INVITE, and to somebody who answers."""
    there = Solosip(lab, 'answer')
    there.wait_event('listening')
    phone = Solosip(lab, 'options', f'sip:x@127.0.0.1:{there.port}')
    answer = phone.wait_event('response')
    check(answer['status'] == 200 and 'INVITE' in answer['Allow'], f'answered {answer}')
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')
    there.interrupt()


def case_redirected(lab):
    """302, and the call goes where it says."""
    new = Sipp(lab, scenarios.rings_then_answers())
    old = Sipp(lab, scenarios.redirects(f'sip:sipp@127.0.0.1:{new.port}'))
    phone = Solosip(lab, 'call', '--follow-redirects', '--hang-up-after', '0.5', f'sip:x@127.0.0.1:{old.port}')
    old.verdict()
    new.verdict()
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')


def case_redirection_reported(lab):
    old = Sipp(lab, scenarios.redirects('sip:sipp@127.0.0.1:9'))
    phone = Solosip(lab, 'call', f'sip:x@127.0.0.1:{old.port}')
    old.verdict()
    check(phone.wait(8) == 1, 'a redirection that is not followed is no success')
    check(phone.all_events('ended')[0]['status'] == 302, 'not the status')


def case_referred_by_sipp(lab):
    """SIPp sends us to another SIPp, and hears 100, 180 and 200 of it."""
    other = Sipp(lab, scenarios.rings_then_answers())
    phone = Solosip(lab, 'answer', '--count', '1', '--follow-transfers', '--hang-up-after', '2.5')
    phone.wait_event('listening')
    first = Sipp(lab, scenarios.refers(f'sip:sipp@127.0.0.1:{other.port}'), target=f'127.0.0.1:{phone.port}')
    first.verdict()
    other.verdict()
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')
    order = _order(phone, 'answered', 'referred', 'ended')
    check(order == ['answered', 'referred', 'ended', 'answered', 'ended'], f'events {order}')


def case_taken_over_by_sipp(lab):
    """INVITE with Replaces: the second caller gets the call, the first one BYE."""
    phone = Solosip(lab, 'answer', '--count', '1', '--follow-transfers')
    phone.wait_event('listening')
    first = Sipp(lab, scenarios.calls_and_waits(), target=f'127.0.0.1:{phone.port}')
    phone.wait_event('answered')
    said = first.wait_message(r'SIP/2\.0 200 OK')
    dialog = ';'.join([re.search(r'^Call-ID: *(\S+)', said, re.M).group(1),
                       'to-tag=' + re.search(r'^To:.*tag=([^;\s]+)', said, re.M).group(1),
                       'from-tag=' + re.search(r'^From:.*tag=([^;\s]+)', said, re.M).group(1)])
    second = Sipp(lab, scenarios.takes_over(dialog), target=f'127.0.0.1:{phone.port}')
    first.verdict()
    second.verdict()


def case_transfer_of_baresip(lab):
    """We send baresip, whom we have called through Kamailio, to SIPp."""
    proxy = Kamailio(lab)
    bob = Baresip(lab, proxy=proxy.port)
    other = Sipp(lab, scenarios.rings_then_answers())
    phone = Solosip(lab, 'call', '--transfer-to', f'sip:sipp@127.0.0.1:{other.port}', 'bob', account='alice',
                    proxy=proxy.port)
    told = phone.wait_event('transferred', 15)
    check(told['status'] == 200, f'transferred: {told}')
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')
    bob.command('hangup')
    other.verdict()


def case_transfer_by_baresip(lab):
    """baresip, which we have called through Kamailio, sends us to SIPp."""
    proxy = Kamailio(lab)
    bob = Baresip(lab, proxy=proxy.port)
    other = Sipp(lab, scenarios.rings_then_answers())
    phone = Solosip(lab, 'call', '--follow-transfers', '--hang-up-after', '3', 'bob', account='alice',
                    proxy=proxy.port)
    phone.wait_event('answered')
    bob.command('transfer', f'sip:sipp@127.0.0.1:{other.port}')
    phone.wait_event('referred')
    other.verdict()
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')


def case_two_proxies_in_a_row(lab):
    """Both record the route; every request of the call passes both, in both directions."""
    near, far = Kamailio(lab), Kamailio(lab, realm='far.example', name='kamailio-far')
    there = Solosip(lab, 'answer', '--count', '1', account='bob', domain='far.example', proxy=far.port)
    there.wait_event('registered')
    wire = Capture(lab, [near.port, far.port, there.port])
    phone = Solosip(lab, 'call', '--outbound-proxy', f'127.0.0.1:{near.port}', '--send', '12', '--hang-up-after', '2',
                    f'sip:bob@127.0.0.1:{far.port}', account='alice', proxy=near.port)
    there.wait_event('answered')
    there.wait_digits(2, 5)
    check(phone.wait(8) == 0, f'exit status: {phone.errors}')
    there.wait_event('ended')
    wire.finish()
    routes = [row for row in wire.read(f'sip.Method == "BYE" && udp.dstport == {there.port}', 'sip.Via')]
    check(routes and routes[0][0].count('SIP/2.0/UDP') == 3, f'BYE did not pass both proxies: {routes}')
    check(not wire.malformed(), 'malformed packets')


def case_two_proxies_with_one_realm(lab):
    """Each challenges with a nonce of its own, and takes its credentials out (RFC 3261 section 22.3)."""
    near, far = Kamailio(lab), Kamailio(lab, name='kamailio-far')
    there = Solosip(lab, 'answer', '--count', '2', account='bob', proxy=far.port)
    there.wait_event('registered')
    for ladder in (lab.directory / 'first.txt', lab.directory / 'second.txt'):
        phone = Solosip(lab, 'call', '--outbound-proxy', f'127.0.0.1:{near.port}', '--hang-up-after', '0.5',
                        '--ladder', ladder, f'sip:bob@127.0.0.1:{far.port}', account='alice', proxy=near.port)
        check(phone.wait(20) == 0, f'exit status: {phone.errors}')
        text = ladder.read_text()
        check(text.count('407') == 2, f'not two challenges in\n{text}')
    check(there.wait(8) == 0, f'exit status: {there.errors}')
