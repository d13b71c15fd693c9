// Messages, injected faults and counts: what tests see of the emulator.
#include "control.hpp"

#include "call.hpp"
#include "context.hpp"
#include "tally.hpp"

#include <map>
#include <set>
#include <string>

namespace lamina::emulator {
namespace {

struct Fault {
    int after;
    int status;
    int times;
};

struct Control {
    std::string message;
    std::map<std::string, Fault> faults;
    std::map<std::string, long long> counts;
    std::string leaks;
};

Control& control() {
    static auto* state = new Control;  // outlives static destructors of whoever still calls
    return *state;
}

/// Calls that make the host wait, beside those that say so themselves.
bool is_named(const std::string& call, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (call == name) {
            return true;
        }
    }
    return false;
}

void tally_call(const std::string& call) {
    control().counts[call]++;
    if (is_named(call, {"cuLaunchKernel", "cuLaunchCooperativeKernel"})) {
        tally("launches");
    } else if (call == "cuGraphLaunch") {
        tally("graphLaunches");
    } else if (is_named(call, {"cuMemAlloc", "cuMemAllocHost", "cuMemHostAlloc", "cuMemAllocPitch"})) {
        tally("allocations");
    } else if (is_named(call, {"cuStreamSynchronize", "cuEventSynchronize", "cuCtxSynchronize", "cuMemcpyHtoD", "cuMemcpyDtoH", "cuMemcpy",
                               "cuMemFree", "cuMemFreeHost"})) {
        tally("syncs");
    }
}

const char* kept(std::string value) {
    thread_local std::string text;
    text = std::move(value);
    return text.c_str();
}

}

void tally(const char* what) {
    control().counts[what]++;
}

void note_leak(const std::string& line) {
    std::string& leaks = control().leaks;
    leaks += (leaks.empty() ? "" : "\n") + line;
}

void explain(const std::string& message) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    control().message = message;
}

bool injected_fault(const char* call, int& status) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    tally_call(call);
    auto found = control().faults.find(call);
    if (found == control().faults.end()) {
        return false;
    }
    Fault& fault = found->second;
    if (fault.after > 0) {
        fault.after--;
        return false;
    }
    status = fault.status;
    explain(text(call, ": injected fault, status ", status));
    if (fault.times > 0 && --fault.times == 0) {
        control().faults.erase(found);
    }
    return true;
}

}

using namespace lamina::emulator;

LAMINA_API const char* lamina_emulator_last_message() {
    std::lock_guard<std::recursive_mutex> lock(everything());
    return kept(control().message);
}

LAMINA_API void lamina_emulator_inject(const char* function, int after, int status, int times) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    if (times != 0) {
        control().faults[function] = Fault{after, status, times};
    } else {
        control().faults.erase(function);
    }
}

LAMINA_API const char* lamina_emulator_leaks() {
    std::lock_guard<std::recursive_mutex> lock(everything());
    return kept(control().leaks);
}

LAMINA_API long long lamina_emulator_count(const char* what) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    auto found = control().counts.find(what);
    return found == control().counts.end() ? 0 : found->second;
}

LAMINA_API void lamina_emulator_reset() {
    std::lock_guard<std::recursive_mutex> lock(everything());
    control() = Control{};
    forgive_contexts();
}
