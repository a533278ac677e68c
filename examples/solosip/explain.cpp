#include "phone.hpp"

namespace solosip::program
{

std::string explain(std::error_code ec, const std::string& whom)
{
    if (ec.category() != solosip_category()) return ec.message();
    switch (static_cast<errc>(ec.value()))
    {
    case errc::auth_rejected:
        return "the name or the password is wrong; check --login and --password-file";
    case errc::forbidden: return "it is forbidden to us; ask who runs the exchange";
    case errc::not_found: return "there is no such user; check the address";
    case errc::busy: return "the line is busy; try again later";
    case errc::declined: return "the call was declined";
    case errc::no_answer: return "nobody answered; try again later";
    case errc::redirected: return "they are to be called elsewhere; use the new address";
    case errc::transferred: return "it goes on as another call";
    case errc::cancelled: return "the call was given up";
    case errc::unreachable:
        return "the network does not carry anything there; check the address and the network";
    case errc::timed_out:
        return "there is no answer at all; check the host, the port and firewalls";
    case errc::dns_failed:
        return whom + ": the host has no address; check the name, and the name server";
    case errc::no_common_codec:
        return "we have no audio format in common; allow PCMA or PCMU there";
    case errc::srtp_required:
        return "the other side does not encrypt the audio; set up SRTP there, or give --srtp "
               "preferred";
    case errc::bad_uri: return "'" + whom + "' is no SIP URI; it should look like sip:me@host";
    case errc::no_such_file: return "there is no such file, or it may not be used";
    case errc::unsupported_audio_file:
        return "this is no sound file that can be read; give WAV, Ogg, FLAC or MP3";
    default: return ec.message();
    }
}

} // namespace solosip::program
