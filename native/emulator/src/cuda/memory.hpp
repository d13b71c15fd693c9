// All memory that the driver knows: device memory, pinned host memory, registered host memory, variables of modules.
#pragma once

#include "call.hpp"

#include <map>
#include <string>

namespace lamina::emulator {

/// What fresh and undelivered memory is full of: every float and double read from it is a NaN.
constexpr unsigned char poison = 0xFF;

struct Allocation {
    enum class Kind { device, pinned, registered, variable };

    Kind kind;
    Context* context;
    std::uintptr_t start;
    std::size_t bytes;
    std::size_t serial;
    /// Pages around it, guard zones included; none for memory that is not ours.
    char* pages = nullptr;
    std::size_t page_bytes = 0;
    /// How much of the device it takes.
    std::size_t accounted = 0;
    unsigned flags = 0;

    bool on_device() const { return kind == Kind::device || kind == Kind::variable; }
    std::string name() const;
};

/// New memory, full of poison, between guard zones. Refuses what the device or the host cannot give.
Allocation& allocate(Context& context, Allocation::Kind kind, std::size_t bytes, unsigned flags);

/// Makes existing memory known: registered host memory, variables of a module.
Allocation& adopt(Context& context, Allocation::Kind kind, const void* start, std::size_t bytes, unsigned flags);

/// Ends an allocation. Its pages stay reserved for a while, so that stale addresses do not become valid again at once.
void release(Allocation& allocation);

/// The live allocation that begins exactly here, or null.
Allocation* allocation_at(const void* start);

/// The live allocation around an address (its end counts in), or null.
Allocation* allocation_around(const void* address);

/// Refuses with illegal_address if somebody wrote beside the allocation; repairs the zones.
void check_guards(Allocation& allocation);

/// Checks all allocations of a context.
void check_guards(Context& context);

/// Refuses ranges that do not lie inside one live allocation of the context's device, or inside pinned memory, or are misaligned.
void check_range(Context& context, const Range& range);

/// The pinned or registered memory that a host range lies in, null if it is pageable. Refuses device memory and ranges that leave it.
Allocation* check_host(const void* start, std::size_t bytes, const char* argument);

/// All live allocations of a context.
std::vector<Allocation*> allocations_of(const Context& context);

}
