#include "solosip/sip/names.hpp"

#include "sip/text.hpp"
#include "solosip/sip/headers.hpp"

#include <array>
#include <cstddef>

namespace solosip::sip
{
namespace
{

constexpr std::array<std::string_view, 15> method_names = {
    "",       "INVITE", "ACK",   "BYE",     "CANCEL", "OPTIONS",   "REGISTER", "PRACK",
    "UPDATE", "INFO",   "REFER", "MESSAGE", "NOTIFY", "SUBSCRIBE", "PUBLISH",
};

constexpr std::size_t id_count = static_cast<std::size_t>(header_id::count);

// In the order of `header_id`.
constexpr std::array<std::string_view, id_count> header_names = {
    "",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Alert-Info",
    "Allow",
    "Authentication-Info",
    "Authorization",
    "Call-ID",
    "Call-Info",
    "Contact",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    "CSeq",
    "Date",
    "Error-Info",
    "Expires",
    "From",
    "In-Reply-To",
    "Max-Forwards",
    "MIME-Version",
    "Min-Expires",
    "Organization",
    "Priority",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Require",
    "Record-Route",
    "Reply-To",
    "Require",
    "Retry-After",
    "Route",
    "Server",
    "Subject",
    "Supported",
    "Timestamp",
    "To",
    "Unsupported",
    "User-Agent",
    "Via",
    "Warning",
    "WWW-Authenticate",
    "RAck",
    "RSeq",
    "Allow-Events",
    "Event",
    "Subscription-State",
    "Privacy",
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "Reason",
    "Path",
    "Refer-To",
    "Service-Route",
    "Accept-Contact",
    "Reject-Contact",
    "Request-Disposition",
    "Replaces",
    "Referred-By",
    "Session-Expires",
    "Min-SE",
    "Answer-Mode",
    "Priv-Answer-Mode",
    "Flow-Timer",
    "Info-Package",
    "Recv-Info",
    "History-Info",
    "P-Access-Network-Info",
    "P-Associated-URI",
    "P-Called-Party-ID",
    "P-Visited-Network-ID",
    "P-Charging-Vector",
    "Refer-Sub",
    "Refer-Events-At",
    "Target-Dialog",
    "SIP-ETag",
    "SIP-If-Match",
};
static_assert(!header_names.back().empty());

struct short_name
{
    char letter;
    header_id id;
};

// The IANA registry "Header Fields", column "Compact".
constexpr short_name short_names[] = {
    {'a', header_id::accept_contact},
    {'b', header_id::referred_by},
    {'c', header_id::content_type},
    {'d', header_id::request_disposition},
    {'e', header_id::content_encoding},
    {'f', header_id::from},
    {'i', header_id::call_id},
    {'j', header_id::reject_contact},
    {'k', header_id::supported},
    {'l', header_id::content_length},
    {'m', header_id::contact},
    {'o', header_id::event},
    {'r', header_id::refer_to},
    {'s', header_id::subject},
    {'t', header_id::to},
    {'u', header_id::allow_events},
    {'v', header_id::via},
    {'x', header_id::session_expires},
};

constexpr std::array<header_id, 256> make_short_table()
{
    std::array<header_id, 256> table{};
    for (const auto& each : short_names)
    {
        table[static_cast<unsigned char>(each.letter)] = each.id;
        table[static_cast<unsigned char>(each.letter - 32)] = each.id;
    }
    return table;
}
constexpr auto short_table = make_short_table();

// A perfect hash: length, first, middle and last letter tell all these names apart. Case is one bit
// of a letter and does not count. The factors were found by trying; the compiler checks them.
constexpr std::size_t slot_of(const char* name, std::size_t length)
{
    const auto letter = [&](std::size_t i)
    { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])) & 0x1f; };
    return (letter(0) * 78 + letter(length - 1) * 5 + letter(length / 2) * 165 + length * 139) &
           0xff;
}

constexpr std::array<header_id, 256> make_slots()
{
    std::array<header_id, 256> table{};
    for (std::size_t i = 1; i < id_count; ++i)
        table[slot_of(header_names[i].data(), header_names[i].size())] = static_cast<header_id>(i);
    return table;
}
constexpr auto slot_table = make_slots();

constexpr bool slots_are_distinct()
{
    for (std::size_t i = 1; i < id_count; ++i)
        if (slot_table[slot_of(header_names[i].data(), header_names[i].size())] !=
            static_cast<header_id>(i))
            return false;
    return true;
}
static_assert(slots_are_distinct(), "a new name needs new factors in slot_of");

struct phrase
{
    int status;
    std::string_view text;
};

// RFC 3261 section 21 and the IANA registry "Response Codes".
constexpr phrase phrases[] = {
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {199, "Early Dialog Terminated"},
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Notification"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {412, "Conditional Request Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {422, "Session Interval Too Small"},
    {423, "Interval Too Brief"},
    {429, "Provide Referrer Identity"},
    {430, "Flow Failed"},
    {433, "Anonymity Disallowed"},
    {439, "First Hop Lacks Outbound Support"},
    {469, "Bad Info Package"},
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {485, "Ambiguous"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},
    {491, "Request Pending"},
    {493, "Undecipherable"},
    {494, "Security Agreement Required"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {505, "Version Not Supported"},
    {513, "Message Too Large"},
    {580, "Precondition Failure"},
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"},
    {607, "Unwanted"},
    {608, "Rejected"},
};

} // namespace

method method_from(std::string_view token) noexcept
{
    for (std::size_t i = 1; i < method_names.size(); ++i)
        if (text::same_text(token, method_names[i])) return static_cast<method>(i);
    return method::unknown;
}

std::string_view to_string(method m) noexcept
{
    return method_names[static_cast<std::size_t>(m)];
}

header_id header_id_from(std::string_view name) noexcept
{
    if (name.size() < 2)
        return name.empty() ? header_id::other : short_table[static_cast<unsigned char>(name[0])];
    const header_id id = slot_table[slot_of(name.data(), name.size())];
    const std::string_view known = header_names[static_cast<std::size_t>(id)];
    if (name.size() != known.size()) return header_id::other;
    if (text::same_bytes(name.data(), known.data(), name.size())) return id;
    return iequals(name, known) ? id : header_id::other;
}

std::string_view to_string(header_id id) noexcept
{
    return header_names[static_cast<std::size_t>(id)];
}

std::string_view reason_phrase(int status) noexcept
{
    for (const auto& each : phrases)
        if (each.status == status) return each.text;
    return {};
}

bool iequals(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size()) return false;
    if (text::same_bytes(a.data(), b.data(), a.size())) return true;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i] && text::lower(a[i]) != text::lower(b[i])) return false;
    return true;
}

} // namespace solosip::sip
