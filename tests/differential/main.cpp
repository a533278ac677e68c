// The same bytes to others' parsers and to ours: where do they disagree, and is that known?
#include "differential/campaign.hpp"
#include "differential/reading.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

using namespace differential;

namespace
{

namespace fs = std::filesystem;

constexpr const char* usage_text =
    "differential [OPTION...] PATH...     compares the readings of messages and mutations of them\n"
    "  --known FILE       kinds of disagreement that are known; any other fails the run\n"
    "  --mutations N      after the messages themselves (0)\n"
    "  --seconds N        at most\n"
    "  --seed N           of the mutations (1)\n"
    "  --save DIR         some messages of each kind that is not known\n"
    "  --show FILE        what each reader understands of one message, and nothing else\n";

struct options
{
    campaign what;
    std::string known, save, show;
};

std::string read_file(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void add_messages(campaign& c, const fs::path& path)
{
    std::vector<fs::path> files;
    if (fs::is_directory(path))
        for (const auto& entry : fs::directory_iterator(path))
            files.push_back(entry.path());
    else
        files.push_back(path);
    std::sort(files.begin(), files.end());
    for (const auto& file : files)
        if (file.extension() != ".txt") c.messages.push_back(read_file(file));
}

bool read_options(int argc, char** argv, options& o)
{
    for (int i = 1; i < argc; ++i)
    {
        const std::string word = argv[i];
        if (!word.starts_with("--"))
        {
            add_messages(o.what, word);
            continue;
        }
        if (++i == argc) return false;
        const std::string value = argv[i];
        if (word == "--known")
            o.known = value;
        else if (word == "--save")
            o.save = value;
        else if (word == "--show")
            o.show = value;
        else if (word == "--mutations")
            o.what.mutations = std::strtoull(value.c_str(), nullptr, 10);
        else if (word == "--seconds")
            o.what.seconds = std::atoi(value.c_str());
        else if (word == "--seed")
            o.what.seed = std::strtoull(value.c_str(), nullptr, 10);
        else
            return false;
    }
    return !o.show.empty() || !o.what.messages.empty();
}

// "KIND | VERDICT" lines; the verdicts are those of docs/parser.md.
std::map<std::string, std::string> read_known(const std::string& path)
{
    std::map<std::string, std::string> known;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);)
    {
        const auto bar = line.find(" | ");
        if (!line.starts_with('#') && bar != line.npos)
            known[line.substr(0, bar)] = line.substr(bar + 3);
    }
    return known;
}

void show(const std::string& path)
{
    const std::string message = read_file(path);
    std::size_t count = 0;
    const peer* all = peers(count);
    std::vector<std::pair<std::string, reading>> readings{{"solosip", read_ours(message)}};
    for (std::size_t i = 0; i < count; ++i)
        readings.emplace_back(all[i].name, all[i].read(message));
    for (const auto& [name, r] : readings)
    {
        std::printf("%s: %s %s\n", name.c_str(), r.accepted ? "accepted" : "refused",
                    r.why.c_str());
        for (std::size_t i = 0; i < field_count; ++i)
            if (r.facts[i])
                std::printf("  %-22s %s\n", std::string(to_string(static_cast<field>(i))).c_str(),
                            r.facts[i]->c_str());
    }
}

void save(const options& o, std::string kind, const std::vector<std::uint64_t>& indices)
{
    std::replace_if(
        kind.begin(), kind.end(),
        [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '-');
    for (const auto index : indices)
        std::ofstream(fs::path(o.save) / (kind + '.' + std::to_string(index)), std::ios::binary)
            << message_of(o.what, index);
}

int report(const options& o, const findings& found)
{
    const auto known = read_known(o.known);
    std::map<std::string, std::pair<std::size_t, std::uint64_t>> verdicts; // kinds, messages
    int fresh = 0;
    for (const auto& [kind, seen] : found.kinds)
    {
        const auto at = known.find(kind);
        auto& verdict = verdicts[at == known.end() ? "NEW" : at->second];
        ++verdict.first;
        verdict.second += seen.count;
        if (at != known.end()) continue;
        ++fresh;
        std::printf("new: %s | %llu times\n", kind.c_str(),
                    static_cast<unsigned long long>(seen.count));
        if (!o.save.empty()) save(o, kind, seen.first);
    }
    for (const auto& [verdict, seen] : verdicts)
        std::printf("%4zu kinds %12llu messages  %s\n", seen.first,
                    static_cast<unsigned long long>(seen.second), verdict.c_str());
    std::printf("%llu messages, %zu kinds of disagreement, %d of them new\n",
                static_cast<unsigned long long>(found.messages), found.kinds.size(), fresh);
    return fresh == 0 && found.messages > 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    options o;
    if (!read_options(argc, argv, o))
    {
        std::fputs(usage_text, stderr);
        return 2;
    }
    if (!o.show.empty())
    {
        show(o.show);
        return 0;
    }
    return report(o, run(o.what));
}
