#include "audio/problem.hpp"

namespace solosip::audio
{

std::string cannot(const char* verb, const std::filesystem::path& path, const std::string& why)
{
    return "cannot " + std::string(verb) + " '" + path.string() + "': " + why;
}

std::string system_text(const std::error_code& code)
{
    auto text = code.message();
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

std::string system_text(int error_number)
{
    return system_text(std::error_code(error_number, std::generic_category()));
}

} // namespace solosip::audio
