// How an exported function runs its body: injected faults first, then the body, whose refusals become a status and an explanation.
#pragma once

#include "../emulator.hpp"

#include <cstdint>
#include <new>
#include <string>

#define LAMINA_EXPORT extern "C" __attribute__((visibility("default")))

namespace lamina::emulator::math {

/// A call that breaks a rule: the status to return and the rule in words.
struct Refusal {
    int status;
    std::string reason;
};

[[noreturn]] inline void refuse(int status, const std::string& reason) {
    throw Refusal{status, reason};
}

inline void require(bool holds, int status, const std::string& reason) {
    if (!holds) {
        throw Refusal{status, reason};
    }
}

/// Runs the body; `out_of_memory` is the library's status for that, `remember` keeps the text of a refusal.
template <class Body, class Remember>
int entry(const char* call, int out_of_memory, const Remember& remember, const Body& body) {
    int status = 0;
    if (injected_fault(call, status)) {
        remember(std::string(call) + ": injected fault");
        return status;
    }
    try {
        body();
        return 0;
    } catch (const Refusal& refusal) {
        status = refusal.status;
        if (!refusal.reason.empty()) {
            std::string text = std::string(call) + ": " + refusal.reason;
            remember(text);
            explain(text);
        }
    } catch (const std::bad_alloc&) {
        status = out_of_memory;
        explain(std::string(call) + ": the host is out of memory");
    }
    return status;
}

inline bool is_aligned(const void* address, std::size_t bytes) {
    return reinterpret_cast<std::uintptr_t>(address) % bytes == 0;
}

inline bool overlap(const Range& a, const Range& b) {
    auto first = reinterpret_cast<std::uintptr_t>(a.start);
    auto second = reinterpret_cast<std::uintptr_t>(b.start);
    return a.bytes > 0 && b.bytes > 0 && first < second + b.bytes && second < first + a.bytes;
}

/// Refuses operands of which one is written while another overlaps it.
inline void require_apart(const std::vector<Range>& ranges, int status) {
    for (std::size_t i = 0; i < ranges.size(); i++) {
        for (std::size_t j = i + 1; j < ranges.size(); j++) {
            bool conflict = (ranges[i].written || ranges[j].written) && overlap(ranges[i], ranges[j]);
            require(!conflict, status, std::string(ranges[i].argument) + " and " + ranges[j].argument + " overlap");
        }
    }
}

}
