// What the command line and the configuration file say, ready to be used.
#pragma once

#include "solosip/base/log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace solosip::program
{

/// A mistake of the user's: one sentence that says what to do, and the exit status.
class mistake : public std::runtime_error
{
public:
    mistake(int exit_status, const std::string& text)
        : std::runtime_error(text), exit_status_(exit_status)
    {
    }
    int exit_status() const { return exit_status_; }

private:
    int exit_status_;
};
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

enum class verb : std::uint8_t
{
    register_,
    call,
    answer,
    message, ///< MESSAGE with a text
    options, ///< is anybody there?
    parse,
};

struct account_options
{
    std::string config;
    std::string uri, registrar, outbound_proxy, login, password, display_name;
    std::string password_file;
    std::string listen; ///< ADDRESS[:PORT]; empty: any address and a free port
    std::string user_agent = "solosip";
    unsigned expires = 600;
    bool no_register = false;
    bool anyone_may_call = false;
    std::vector<std::string> codecs; ///< in order of preference; empty: the library's
    std::string srtp = "off";        ///< off, preferred or required
};

struct output_options
{
    bool json = false;
    std::string log; ///< error, warning, info, debug; empty: nothing
    std::string ladder;

    std::optional<log_level> level() const;
};

/// How long a call may last, whoever began it.
struct length_options
{
    std::optional<unsigned> longest; ///< seconds; nothing: for ever
    unsigned session = 1800;         ///< seconds without a refresh (RFC 4028); 0: for ever
};

/// What may become of a call, whoever began it.
struct transfer_options
{
    std::string to;      ///< whom the other side shall call instead
    bool follow = false; ///< where they want us to call
};

struct call_arguments
{
    std::string target, subject;
    bool follow_redirects = false;
    transfer_options transfer;
    length_options length;
    std::vector<std::string> play;
    unsigned after_ms = 0;
    std::string record, record_side;
    std::string digits;
    std::optional<double> hold_after, resume_after, hang_up_after;
    bool until_played = false;
    unsigned ring_for = 60;
    bool late_offer = false;
};

struct answer_arguments
{
    double ring = 0;
    std::string early; ///< sound file to be heard before the answer
    std::vector<std::string> play;
    unsigned after_ms = 0;
    std::string record, record_side;
    std::string digits;
    bool echo = false;
    bool until_played = false;
    std::optional<double> hold_after, resume_after, hang_up_after;
    unsigned count = 0; ///< 0: until a signal comes
    std::optional<int> reject;
    int leaving = 480; ///< what a caller who rings hears when a signal ends us
    transfer_options transfer;
    length_options length;
};

/// `message` and `options`.
struct request_arguments
{
    std::string target, text;
};

struct options
{
    program::verb verb = program::verb::register_;
    account_options account;
    output_options output;
    call_arguments call;
    answer_arguments answer;
    request_arguments request;
    std::optional<double> stay; ///< `register`: seconds; nothing: until a signal comes
    std::string parse_file;
};

/// Nothing where the user asked for help or the version, which has been printed. Throws `mistake`.
std::optional<options> read_command_line(int argc, char** argv);

/// Fills what the command line left open: [registration] uri, registrar, login, password, and
/// [alert] destination, name. Throws `mistake` with file and line.
void read_config(const std::string& path, options& into);

/// All of a file, or of standard input for "-". Throws `mistake`; `what` says what it should be.
std::string read_file(const std::string& path, std::string_view what);

/// What a file's first line says, without its line end. Throws `mistake`.
std::string read_first_line(const std::string& path, std::string_view what);

} // namespace solosip::program
