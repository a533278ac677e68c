#include "options.hpp"

#include "solosip/dtmf/info.hpp"
#include "solosip/sip/uri.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>

namespace solosip::program
{
namespace
{

void add_account(CLI::App& to, account_options& a)
{
    const std::string group = "Account";
    to.add_option("--config", a.config, "INI file: [registration] uri, registrar, login, password")
        ->type_name("FILE")
        ->group(group);
    to.add_option("--uri", a.uri, "who we are")->type_name("sip:ME@HOST")->group(group);
    to.add_option("--registrar", a.registrar, "where to register (default: the host of --uri)")
        ->type_name("HOST[:PORT]")
        ->group(group);
    to.add_option("--outbound-proxy", a.outbound_proxy, "where all requests go first")
        ->type_name("HOST[:PORT]")
        ->group(group);
    to.add_option("--login", a.login, "name to log in with (default: the user of --uri)")
        ->type_name("NAME")
        ->group(group);
    to.add_option("--password-file", a.password_file,
                  "file with the password on its first line (or environment SOLOSIP_PASSWORD)")
        ->type_name("FILE")
        ->group(group);
    to.add_option("--display-name", a.display_name, "our name for people")->group(group);
    to.add_option("--listen", a.listen, "our address and SIP port (default: a free port)")
        ->type_name("ADDRESS[:PORT]")
        ->group(group);
    to.add_option("--expires", a.expires, "seconds to be registered for")
        ->check(CLI::Range(60, 86'400))
        ->group(group);
    to.add_flag("--no-register", a.no_register, "do not register")->group(group);
    to.add_flag("--anyone-may-call", a.anyone_may_call,
                "while registered, listen to others than the registrar too")
        ->group(group);
    std::vector<std::string> codecs{"PCMA", "PCMU", "G722", "L16", "L16/8000"};
#ifdef SOLOSIP_HAVE_OPUS
    codecs.push_back("opus");
#endif
    to.add_option("--codecs", a.codecs, "the best one first (default: PCMA,PCMU)")
        ->delimiter(',')
        ->check(CLI::IsMember(codecs))
        ->group(group);
    to.add_option("--srtp", a.srtp, "encrypt the audio: off (default), preferred or required")
        ->check(CLI::IsMember({"off", "preferred", "required"}))
        ->group(group);
    to.add_option("--user-agent", a.user_agent, "what to call ourselves")->group(group);
}

void add_output(CLI::App& to, output_options& o)
{
    const std::string group = "Output";
    to.add_flag("--json", o.json, "one event a line, as JSON")->group(group);
    to.add_option("--log", o.log, "notes on standard error")
        ->check(CLI::IsMember({"error", "warning", "info", "debug"}))
        ->group(group);
    to.add_option("--ladder", o.ladder, "write the messages as a ladder of text into this file")
        ->type_name("FILE")
        ->group(group);
}

// What both who calls and who answers can do in a call.
template <class Arguments>
void add_media(CLI::App& to, Arguments& a)
{
    to.add_option("--play", a.play, "sound file to play (repeatable)")
        ->type_name("FILE")
        ->allow_extra_args(false);
    to.add_option("--after", a.after_ms, "pause before it, milliseconds")->type_name("MS");
    to.add_option("--record", a.record, "write what we hear into this file")->type_name("FILE");
    to.add_option("--record-side", a.record_side, "whom: far (default), near, or both in stereo")
        ->check(CLI::IsMember({"far", "near", "both"}))
        ->needs("--record");
    to.add_option("--send", a.digits, "keys to press: 0-9 * # A-D")->type_name("DIGITS");
    to.add_option("--hold-after", a.hold_after,
                  "put the other side on hold, seconds after the answer")
        ->check(CLI::NonNegativeNumber)
        ->type_name("SECONDS");
    to.add_option("--resume-after", a.resume_after, "end our hold, seconds after the answer")
        ->check(CLI::NonNegativeNumber)
        ->type_name("SECONDS");
    auto* const after =
        to.add_option("--hang-up-after", a.hang_up_after, "seconds after the answer")
            ->check(CLI::NonNegativeNumber)
            ->type_name("SECONDS");
    to.add_option("--max-call", a.length.longest, "hang up then, seconds after the answer")
        ->check(CLI::Range(1, 604'800))
        ->type_name("SECONDS");
    to.add_option("--session-expires", a.length.session,
                  "end a call that nobody refreshes (RFC 4028), 90-86400 seconds; 0: never")
        ->check(CLI::Range(90, 86'400) | CLI::IsMember({"0"}))
        ->type_name("SECONDS")
        ->capture_default_str();
    to.add_option("--transfer-to", a.transfer.to, "have the other side call there instead")
        ->type_name("TARGET");
    to.add_flag("--follow-transfers", a.transfer.follow,
                "call where the other side sends us; let calls be taken over");
    to.add_flag("--until-played", a.until_played, "hang up when all is played and pressed")
        ->excludes(after);
}

CLI::App* add_register(CLI::App& app, options& o)
{
    auto* const s =
        app.add_subcommand("register", "register, print the binding, unregister at the end");
    s->add_option("--for", o.stay, "end after that many seconds (default: with Ctrl-C)")
        ->check(CLI::NonNegativeNumber)
        ->type_name("SECONDS");
    return s;
}

CLI::App* add_call(CLI::App& app, options& o)
{
    auto* const s = app.add_subcommand("call", "call somebody");
    s->add_option(
        "target", o.call.target,
        "whom: sip:BOB@HOST, or a number of our own exchange (default: [alert] destination)");
    s->add_option("--subject", o.call.subject, "what the call is about");
    s->add_option("--ring-for", o.call.ring_for, "give up without an answer, seconds")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    s->add_flag("--follow-redirects", o.call.follow_redirects, "call where a 3xx points to");
    s->add_flag("--late-offer", o.call.late_offer, "let the other side make the offer");
    add_media(*s, o.call);
    return s;
}

CLI::App* add_message(CLI::App& app, options& o)
{
    auto* const s = app.add_subcommand("message", "send somebody a text");
    s->add_option("target", o.request.target, "whom, as for a call")->required();
    s->add_option("text", o.request.text, "what to say")->required();
    return s;
}

CLI::App* add_options(CLI::App& app, options& o)
{
    auto* const s = app.add_subcommand("options", "ask whether somebody is there (OPTIONS)");
    s->add_option("target", o.request.target, "whom, as for a call")->required();
    return s;
}

CLI::App* add_answer(CLI::App& app, options& o)
{
    auto* const s = app.add_subcommand("answer", "answer calls");
    s->add_option("--ring", o.answer.ring, "answer after that many seconds, at most 170")
        ->check(CLI::Range(0.0, 170.0))
        ->type_name("SECONDS");
    s->add_option("--early", o.answer.early, "sound file that is heard before we answer")
        ->type_name("FILE");
    s->add_option("--count", o.answer.count, "end after that many calls")->type_name("N");
    s->add_option("--reject", o.answer.reject, "refuse calls with this status, 300-699")
        ->check(CLI::Range(300, 699))
        ->type_name("CODE");
    s->add_option("--when-leaving", o.answer.leaving,
                  "refuse who rings when Ctrl-C comes with this status, 400-699")
        ->check(CLI::Range(400, 699))
        ->type_name("CODE")
        ->capture_default_str();
    add_media(*s, o.answer);
    s->add_flag("--echo", o.answer.echo, "say again what we hear")
        ->excludes("--record")
        ->excludes("--play");
    return s;
}

void check_uri(const std::string& text, const std::string& what)
{
    const auto uri = sip::parse_uri(text);
    if (!uri || !uri->is_sip() || uri->host.empty())
        throw mistake(exit_usage, "'" + text + "' is no SIP URI; " + what);
}

void check_digits(const std::string& digits)
{
    for (const char c : digits)
        if (!dtmf::is_key(c))
            throw mistake(exit_usage, "'" + std::string(1, c) +
                                          "' is no telephone key; --send takes 0-9 * # A-D");
}

void complete_account(options& o)
{
    auto& a = o.account;
    if (!a.config.empty()) read_config(a.config, o);
    if (!a.password_file.empty())
        a.password = read_first_line(a.password_file, "the password");
    else if (const char* secret = std::getenv("SOLOSIP_PASSWORD"); secret && a.password.empty())
        a.password = secret;

    if (!a.uri.empty())
        check_uri(a.uri, "--uri should look like sip:me@example.com");
    else if (o.verb == verb::register_ || !a.no_register)
        throw mistake(exit_usage,
                      "who are you? Give --uri sip:me@example.com or --config FILE" +
                          std::string(o.verb == verb::register_ ? "" : ", or --no-register"));
}

void check(options& o)
{
    const auto& agent = o.account.user_agent;
    if (std::any_of(agent.begin(), agent.end(), [](unsigned char c) { return c < 32 || c == 127; }))
        throw mistake(exit_usage, "--user-agent holds a control character; give plain text");
    check_digits(o.call.digits);
    check_digits(o.answer.digits);
    complete_account(o);
    if (o.verb == verb::register_ || o.verb == verb::answer) return;
    const auto& target = o.verb == verb::call ? o.call.target : o.request.target;
    if (target.empty())
        throw mistake(exit_usage, "whom to call? Give sip:bob@example.com as the last argument");
    const bool looks_like_uri = target.find(':') != std::string::npos;
    if (looks_like_uri || o.account.uri.empty())
        check_uri(target, "call somebody like sip:bob@example.com");
}

} // namespace

std::optional<log_level> output_options::level() const
{
    if (log == "error") return log_level::error;
    if (log == "warning") return log_level::warning;
    if (log == "info") return log_level::info;
    if (log == "debug") return log_level::debug;
    return std::nullopt;
}

std::optional<options> read_command_line(int argc, char** argv)
{
    options o;
    CLI::App app("Calls, answers and registers by SIP.", "solosip");
    app.set_version_flag("--version", "solosip " SOLOSIP_VERSION);
    app.require_subcommand(1);
    app.footer("solosip VERB --help tells the options of a verb.\n"
               "Exit status: 0 done, 1 refused or failed, 2 wrong usage.");
    // In the order of `verb`.
    CLI::App* const verbs[] = {add_register(app, o), add_call(app, o), add_answer(app, o),
                               add_message(app, o), add_options(app, o)};
    for (auto* s : verbs)
    {
        add_account(*s, o.account);
        add_output(*s, o.output);
    }
    auto* const parse = app.add_subcommand("parse", "judge one SIP message");
    parse->add_option("file", o.parse_file, "a file, or - for standard input")->required();
    parse->add_flag("--json", o.output.json, "print what is understood");

    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::ParseError& e)
    {
        if (app.exit(e) == 0) return std::nullopt;
        throw mistake(exit_usage, "");
    }
    if (parse->parsed())
        o.verb = verb::parse;
    else
    {
        const auto at = std::find_if(std::begin(verbs), std::end(verbs),
                                     [](const CLI::App* s) { return s->parsed(); });
        o.verb = static_cast<verb>(at - std::begin(verbs));
        check(o);
    }
    return o;
}

} // namespace solosip::program
