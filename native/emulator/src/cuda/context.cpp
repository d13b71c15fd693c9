#include "context.hpp"

#include "capture.hpp"
#include "graph.hpp"
#include "memory.hpp"
#include "module.hpp"
#include "tally.hpp"

namespace lamina::emulator {

std::recursive_mutex& everything() {
    static auto* lock = new std::recursive_mutex;
    return *lock;
}

Handles<Context>& contexts() {
    static auto* all = new Handles<Context>("context");
    return *all;
}

std::vector<Context*>& context_stack() {
    thread_local std::vector<Context*> stack;
    return stack;
}

Context& current_context() {
    auto& stack = context_stack();
    if (stack.empty() || !stack.back()) {
        refuse(invalid_context, "no context is current on this thread");
    }
    Context& context = *stack.back();
    if (!contexts().is_live(&context)) {
        refuse(context_is_destroyed, "context #", context.serial, ", current on this thread, was destroyed");
    }
    if (context.error) {
        refuse(static_cast<Status>(context.error), "the context met an error before: ", context.error_message);
    }
    return context;
}

Context& create_context(Device& device, unsigned flags) {
    Context& context = contexts().create(device, flags);
    context.legacy = std::make_unique<Stream>(context, 0u, 0);
    context.legacy->legacy = true;
    return context;
}

void end_context(Context& context) {
    complete_all(context);
    try {
        check_guards(context);
    } catch (const Refusal& refusal) {
        note_leak(text("context #", context.serial, ": ", refusal.message));
    }
    if (!context.holdings.empty()) {
        std::string what = list(context.holdings);
        for (Allocation* allocation : allocations_of(context)) {
            what += allocation->kind == Allocation::Kind::variable ? "" : "; " + allocation->name();
        }
        note_leak(text("context #", context.serial, " of device ", context.device.index, " still had ", what));
    }
    end_graphs(context);
    end_streams(context);
    end_modules(context);
    for (Allocation* allocation : allocations_of(context)) {
        release(*allocation);
    }
    for (const auto& [kind, count] : Holdings(context.holdings)) {
        for (long long i = 0; i < count; i++) {
            let_go(&context, kind.c_str());
        }
    }
    contexts().destroy(context);
}

void forgive_contexts() {
    for (Context* context : contexts().live()) {
        context->error = 0;
        context->error_message.clear();
    }
}

}

using namespace lamina::emulator;

CUctx_st::CUctx_st(Device& device, unsigned flags) : device(device), flags(flags) {}

void CUctx_st::stick(int status, const std::string& message) {
    if (!error) {
        error = status;
        error_message = message;
        explain(message);
    }
}
