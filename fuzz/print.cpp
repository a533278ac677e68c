// Bytes that are orders to the writer and to a message that owns itself. What they take can be read
// again and says the same; a line break never gets through; a room that is too small is an error.
#include "fuzz/property.hpp"
#include "solosip/sip/message.hpp"
#include "solosip/sip/message_view.hpp"
#include "solosip/sip/writer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace solosip;
using namespace solosip::sip;
using fuzz::require;

namespace
{

class orders
{
public:
    orders(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
    bool done() const { return at_ == end_; }
    std::uint8_t byte() { return done() ? std::uint8_t{0} : *at_++; }
    std::string_view text()
    {
        const std::size_t wanted = byte();
        const std::size_t length = std::min(wanted, static_cast<std::size_t>(end_ - at_));
        const std::string_view found(reinterpret_cast<const char*>(at_), length);
        at_ += length;
        return found;
    }
    std::string_view rest()
    {
        const std::string_view found(reinterpret_cast<const char*>(at_),
                                     static_cast<std::size_t>(end_ - at_));
        at_ = end_;
        return found;
    }

private:
    const std::uint8_t* at_;
    const std::uint8_t* end_;
};

bool breaks(std::string_view s)
{
    return s.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string_view trimmed(std::string_view s)
{
    const auto begin = s.find_first_not_of(" \t");
    if (begin == s.npos) return {};
    return s.substr(begin, s.find_last_not_of(" \t") - begin + 1);
}

using line = std::pair<std::string, std::string>;

// The same orders into a room of `size` bytes.
result<std::string_view> write(std::vector<char>& room, const std::vector<line>& lines,
                               std::string_view uri, int status, std::string_view reason,
                               std::string_view content)
{
    writer w(room);
    if (status == 0)
        w.request(method::message, uri);
    else
        w.status(status, reason);
    for (const auto& [name, value] : lines)
        w.header(name, value);
    w.body("text/plain", content);
    return w.finish();
}

void check_written(std::string_view text, const std::vector<line>& lines, std::string_view content)
{
    message_view m;
    if (text.size() > limits::message_bytes || lines.size() > limits::headers - 2) return;
    const auto parsed = m.parse(text);
    require(parsed.has_value(), "what is written parses");
    std::size_t i = 0;
    for (const auto& [name, value] : lines)
    {
        if (header_id_from(name) == header_id::content_length) return; // ours is the second then
        require(iequals(m.header(i).name, name), "a header stays in its place");
        require(m.header(i).value == trimmed(value), "with its value");
        ++i;
    }
    require(m.body() == content, "the body is the same");
    require(m.header_count() == lines.size() + 2, "nothing else is there");
}

void check_owned(orders& o, std::vector<line>& lines)
{
    message m = *message::parse("OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nTo: b\r\n\r\n");
    for (const auto& [name, value] : lines)
    {
        const std::string before(m.bytes());
        const bool by_name = (o.byte() & 1) != 0;
        const auto done = by_name ? m.append(name, value) : m.set(header_id::subject, value);
        if ((by_name && breaks(name)) || breaks(value)) require(!done, "a line break is refused");
        if (!done) require(m.bytes() == before, "what is refused changes nothing");
        require(message::parse(std::string(m.bytes())).has_value(), "an edited message parses");
    }
    const auto uri = o.text();
    if (m.set_request_uri(uri)) require(m->request_uri() == uri, "the new URI");
    const auto content = o.rest();
    if (m.set_body("a/b", content)) require(m->body() == content, "the new body");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    orders o(data, size);
    const int status = o.byte() % 2 == 0 ? 0 : 100 + o.byte() * 2;
    const std::string uri(o.text()), reason(o.text());
    std::vector<line> lines;
    for (std::size_t n = o.byte() % 8u; n > 0; --n)
    {
        const auto name = o.text();
        lines.emplace_back(name, o.text());
    }
    const std::string content(o.text());

    std::vector<char> room(8'192);
    const auto text = write(room, lines, uri, status, reason, content);
    const bool bad =
        std::any_of(lines.begin(), lines.end(),
                    [](const line& l) { return breaks(l.first) || breaks(l.second); }) ||
        (status == 0 ? breaks(uri) : breaks(reason));
    require(!(bad && text), "a line break is refused");
    if (text)
    {
        const std::string whole(*text);
        check_written(whole, lines, content);
        // Into less room, by steps that meet every kind of place.
        for (std::size_t less = 0; less < whole.size(); less += 1 + whole.size() / 50)
        {
            std::vector<char> small(less);
            require(write(small, lines, uri, status, reason, content).code() == errc::no_space,
                    "a room that is too small is told");
        }
    }
    check_owned(o, lines);
    return 0;
}
