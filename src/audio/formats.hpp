// The format of a recording by the ending of its name.
#pragma once

#include <filesystem>
#include <optional>

namespace solosip::audio
{

/// libsndfile's format number; WAV of 16 bits where there is no ending, nothing for an unknown one
/// or one that this libsndfile was built without.
std::optional<int> format_by_ending(const std::filesystem::path& path, int rate, int channels);

} // namespace solosip::audio
