#include "options.hpp"

#include <ini.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

namespace solosip::program
{
namespace
{

struct key
{
    std::string_view section, name;
    std::string* value;
};

struct reading
{
    std::array<key, 7> keys;
    std::string problem; // of the first line that is wrong
};

// inih calls it for each "name = value"; 0 means that the line is wrong.
int on_line(void* user, const char* section, const char* name, const char* value)
{
    auto& r = *static_cast<reading*>(user);
    bool section_known = false;
    std::string names;
    for (const auto& k : r.keys)
    {
        if (k.section != section) continue;
        section_known = true;
        if (!names.empty()) names += ", ";
        names += k.name;
        if (k.name != name) continue;
        // The command line goes first.
        if (k.value->empty()) *k.value = value;
        return 1;
    }
    if (!section_known) return 1; // of another program that shares the file
    if (r.problem.empty())
        r.problem = "'" + std::string(name) + "' is not known in [" + section + "]; use " + names;
    return 0;
}

} // namespace

void read_config(const std::string& path, options& into)
{
    const std::string text = read_file(path, "a configuration file");
    auto& a = into.account;
    reading r{{{{"registration", "uri", &a.uri},
                {"registration", "registrar", &a.registrar},
                {"registration", "login", &a.login},
                {"registration", "password", &a.password},
                {"registration", "listen", &a.listen},
                {"alert", "destination", &into.call.target},
                {"alert", "name", &into.call.subject}}},
              {}};
    const int line = ini_parse_string(text.c_str(), on_line, &r);
    if (line == 0) return;
    if (r.problem.empty()) r.problem = "is neither [section] nor 'name = value'; mend it";
    throw mistake(exit_failed, path + ", line " + std::to_string(line) + ": " + r.problem);
}

std::string read_file(const std::string& path, std::string_view what)
{
    std::stringstream text;
    errno = 0;
    if (path == "-")
        text << std::cin.rdbuf();
    else
    {
        const std::ifstream file(path, std::ios::binary);
        if (file && !(text << file.rdbuf()) && errno == 0) text.clear(); // it is empty
    }
    if (errno != 0)
        throw mistake(exit_failed, "cannot read '" + path + "': " + std::strerror(errno) +
                                       "; give the name of " + std::string(what));
    return text.str();
}

std::string read_first_line(const std::string& path, std::string_view what)
{
    const std::string text = read_file(path, what);
    std::string line = text.substr(0, text.find_first_of("\r\n"));
    if (line.empty())
        throw mistake(exit_failed, "the first line of '" + path + "' is empty; it should be " +
                                       std::string(what));
    return line;
}

} // namespace solosip::program
