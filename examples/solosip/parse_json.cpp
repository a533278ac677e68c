// A message as JSON: every header that this library has a parser for, and the session description.
#include "parse_json.hpp"

#include "solosip/sdp/description.hpp"
#include "solosip/sip/header_values.hpp"
#include "solosip/sip/multipart.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace solosip::program
{
namespace
{

using nlohmann::ordered_json;
using sip::header_id;

// ---- values

ordered_json describe(const sip::parameters& params)
{
    auto out = ordered_json::object();
    for (const auto& each : params)
        out[std::string(each.name)] =
            each.value ? ordered_json(sip::unquote(*each.value)) : ordered_json(true);
    return out;
}

void add(ordered_json& out, const char* key, std::string_view text)
{
    if (!text.empty()) out[key] = text;
}

void add(ordered_json& out, const char* key, const sip::parameters& params)
{
    if (!params.empty()) out[key] = describe(params);
}

ordered_json describe(const sip::uri_view& uri)
{
    ordered_json out = {{"text", uri.text}, {"scheme", uri.scheme_text}};
    add(out, "user", uri.user);
    add(out, "password", uri.password);
    add(out, "host", uri.host);
    if (uri.port != 0) out["port"] = uri.port;
    add(out, "parameters", uri.params);
    add(out, "headers", uri.headers);
    add(out, "opaque", uri.opaque);
    return out;
}

ordered_json describe(const sip::name_addr& a)
{
    if (a.star) return "*";
    ordered_json out;
    if (!a.display_name.empty()) out["name"] = sip::unquote(a.display_name);
    out["uri"] = describe(a.uri);
    add(out, "parameters", a.params);
    return out;
}

ordered_json describe(const sip::via& v)
{
    ordered_json out = {{"transport", v.transport}, {"host", v.host}};
    if (v.port != 0) out["port"] = v.port;
    add(out, "parameters", v.params);
    return out;
}

ordered_json describe(const sip::cseq& c)
{
    return {{"number", c.number}, {"method", c.method_text}};
}

ordered_json describe(const sip::auth_params& a)
{
    ordered_json out = {{"scheme", a.scheme}};
    add(out, "parameters", a.params);
    return out;
}

ordered_json describe(const sip::media_type& t)
{
    ordered_json out = {{"type", std::string(t.type) + '/' + std::string(t.subtype)}};
    add(out, "parameters", t.params);
    return out;
}

ordered_json describe(const sip::token_value& t)
{
    ordered_json out = {{"value", sip::unquote(t.token)}};
    add(out, "parameters", t.params);
    return out;
}

ordered_json describe(const sip::session_expires& s)
{
    ordered_json out = {{"seconds", s.seconds}};
    if (s.refresher != sip::session_expires::side::unspecified)
        out["refresher"] = s.refresher == sip::session_expires::side::uac ? "uac" : "uas";
    return out;
}

ordered_json describe(const sip::rack& r)
{
    return {{"response", r.response_number}, {"cseq", describe(r.cseq)}};
}

ordered_json describe(const sip::dialog_reference& d)
{
    ordered_json out = {{"call_id", d.call_id}, {"to_tag", d.to_tag}, {"from_tag", d.from_tag}};
    if (d.early_only) out["early_only"] = true;
    return out;
}

ordered_json describe(const sip::retry_after& r)
{
    ordered_json out = {{"seconds", r.seconds}};
    add(out, "comment", r.comment);
    if (r.duration) out["duration"] = *r.duration;
    return out;
}

ordered_json describe(const sip::warning& w)
{
    return {{"code", w.code}, {"agent", w.agent}, {"text", sip::unquote(w.text)}};
}

ordered_json describe(const sip::timestamp& t)
{
    ordered_json out = {{"time", t.time}};
    add(out, "delay", t.delay);
    return out;
}

ordered_json describe(std::uint32_t number)
{
    return number;
}

ordered_json describe(std::int64_t seconds_of_1970)
{
    return {{"unix", seconds_of_1970}};
}

// ---- which parser is whose?

using reader = ordered_json (*)(std::string_view);

template <auto Parse>
ordered_json read(std::string_view value)
{
    const auto r = Parse(value);
    if (r) return describe(*r);
    return {{"text", value}, {"error", solosip::describe(r.code())}, {"offset", r.error().offset}};
}

ordered_json read_text(std::string_view value)
{
    return value;
}

ordered_json read_list(std::string_view value)
{
    return read<[](std::string_view v) { return sip::parse_parameter_list(v); }>(value);
}

ordered_json read_vector(std::string_view value)
{
    return read<[](std::string_view v) { return sip::parse_parameter_list(v, ';'); }>(value);
}

constexpr header_id addresses[] = {header_id::alert_info,
                                   header_id::call_info,
                                   header_id::contact,
                                   header_id::error_info,
                                   header_id::from,
                                   header_id::history_info,
                                   header_id::p_asserted_identity,
                                   header_id::p_associated_uri,
                                   header_id::p_called_party_id,
                                   header_id::p_preferred_identity,
                                   header_id::path,
                                   header_id::record_route,
                                   header_id::refer_events_at,
                                   header_id::refer_to,
                                   header_id::referred_by,
                                   header_id::reply_to,
                                   header_id::route,
                                   header_id::service_route,
                                   header_id::to};

constexpr header_id numbers[] = {
    header_id::content_length, header_id::expires, header_id::flow_timer, header_id::max_forwards,
    header_id::min_expires,    header_id::min_se,  header_id::rseq};

constexpr header_id tokens[] = {header_id::accept_contact,
                                header_id::accept_encoding,
                                header_id::accept_language,
                                header_id::allow,
                                header_id::allow_events,
                                header_id::answer_mode,
                                header_id::content_disposition,
                                header_id::content_encoding,
                                header_id::content_language,
                                header_id::event,
                                header_id::info_package,
                                header_id::p_access_network_info,
                                header_id::p_visited_network_id,
                                header_id::priv_answer_mode,
                                header_id::privacy,
                                header_id::proxy_require,
                                header_id::reason,
                                header_id::recv_info,
                                header_id::refer_sub,
                                header_id::reject_contact,
                                header_id::request_disposition,
                                header_id::require,
                                header_id::sip_etag,
                                header_id::sip_if_match,
                                header_id::subscription_state,
                                header_id::supported,
                                header_id::unsupported};

bool is_among(header_id id, std::span<const header_id> all)
{
    return std::find(all.begin(), all.end(), id) != all.end();
}

reader reader_of(header_id id)
{
    if (is_among(id, addresses)) return read<sip::parse_name_addr>;
    if (is_among(id, numbers)) return read<sip::parse_number>;
    if (is_among(id, tokens)) return read<sip::parse_token_value>;
    switch (id)
    {
    case header_id::via: return read<sip::parse_via>;
    case header_id::cseq: return read<sip::parse_cseq>;
    case header_id::accept:
    case header_id::content_type: return read<sip::parse_media_type>;
    case header_id::authorization:
    case header_id::proxy_authenticate:
    case header_id::proxy_authorization:
    case header_id::www_authenticate: return read<sip::parse_auth>;
    case header_id::authentication_info: return read_list;
    case header_id::p_charging_vector: return read_vector;
    case header_id::session_expires: return read<sip::parse_session_expires>;
    case header_id::rack: return read<sip::parse_rack>;
    case header_id::replaces: return read<sip::parse_replaces>;
    case header_id::target_dialog: return read<sip::parse_target_dialog>;
    case header_id::retry_after: return read<sip::parse_retry_after>;
    case header_id::warning: return read<sip::parse_warning>;
    case header_id::timestamp: return read<sip::parse_timestamp>;
    case header_id::date: return read<sip::parse_date>;
    default: return read_text; // Call-ID, Subject, User-Agent...
    }
}

// Every known header once, by its usual name, with the list of its values.
ordered_json describe_fields(const sip::message_view& m)
{
    auto out = ordered_json::object();
    for (std::size_t i = 1; i < static_cast<std::size_t>(header_id::count); ++i)
    {
        const auto id = static_cast<header_id>(i);
        if (!m.has(id)) continue;
        auto values = ordered_json::array();
        m.for_each_value(id,
                         [&](std::string_view value) { values.push_back(reader_of(id)(value)); });
        out[std::string(sip::to_string(id))] = std::move(values);
    }
    return out;
}

// ---- the body

ordered_json describe(const sdp::media& media)
{
    ordered_json out = {{"kind", media.kind},
                        {"port", media.port},
                        {"protocol", media.protocol},
                        {"direction", to_string(media.direction)}};
    if (media.address) out["address"] = media.address->to_string();
    auto formats = ordered_json::array();
    for (const auto& f : media.formats)
    {
        ordered_json one = {{"payload_type", f.payload_type}};
        add(one, "name", f.name);
        if (f.clock_rate != 0) one["clock_rate"] = f.clock_rate;
        if (f.channels != 1) one["channels"] = f.channels;
        add(one, "fmtp", f.fmtp);
        formats.push_back(std::move(one));
    }
    out["formats"] = media.formats.empty() ? ordered_json(media.format_tokens) : formats;
    if (media.ptime) out["ptime"] = *media.ptime;
    if (media.maxptime) out["maxptime"] = *media.maxptime;
    if (media.rtcp_port) out["rtcp_port"] = *media.rtcp_port;
    if (media.rtcp_address) out["rtcp_address"] = media.rtcp_address->to_string();
    if (media.rtcp_mux) out["rtcp_mux"] = true;
    if (!media.attributes.empty()) out["attributes"] = media.attributes;
    return out;
}

ordered_json describe(const sdp::description& d)
{
    ordered_json out = {{"username", d.username},         {"session_id", d.session_id},
                        {"version", d.version},           {"origin", d.origin.to_string()},
                        {"session_name", d.session_name}, {"direction", to_string(d.direction)}};
    if (d.address) out["address"] = d.address->to_string();
    if (!d.attributes.empty()) out["attributes"] = d.attributes;
    auto media = ordered_json::array();
    for (const auto& each : d.media)
        media.push_back(describe(each));
    out["media"] = std::move(media);
    return out;
}

void describe_body(ordered_json& out, const sip::message_view& m)
{
    out["body_bytes"] = m.body().size();
    const auto type = m.content_type();
    if (!type) return;
    out["content_type"] = std::string(type->type) + '/' + std::string(type->subtype);
    const auto text = sip::find_content(m.body(), *type, "application", "sdp");
    if (!text) return;
    const auto description = sdp::parse(*text);
    out["sdp"] = description ? describe(*description)
                             : ordered_json{{"error", solosip::describe(description.code())},
                                            {"offset", description.error().offset}};
}

// ---- what most people look for, in short

ordered_json in_short(const result<sip::name_addr>& a)
{
    if (!a) return nullptr;
    ordered_json out = {{"uri", a->uri.text}};
    if (!a->display_name.empty()) out["name"] = sip::unquote(a->display_name);
    add(out, "tag", a->tag());
    return out;
}

void describe_start(ordered_json& out, const sip::message_view& m)
{
    if (m.is_request())
    {
        out["method"] = m.method_text();
        out["uri"] = m.request_uri();
        if (const auto uri = sip::parse_uri(m.request_uri())) out["request_uri"] = describe(*uri);
    }
    else
    {
        out["status"] = m.status();
        out["reason"] = m.reason();
    }
    out["from"] = in_short(m.from());
    out["to"] = in_short(m.to());
    out["call_id"] = m.call_id();
    if (const auto c = m.cseq()) out["cseq"] = describe(*c);
    if (m.has(header_id::contact)) out["contact"] = in_short(m.contact());
    if (const auto via = m.top_via())
        out["via"] = {{"transport", via->transport},
                      {"host", via->host},
                      {"port", via->port},
                      {"branch", via->branch()}};
}

} // namespace

ordered_json describe_message(const sip::message_view& m)
{
    ordered_json out;
    out["event"] = "parsed";
    describe_start(out, m);
    auto headers = ordered_json::array();
    for (std::size_t i = 0; i < m.header_count(); ++i)
    {
        const auto h = m.header(i);
        const std::string_view known = sip::to_string(h.id);
        headers.push_back({{"name", known.empty() ? h.name : known}, {"value", h.value}});
    }
    out["headers"] = std::move(headers);
    out["fields"] = describe_fields(m);
    describe_body(out, m);
    return out;
}

} // namespace solosip::program
