// A call that is sent elsewhere (RFC 3261 section 8.1.3.4).
#include "solosip/base/limits.hpp"
#include "ua/call.hpp"

#include <algorithm>
#include <utility>

namespace solosip::ua
{
namespace
{

// Thousandths; 1 where there is none, which section 8.1.3.4 leaves open.
int quality_of(const sip::name_addr& contact)
{
    const auto text = contact.params.find("q").value_or("1");
    if (text.empty() || text.front() != '0') return 1000;
    int value = 0;
    for (std::size_t i = 2; i < 5; ++i)
    {
        const bool digit = i < text.size() && text[i] >= '0' && text[i] <= '9';
        value = 10 * value + (digit ? text[i] - '0' : 0);
    }
    return value;
}

bool same(const std::string& a, std::string_view b)
{
    const auto one = sip::parse_uri(a);
    const auto other = sip::parse_uri(b);
    return one && other && sip::equivalent(*one, *other);
}

} // namespace

// Contacts that have not been tried, the best first, before those of an earlier redirection.
void call::note_redirects(const sip::message_view& response)
{
    std::vector<std::pair<int, std::string>> found;
    response.for_each_value(
        sip::header_id::contact,
        [&](std::string_view value)
        {
            const auto contact = sip::parse_name_addr(value);
            if (!contact || contact->star || contact->uri.scheme != sip::uri_scheme::sip) return;
            // No header of a URI is followed (section 19.1.5), nor another method.
            std::string uri(contact->uri.text.substr(0, contact->uri.text.find('?')));
            if (contact->uri.params.has("method") || !complete_target(uri, nullptr)) return;
            const auto is_it = [&](const std::string& known) { return same(known, uri); };
            const bool known = std::any_of(tried_.begin(), tried_.end(), is_it) ||
                               std::any_of(redirects_.begin(), redirects_.end(), is_it) ||
                               std::any_of(found.begin(), found.end(),
                                           [&](const auto& f) { return is_it(f.second); });
            if (!known) found.emplace_back(quality_of(*contact), std::move(uri));
        });
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (auto it = found.rbegin(); it != found.rend(); ++it)
        redirects_.push_front(std::move(it->second));
    if (redirects_.size() > limits::redirects) redirects_.resize(limits::redirects);
}

// True: the INVITE goes out again, to the next address. An empty `response`: the network's own.
bool call::follow_redirect(const sip::message_view& response)
{
    const int status = response.status();
    if (tried_.empty()) tried_.push_back(target_);
    if (status == 300 || status == 301 || status == 302) note_redirects(response);
    // A 6xx is meant for all of them; of the rest only what says "not here".
    if (status >= 600 || redirects_.empty() || tried_.size() > limits::redirects) return false;

    if (status != 0)
        ctx_.emit(call_progress{id_, status, std::string(response.reason()), headers_of(response)});
    target_ = std::move(redirects_.front());
    redirects_.pop_front();
    tried_.push_back(target_);
    // Credentials go to our own servers only, wherever we are sent.
    const route way = route_for(*sip::parse_uri(target_), ctx_.who ? &*ctx_.who : nullptr);
    ours_ = way.ours || (!ctx_.registers && first_hop_ == way.to && ours_);
    first_hop_ = way.to;
    attempt_ = {};
    offer_.clear(); // our own address may be another one towards there
    forget_legs();
    phase_ = phase::resolving;
    looking_ = ctx_.look_up(way.to);
    return true;
}

} // namespace solosip::ua
