// The message layer alone.
#include "solosip/sip/message.hpp"

#include <cstdio>

int main()
{
    const auto m = solosip::sip::message::parse("OPTIONS sip:bob@example.com SIP/2.0\r\n"
                                                "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
                                                "From: <sip:alice@example.com>;tag=1\r\n"
                                                "To: <sip:bob@example.com>\r\n"
                                                "Call-ID: one\r\n"
                                                "CSeq: 1 OPTIONS\r\n\r\n");
    if (!m || (*m)->method() != solosip::sip::method::options) return 1;
    std::printf("%.*s\n", static_cast<int>((*m)->method_text().size()), (*m)->method_text().data());
    return 0;
}
