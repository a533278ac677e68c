// The messages of tests/sip/torture/ and the table of what is expected of each.
#pragma once

#include "support/catch.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace torture
{

/// One line of expectations.txt.
struct expectation
{
    std::string file, section;
    std::string verdict; ///< of the parser and of `validate`
    std::string agent;   ///< what `ua::engine` does
    std::string facts;
};

/// The bytes of a file of that directory.
inline std::string read(const std::string& name)
{
    std::ifstream in(std::string(SOLOSIP_TORTURE) + "/" + name, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::string> split(const std::string& text, const std::string& separator)
{
    std::vector<std::string> parts;
    std::size_t at = 0;
    for (std::size_t end; (end = text.find(separator, at)) != std::string::npos;
         at = end + separator.size())
        parts.push_back(text.substr(at, end - at));
    parts.push_back(text.substr(at));
    return parts;
}

inline std::vector<expectation> read_table()
{
    std::vector<expectation> table;
    std::istringstream in(read("expectations.txt"));
    for (std::string line; std::getline(in, line);)
    {
        if (line.empty() || line.front() == '#') continue;
        if (line.ends_with(" |")) line += ' ';
        const auto cells = split(line, " | ");
        CAPTURE(line);
        REQUIRE(cells.size() == 5);
        table.push_back({cells[0], cells[1], cells[2], cells[3], cells[4]});
    }
    return table;
}

} // namespace torture
