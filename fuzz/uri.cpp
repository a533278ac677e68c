// URIs, one a line: parts lie in the text, equivalence is reflexive and symmetric, and what is
// equal but for ignorable parameters stays so.
#include "fuzz/values.hpp"

#include <cstddef>
#include <cstdint>

using namespace solosip;
using namespace solosip::sip;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t newline = text.find('\n');
    const std::string_view first = text.substr(0, newline);
    const std::string_view second =
        newline == std::string_view::npos ? std::string_view{} : text.substr(newline + 1);
    fuzz::check_uri(first);
    fuzz::check_uri(second);

    const auto a = parse_uri(first);
    const auto b = parse_uri(second);
    if (a && b) require(equivalent(*a, *b) == equivalent(*b, *a), "equivalence is symmetric");
    if (!a || !a->is_sip()) return 0;
    // In brackets the URI is the same.
    const std::string bracketed = "<" + std::string(first) + ">;tag=1";
    const auto address = parse_name_addr(bracketed);
    require(address && address->uri.text == first && address->tag() == "1",
            "a URI stands in a name-addr");
    require(equivalent(address->uri, *a), "a URI in brackets is the same");
    // A parameter that neither side knows does not count.
    if (a->params.has("zz-new") || a->headers.empty() == false) return 0;
    const std::string more = std::string(first) + ";zz-new=1";
    if (const auto u = parse_uri(more))
        require(equivalent(*u, *a), "an unknown parameter of one side does not count");
    return 0;
}
