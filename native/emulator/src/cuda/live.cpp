// Which objects are alive, by kind, in the process and in each context.
#include "call.hpp"
#include "context.hpp"
#include "control.hpp"
#include "tally.hpp"

namespace lamina::emulator {
namespace {

Holdings& process() {
    static auto* holdings = new Holdings;
    return *holdings;
}

void drop(Holdings& holdings, const std::string& kind) {
    auto found = holdings.find(kind);
    if (found != holdings.end() && --found->second <= 0) {
        holdings.erase(found);
    }
}

Context* current_or_null() {
    auto& stack = context_stack();
    return stack.empty() || !contexts().is_live(stack.back()) ? nullptr : stack.back();
}

}

void hold(Context* context, const char* kind) {
    process()[kind]++;
    if (context) {
        context->holdings[kind]++;
    }
}

void let_go(Context* context, const char* kind) {
    drop(process(), kind);
    if (context) {
        drop(context->holdings, kind);
    }
}

void created(const char* kind) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    hold(current_or_null(), kind);
}

void destroyed(const char* kind) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    Context* holder = current_or_null();
    if (!holder || !holder->holdings.count(kind)) {
        holder = nullptr;
        for (Context* context : contexts().live()) {
            holder = context->holdings.count(kind) ? context : holder;
        }
    }
    let_go(holder, kind);
}

std::string list(const Holdings& holdings) {
    std::string all;
    for (const auto& [kind, count] : holdings) {
        all += text(all.empty() ? "" : ", ", count, " ", kind);
    }
    return all;
}

}

using namespace lamina::emulator;

LAMINA_API long long lamina_emulator_live(const char* kind) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    auto found = process().find(kind);
    return found == process().end() ? 0 : found->second;
}

LAMINA_API const char* lamina_emulator_alive() {
    std::lock_guard<std::recursive_mutex> lock(everything());
    thread_local std::string kept;
    kept = list(process());
    return kept.c_str();
}
