#include "dialog/dialog.hpp"

#include "solosip/base/limits.hpp"
#include "solosip/sip/compose.hpp"

#include <algorithm>

namespace solosip::dialog
{
namespace
{

// A folded value (RFC 3261 section 7.3.1) on one line, as it must be written again.
std::string unfolded(std::string_view value)
{
    std::string text(value);
    for (char& c : text)
        if (c == '\r' || c == '\n') c = ' ';
    return text;
}

std::string first_value(const sip::message_view& m, sip::header_id id)
{
    return unfolded(m.first(id).value_or(std::string_view{}));
}

std::string contact_uri(const sip::message_view& m)
{
    const auto contact = m.contact();
    if (!contact || contact->star) return {};
    // Section 8.1.1.8: sip or sips, or no request can be sent there.
    return contact->uri.is_sip() ? std::string(contact->uri.text) : std::string();
}

} // namespace

result<dialog> dialog::from_response(const sip::message_view& request,
                                     const sip::message_view& response)
{
    const auto from = request.from();
    const auto to = response.to();
    const auto cseq = request.cseq();
    if (!from) return from.error();
    if (!to) return to.error();
    if (!cseq) return cseq.error();

    dialog d;
    d.call_id_ = request.call_id();
    d.local_tag_ = from->tag();
    d.remote_tag_ = to->tag();
    d.local_header_ = first_value(request, sip::header_id::from);
    d.remote_header_ = first_value(response, sip::header_id::to);
    d.local_cseq_ = cseq->number;
    // A provisional response without Contact leaves the Request-URI as the best guess.
    d.remote_target_ = contact_uri(response);
    if (d.remote_target_.empty()) d.remote_target_ = request.request_uri();
    if (auto routes = d.read_routes(response, true); !routes) return routes.error();
    return d;
}

result<dialog> dialog::from_request(const sip::message_view& request, std::string_view local_tag)
{
    const auto from = request.from();
    const auto to = request.to();
    const auto cseq = request.cseq();
    if (!from) return from.error();
    if (!to) return to.error();
    if (!cseq) return cseq.error();

    dialog d;
    d.call_id_ = request.call_id();
    d.local_tag_ = local_tag;
    d.remote_tag_ = from->tag(); // empty for RFC 2543 callers, whose tag is null (section 12.1.1)
    d.local_header_ = first_value(request, sip::header_id::to);
    d.local_header_ += ";tag=";
    d.local_header_ += local_tag;
    d.remote_header_ = first_value(request, sip::header_id::from);
    d.remote_cseq_ = cseq->number;
    d.remote_target_ = contact_uri(request);
    if (d.remote_target_.empty()) return errc::missing_header; // section 8.1.1.8: must be there
    if (auto routes = d.read_routes(request, false); !routes) return routes.error();
    return d;
}

result<void> dialog::confirm(const sip::message_view& response)
{
    phase_ = dialog_phase::confirmed;
    refresh_target(response);
    return read_routes(response, true);
}

result<void> dialog::read_routes(const sip::message_view& m, bool reversed)
{
    std::vector<std::string> routes;
    bool good = true;
    m.for_each_value(sip::header_id::record_route,
                     [&](std::string_view value)
                     {
                         // Section 8.1.2: another scheme names nobody to send to.
                         const auto route = sip::parse_name_addr(value);
                         good = good && routes.size() < limits::route_set && route &&
                                route->uri.is_sip();
                         if (good) routes.push_back(unfolded(value));
                         return good;
                     });
    if (!good) return routes.size() >= limits::route_set ? errc::too_many : errc::bad_syntax;
    if (reversed) std::reverse(routes.begin(), routes.end());
    route_set_ = std::move(routes);
    return {};
}

bool dialog::is_for(const sip::message_view& request) const
{
    if (request.call_id() != call_id_) return false;
    const auto from = request.from();
    const auto to = request.to();
    return from && to && from->tag() == remote_tag_ && to->tag() == local_tag_;
}

bool dialog::accept_remote_cseq(std::uint32_t number)
{
    if (remote_cseq_ && number < *remote_cseq_) return false;
    remote_cseq_ = number;
    return true;
}

void dialog::refresh_target(const sip::message_view& m)
{
    if (auto uri = contact_uri(m); !uri.empty()) remote_target_ = std::move(uri);
}

std::string_view dialog::next_hop() const
{
    if (route_set_.empty()) return remote_target_;
    return sip::parse_name_addr(route_set_.front())->uri.text; // checked by read_routes
}

result<sip::message> dialog::make_request(const request_parts& parts)
{
    const std::uint32_t number = parts.cseq ? *parts.cseq : ++local_cseq_;
    const bool strict =
        !route_set_.empty() && !sip::parse_name_addr(route_set_.front())->uri.params.has("lr");
    const bool known = parts.method != sip::method::unknown;
    const std::string method(known ? sip::to_string(parts.method) : parts.method_text);

    return sip::compose(
        [&](sip::writer& w)
        {
            w.request(method, strict ? next_hop() : std::string_view(remote_target_));
            w.header(sip::header_id::via, parts.via);
            for (std::size_t i = strict ? 1 : 0; i < route_set_.size(); ++i)
                w.header(sip::header_id::route, route_set_[i]);
            if (strict) w.header(sip::header_id::route, {"<", remote_target_, ">"});
            w.header(sip::header_id::max_forwards, 70u);
            w.header(sip::header_id::from, local_header_);
            w.header(sip::header_id::to, remote_header_);
            w.header(sip::header_id::call_id, call_id_);
            w.header(sip::header_id::cseq, {std::to_string(number), " ", method});
            if (!parts.contact.empty()) w.header(sip::header_id::contact, parts.contact);
            for (const auto& [name, value] : parts.headers)
                w.header(name, value);
            w.body(parts.content_type, parts.body);
        });
}

} // namespace solosip::dialog
