#include "differential/mutate.hpp"

#include <string_view>

namespace differential
{
namespace
{

// SplitMix64: small, and good enough to stir messages.
class dice
{
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t roll()
    {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(roll() % n); }

private:
    std::uint64_t state_;
};

constexpr std::string_view words[] = {
    "\r\n",
    "\n",
    "\r\n ",
    "\r\n\t",
    " ",
    "\t",
    ",",
    ";",
    "\"",
    "\\",
    "<",
    ">",
    "@",
    ":",
    "::",
    "=",
    "?",
    "%",
    "%00",
    "%41",
    "%zz",
    "*",
    "[",
    "]",
    "[::1]",
    "[2001:db8::1]",
    "[::ffff:192.0.2.1]",
    "/",
    "-1",
    "0",
    "00",
    "1",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "65535",
    "65536",
    "256",
    "sip:",
    "sips:",
    "tel:",
    "SIP:",
    "mailto:",
    "SIP/2.0",
    "sip/2.0",
    "SIP/3.0",
    "SIP/2.0/UDP",
    "z9hG4bK",
    ";tag=",
    ";branch=",
    ";lr",
    ";rport",
    ";received=",
    ";expires=",
    ";q=0.5",
    "\xc3\xa4",
    "\xff",
    "Via: SIP/2.0/TCP b;branch=z9hG4bK2\r\n",
    "v: SIP/2.0/UDP c\r\n",
    "Contact: *\r\n",
    "Content-Length: 0\r\n",
    "l: 5\r\n",
    "Content-Length:\r\n",
    "Route: <sip:p;lr>, <sip:q>\r\n",
    "From: <sip:x@y>\r\n",
    "t: sip:a@b;tag=2\r\n",
    "CSeq: 2 INVITE\r\n",
    "Max-Forwards: 71\r\n",
    "Subject: \r\n",
    "X-Unknown: \xe2\x82\xac\r\n",
    "Supported: a,b,,c\r\n",
    "Expires: 1\r\n",
};

std::size_t line_begin(const std::string& m, dice& d)
{
    const auto at = m.rfind('\n', d.below(m.size()));
    return at == std::string::npos ? 0 : at + 1;
}

std::string line_at(const std::string& m, std::size_t begin)
{
    const auto end = m.find('\n', begin);
    return m.substr(begin, end == std::string::npos ? end : end + 1 - begin);
}

void change_bytes(std::string& m, dice& d)
{
    const std::size_t at = d.below(m.size() + 1);
    switch (d.below(5))
    {
    case 0: // another byte
        if (at < m.size()) m[at] = static_cast<char>(d.below(256));
        break;
    case 1: m.insert(at, 1, static_cast<char>(d.below(256))); break;
    case 2: m.erase(at, 1 + d.below(8)); break;
    case 3: // the other case
        if (at < m.size()) m[at] = static_cast<char>(m[at] ^ 0x20);
        break;
    default: m.insert(at, m.substr(d.below(m.size() + 1), d.below(20))); break;
    }
}

void change_lines(std::string& m, const std::string& other, dice& d)
{
    const std::size_t at = line_begin(m, d);
    const std::string line = line_at(m, at);
    switch (d.below(5))
    {
    case 0: m.insert(at, line); break;
    case 1: m.erase(at, line.size()); break;
    case 2:
        m.erase(at, line.size());
        m.insert(line_begin(m, d), line);
        break;
    case 3: m.insert(at, line_at(other, line_begin(other, d))); break;
    default: m.replace(at, line.size(), line_at(other, line_begin(other, d))); break;
    }
}

// A number becomes another.
void change_number(std::string& m, dice& d)
{
    constexpr std::string_view digits = "0123456789";
    const auto begin = m.find_first_of(digits, d.below(m.size()));
    if (begin == std::string::npos) return;
    auto end = m.find_first_not_of(digits, begin);
    if (end == std::string::npos) end = m.size();
    m.replace(begin, end - begin, words[28 + d.below(10)]);
}

} // namespace

std::string mutated(const std::vector<std::string>& corpus, std::uint64_t seed,
                    std::uint64_t number)
{
    dice d(seed * 0x100000001b3u + number);
    std::string m = corpus[d.below(corpus.size())];
    for (std::size_t changes = 1 + d.below(4); changes > 0; --changes)
    {
        if (m.empty()) m = "\r\n";
        switch (d.below(4))
        {
        case 0: change_bytes(m, d); break;
        case 1: change_lines(m, corpus[d.below(corpus.size())], d); break;
        case 2: change_number(m, d); break;
        default: m.insert(d.below(m.size() + 1), words[d.below(std::size(words))]); break;
        }
    }
    return m;
}

} // namespace differential
