// Stands before glibc's pthread_mutex_lock, which std::mutex and Asio call. Sanitizers stand there
// themselves, and other C libraries keep what is behind it to themselves.
#include "support/locks.hpp"

#include <atomic>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SOLOSIP_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SOLOSIP_TEST_SANITIZED
#endif
#endif

#if defined(__GLIBC__) && !defined(SOLOSIP_TEST_SANITIZED)

#include <dlfcn.h>
#include <pthread.h>

namespace
{

std::atomic<std::size_t> count = 0;

} // namespace

extern "C" int pthread_mutex_lock(pthread_mutex_t* m) noexcept
{
    using function = int (*)(pthread_mutex_t*);
    static std::atomic<function> real = nullptr;
    if (!real) real = reinterpret_cast<function>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
    ++count;
    return real.load()(m);
}

std::size_t support::locks()
{
    return count;
}
bool support::locks_are_counted()
{
    return true;
}

#else

std::size_t support::locks()
{
    return 0;
}
bool support::locks_are_counted()
{
    return false;
}

#endif
