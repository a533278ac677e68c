// Replaces the global operator new by one that counts; where AddressSanitizer has its own, a hook
// of it counts.
#include "support/allocations.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define SOLOSIP_TEST_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SOLOSIP_TEST_ASAN
#endif
#endif

namespace
{

std::size_t count = 0;

} // namespace

std::size_t support::allocations()
{
    return count;
}

bool support::counts_malloc()
{
#ifdef SOLOSIP_TEST_ASAN
    return true;
#else
    return false;
#endif
}

#ifdef SOLOSIP_TEST_ASAN

// As in <sanitizer/allocator_interface.h>, which GCC 12 does not bring.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*,
                                                                  std::size_t),
                                                         void (*)(const volatile void*));

namespace
{

const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++count; }, [](const volatile void*) {});

} // namespace

#else

namespace
{

void* counted(std::size_t bytes)
{
    ++count;
    return std::malloc(bytes == 0 ? 1 : bytes);
}

void* counted_or_throw(std::size_t bytes)
{
    if (void* p = counted(bytes)) return p;
    throw std::bad_alloc();
}

} // namespace

void* operator new(std::size_t bytes)
{
    return counted_or_throw(bytes);
}
void* operator new[](std::size_t bytes)
{
    return counted_or_throw(bytes);
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept
{
    return counted(bytes);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept
{
    return counted(bytes);
}
void operator delete(void* p) noexcept
{
    std::free(p);
}
void operator delete[](void* p) noexcept
{
    std::free(p);
}
void operator delete(void* p, std::size_t) noexcept
{
    std::free(p);
}
void operator delete[](void* p, std::size_t) noexcept
{
    std::free(p);
}
void operator delete(void* p, const std::nothrow_t&) noexcept
{
    std::free(p);
}
void operator delete[](void* p, const std::nothrow_t&) noexcept
{
    std::free(p);
}

#endif
