#include "differential/campaign.hpp"

#include "differential/kinds.hpp"
#include "differential/mutate.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace differential
{
namespace
{

// Where the child is, for the parent to read when it has died.
struct progress
{
    std::atomic<std::uint64_t> next{0}; ///< message that is being read, or the first not read
    std::atomic<int> peer{-1};          ///< who reads it
};

// Some leak: after that many messages a fresh process goes on.
constexpr std::uint64_t batch = 50'000;
constexpr unsigned hanging_seconds = 10;

void be_child(const campaign& c, std::uint64_t begin, std::uint64_t end, progress& p, int out)
{
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    // What others print about broken messages interests nobody.
    if (const int nowhere = open("/dev/null", O_WRONLY); nowhere >= 0)
    {
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
    }
    std::FILE* lines = fdopen(out, "w");
    std::size_t count = 0;
    const peer* all = peers(count);
    for (std::uint64_t i = begin; i < end; ++i)
    {
        p.next = i;
        const std::string message = message_of(c, i);
        alarm(hanging_seconds);
        for (std::size_t k = 0; k < count; ++k)
        {
            p.peer = static_cast<int>(k);
            const auto found = kinds(all[k], message);
            p.peer = -1;
            for (const auto& kind : found)
                std::fprintf(lines, "%llu %s\n", static_cast<unsigned long long>(i), kind.c_str());
            if (!found.empty()) std::fflush(lines);
        }
    }
    p.next = end;
    std::fclose(lines);
    _exit(0);
}

void add(findings& f, const std::string& kind, std::uint64_t index)
{
    auto& seen = f.kinds[kind];
    ++seen.count;
    if (seen.first.size() < findings::examples) seen.first.push_back(index);
}

void collect(findings& f, int in)
{
    std::FILE* lines = fdopen(in, "r");
    char line[1'000];
    while (lines && std::fgets(line, sizeof line, lines))
    {
        char* kind = nullptr;
        const std::uint64_t index = std::strtoull(line, &kind, 10);
        std::string text(kind + (*kind == ' '));
        if (text.ends_with('\n')) text.pop_back();
        add(f, text, index);
    }
    if (lines) std::fclose(lines);
}

// Reads messages from `begin` on in a child; gives the first that is still to be read.
std::uint64_t run_batch(const campaign& c, std::uint64_t begin, std::uint64_t end, progress& p,
                        findings& f)
{
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    std::fflush(stdout);
    const pid_t child = fork();
    if (child < 0) std::abort();
    if (child == 0)
    {
        close(ends[0]);
        be_child(c, begin, end, p, ends[1]);
    }
    close(ends[1]);
    collect(f, ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return p.next;
    std::size_t count = 0;
    const peer* all = peers(count);
    const int who = p.peer;
    const bool hangs = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    add(f, std::string(who < 0 ? "the harness" : all[who].name) + (hangs ? " hangs" : " crashes"),
        p.next);
    return p.next + 1;
}

} // namespace

std::string message_of(const campaign& c, std::uint64_t index)
{
    if (index < c.messages.size()) return c.messages[static_cast<std::size_t>(index)];
    return mutated(c.messages, c.seed, index);
}

findings run(const campaign& c)
{
    void* const page =
        mmap(nullptr, sizeof(progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) std::abort();
    auto* const p = new (page) progress;
    findings f;
    const std::uint64_t total = c.messages.size() + c.mutations;
    const std::time_t begun = std::time(nullptr);
    while (f.messages < total)
    {
        if (c.seconds > 0 && std::time(nullptr) - begun >= c.seconds) break;
        f.messages = run_batch(c, f.messages, std::min(total, f.messages + batch), *p, f);
    }
    munmap(page, sizeof(progress));
    return f;
}

} // namespace differential
