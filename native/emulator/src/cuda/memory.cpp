// Address space: allocations with guard zones.
#include "memory.hpp"

#include "context.hpp"
#include "tally.hpp"

#include <cstring>
#include <deque>
#include <sys/mman.h>
#include <unistd.h>

namespace lamina::emulator {
namespace {

constexpr unsigned char guard = 0xA5;
/// A guard zone is at least this long. Memory starts at a multiple of 256 but of nothing more, as little as the driver promises.
constexpr std::size_t zone = 4096 + 256;
/// The device gives memory in pieces of this size.
constexpr std::size_t piece = 512;
/// How many ended allocations keep their addresses reserved.
constexpr std::size_t reserved_count = 256;

struct Space {
    std::map<std::uintptr_t, Allocation> live;
    std::deque<std::pair<char*, std::size_t>> ended;
    std::size_t count = 0;
};

Space& space() {
    static auto* state = new Space;
    return *state;
}

const char* kind_name(Allocation::Kind kind) {
    switch (kind) {
        case Allocation::Kind::device: return "memory";
        case Allocation::Kind::pinned: return "pinned";
        case Allocation::Kind::registered: return "registered";
        case Allocation::Kind::variable: return "variable";
    }
    return "memory";
}

std::size_t round_up(std::size_t bytes, std::size_t unit) {
    return (bytes + unit - 1) / unit * unit;
}

Allocation& add(Allocation allocation) {
    allocation.serial = ++space().count;
    Allocation& added = space().live.emplace(allocation.start, allocation).first->second;
    if (added.kind != Allocation::Kind::variable) {
        hold(added.context, kind_name(added.kind));
    }
    return added;
}

/// The first damaged byte of a zone, counted from its start, or -1.
std::ptrdiff_t damage(const char* start, std::size_t bytes) {
    static const std::string intact(zone + (1 << 16), static_cast<char>(guard));
    if (bytes <= intact.size() && std::memcmp(start, intact.data(), bytes) == 0) {
        return -1;
    }
    for (std::size_t i = 0; i < bytes; i++) {
        if (static_cast<unsigned char>(start[i]) != guard) {
            return static_cast<std::ptrdiff_t>(i);
        }
    }
    return -1;
}

}

std::string Allocation::name() const {
    return text(kind_name(kind), " #", serial, " (", bytes, " bytes)");
}

Allocation& allocate(Context& context, Allocation::Kind kind, std::size_t bytes, unsigned flags) {
    std::size_t accounted = kind == Allocation::Kind::device ? round_up(bytes, piece) : 0;
    Device& device = context.device;
    if (bytes > device.memory || accounted > device.memory - device.used) {
        refuse(out_of_memory, bytes, " bytes asked for, ", device.memory - device.used, " of ", device.memory, " free");
    }
    std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::size_t page_bytes = round_up(zone + bytes + zone, page);
    void* pages = mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) {
        refuse(out_of_memory, "the host has no ", bytes, " bytes for the emulated memory");
    }
    char* start = static_cast<char*>(pages) + zone;
    std::memset(pages, guard, zone);
    std::memset(start, poison, bytes);
    std::memset(start + bytes, guard, page_bytes - zone - bytes);
    device.used += accounted;
    auto at = reinterpret_cast<std::uintptr_t>(start);
    return add({kind, &context, at, bytes, 0, static_cast<char*>(pages), page_bytes, accounted, flags});
}

Allocation& adopt(Context& context, Allocation::Kind kind, const void* start, std::size_t bytes, unsigned flags) {
    return add({kind, &context, reinterpret_cast<std::uintptr_t>(start), bytes, 0, nullptr, 0, 0, flags});
}

void release(Allocation& allocation) {
    Space& all = space();
    if (allocation.pages) {
        // The pages go back to the system, the addresses do not yet.
        mmap(allocation.pages, allocation.page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        all.ended.emplace_back(allocation.pages, allocation.page_bytes);
        if (all.ended.size() > reserved_count) {
            munmap(all.ended.front().first, all.ended.front().second);
            all.ended.pop_front();
        }
    }
    allocation.context->device.used -= allocation.accounted;
    if (allocation.kind != Allocation::Kind::variable) {
        let_go(allocation.context, kind_name(allocation.kind));
    }
    all.live.erase(allocation.start);
}

Allocation* allocation_at(const void* start) {
    auto found = space().live.find(reinterpret_cast<std::uintptr_t>(start));
    return found == space().live.end() ? nullptr : &found->second;
}

Allocation* allocation_around(const void* address) {
    auto at = reinterpret_cast<std::uintptr_t>(address);
    auto next = space().live.upper_bound(at);
    if (next == space().live.begin()) {
        return nullptr;
    }
    Allocation& found = std::prev(next)->second;
    return at - found.start <= found.bytes ? &found : nullptr;
}

void check_guards(Allocation& allocation) {
    if (!allocation.pages) {
        return;
    }
    char* start = reinterpret_cast<char*>(allocation.start);
    char* end = start + allocation.bytes;
    std::size_t after = allocation.page_bytes - zone - allocation.bytes;
    std::ptrdiff_t before_at = damage(allocation.pages, zone);
    std::ptrdiff_t after_at = damage(end, after);
    if (before_at < 0 && after_at < 0) {
        return;
    }
    std::memset(allocation.pages, guard, zone);
    std::memset(end, guard, after);
    if (after_at >= 0) {
        std::size_t at = allocation.bytes + static_cast<std::size_t>(after_at);
        refuse(illegal_address, "something wrote behind ", allocation.name(), ": at byte ", at);
    }
    refuse(illegal_address, "something wrote before ", allocation.name(), ": at byte ", before_at - static_cast<std::ptrdiff_t>(zone));
}

void check_guards(Context& context) {
    for (auto& [start, allocation] : space().live) {
        if (allocation.context == &context) {
            check_guards(allocation);
        }
    }
}

void check_range(Context& context, const Range& range) {
    if (range.bytes == 0) {
        return;
    }
    Allocation* found = allocation_around(range.start);
    auto at = reinterpret_cast<std::uintptr_t>(range.start);
    if (!found || found->start + found->bytes == at) {
        refuse(invalid_value, range.argument, ": ", range.start, " is no memory of the device (", range.bytes, " bytes needed)");
    }
    if (range.bytes > found->bytes - (at - found->start)) {
        refuse(invalid_value, range.argument, ": ", range.bytes, " bytes at offset ", at - found->start, " of ", found->name(),
               " leave it");
    }
    if (found->on_device() && &found->context->device != &context.device) {
        refuse(invalid_value, range.argument, ": ", found->name(), " is of another device");
    }
    if (at % range.alignment != 0) {
        refuse(misaligned_address, range.argument, ": ", range.start, " is not a multiple of ", range.alignment);
    }
}

Allocation* check_host(const void* start, std::size_t bytes, const char* argument) {
    require(start || bytes == 0, argument);
    Allocation* found = allocation_around(start);
    auto at = reinterpret_cast<std::uintptr_t>(start);
    if (!found || found->start + found->bytes == at) {
        return nullptr;
    }
    if (found->on_device()) {
        refuse(invalid_value, argument, ": ", found->name(), " is device memory, host memory is needed");
    }
    if (bytes > found->bytes - (at - found->start)) {
        refuse(invalid_value, argument, ": ", bytes, " bytes at offset ", at - found->start, " of ", found->name(), " leave it");
    }
    return found;
}

std::vector<Allocation*> allocations_of(const Context& context) {
    std::vector<Allocation*> all;
    for (auto& [start, allocation] : space().live) {
        if (allocation.context == &context) {
            all.push_back(&allocation);
        }
    }
    return all;
}

}
