// Sentences that name the file.
#pragma once

#include "audio/access.hpp"

#include <filesystem>
#include <string>
#include <system_error>

namespace solosip::audio
{

/// "cannot <verb> '<path>': <why>"
std::string cannot(const char* verb, const std::filesystem::path& path, const std::string& why);

/// What the system says, in lower case: "no such file or directory".
std::string system_text(const std::error_code& code);
std::string system_text(int error_number);

} // namespace solosip::audio
