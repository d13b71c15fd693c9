// The frame of every API function: lock, injected faults, current context, refusals as status codes.
#pragma once

#include "emulator.hpp"
#include "types.hpp"

#include <mutex>
#include <sstream>
#include <string>

namespace lamina::emulator {

/// Why a call or deferred work is refused; thrown inside the emulator and turned into a status at its border.
struct Refusal {
    Status status;
    std::string message;
};

template <class... Parts>
std::string text(const Parts&... parts) {
    std::ostringstream out;
    (out << ... << parts);
    return out.str();
}

template <class... Parts>
[[noreturn]] void refuse(Status status, const Parts&... parts) {
    throw Refusal{status, text(parts...)};
}

/// One lock for all state, held while kernels run too: at most one thing happens at a time.
std::recursive_mutex& everything();

/// Refuses with not_initialized before cuInit.
void require_initialised();

/// The calling thread's context; refuses if there is none, if it is destroyed, or with the error that it sticks to.
Context& current_context();

/// The body of an API function that needs no context.
template <class Body>
CUresult plain_call(const char* name, Body body) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    try {
        int status = 0;
        if (injected_fault(name, status)) {
            return status;
        }
        body();
        return success;
    } catch (const Refusal& refusal) {
        if (!refusal.message.empty()) {
            explain(text(name, ": ", refusal.message));
        }
        return refusal.status;
    } catch (const std::bad_alloc&) {
        explain(text(name, ": the host is out of memory"));
        return out_of_memory;
    }
}

/// The body of an API function that works on devices or handles, whatever context is current.
template <class Body>
CUresult device_call(const char* name, Body body) {
    return plain_call(name, [&] {
        require_initialised();
        body();
    });
}

/// The body of an API function that needs a current context.
template <class Body>
CUresult context_call(const char* name, Body body) {
    return plain_call(name, [&] {
        require_initialised();
        body(current_context());
    });
}

inline void require(bool given, const char* argument) {
    if (!given) {
        refuse(invalid_value, argument, " is null");
    }
}

}
