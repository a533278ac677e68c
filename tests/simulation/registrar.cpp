#include "simulation/registrar.hpp"

#include "support/catch.hpp"

#include <algorithm>

namespace solosip::simulation
{

registrar::registrar(world& w, ip_address address, std::vector<auth::algorithm> algorithms,
                     duration nonce_life)
    : peer(w, "registrar", address), random_(w.next_seed()),
      verifier_(random_, "example.com", std::move(algorithms), nonce_life)
{
    on_message = [this](const sip::message& m)
    {
        if (m->is_request() && m->method() == sip::method::register_) on_register(m);
    };
}

bool registrar::admits(const sip::message& request, bool proxy)
{
    using outcome = auth::verifier::outcome;
    const auto verdict =
        verifier_.check(*request, proxy, world_.now(),
                        [&](std::string_view) { return std::optional<std::string>(password); });
    if (verdict == outcome::accepted) return true;
    if (verdict == outcome::wrong)
    {
        answer(request, "403 Forbidden");
        return false;
    }
    std::string lines;
    for (const auto& c : verifier_.challenges(world_.now(), verdict == outcome::stale))
        lines += (proxy ? "Proxy-Authenticate: " : "WWW-Authenticate: ") + c + "\n";
    answer(request, proxy ? "407 Proxy Authentication Required" : "401 Unauthorized", lines);
    return false;
}

void registrar::on_register(const sip::message& request)
{
    if (!refusals.empty())
    {
        const auto refusal = refusals.front();
        refusals.erase(refusals.begin());
        if (!refusal.empty()) answer(request, refusal);
        return;
    }
    if (challenges && !admits(request)) return;
    const auto contact_header = request->contact();
    REQUIRE(contact_header.has_value());
    const std::string uri(contact_header->uri.text);
    auto wanted = request->number(sip::header_id::expires).value_or(3600);
    if (const auto own = contact_header->params.find("expires"))
        wanted = static_cast<std::uint32_t>(std::stoul(std::string(*own)));
    if (wanted != 0 && wanted < least)
    {
        answer(request, "423 Interval Too Brief", "Min-Expires: " + std::to_string(least) + "\n");
        return;
    }
    ++accepted;
    request->for_each_value(
        sip::header_id::contact,
        [&](std::string_view value)
        {
            const auto other = sip::parse_name_addr(value);
            const bool goes = other && other->params.find("expires").value_or("") == "0";
            std::erase_if(bindings, [&](const binding& b)
                          { return b.contact == uri || (goes && b.contact == other->uri.text); });
        });
    const auto granted = std::min<unsigned>(wanted, grants);
    std::string lines = also;
    if (granted != 0)
    {
        bindings.push_back({uri, world_.now() + seconds(granted)});
        if (contact_in_200)
            lines += "Contact: <" + uri + ">;expires=" + std::to_string(granted) + "\n";
    }
    answer(request, "200 OK", lines);
}

ua::account account_at(const registrar& r, const std::string& user)
{
    ua::account a;
    a.uri = "sip:" + user + "@example.com";
    a.registrar = r.address().to_string();
    a.password = "secret";
    return a;
}

} // namespace solosip::simulation
