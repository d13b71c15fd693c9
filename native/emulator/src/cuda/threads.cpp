#include "threads.hpp"

#include "call.hpp"

#include <map>

namespace lamina::emulator {
namespace {

void start(Fiber& fiber);

/// Takes an idle fiber, or a new one, set to start threads.
Fiber& fresh_fiber() {
    BlockState& block = running_block;
    if (block.idle.empty()) {
        block.fibers.emplace_back();
        block.fibers.back().stack = new_stack();
        block.idle.push_back(&block.fibers.back());
    }
    Fiber& fiber = *block.idle.back();
    block.idle.pop_back();
    start(fiber);
    return fiber;
}

/// The next fiber that can go on, or null.
Fiber* next_fiber() {
    BlockState& block = running_block;
    if (!block.ready.empty()) {
        Fiber* next = block.ready.front();
        block.ready.pop_front();
        return next;
    }
    return block.cursor().number < block.cursor().total ? &fresh_fiber() : nullptr;
}

bool somebody_waits() {
    BlockState& block = running_block;
    bool waits = !block.at_barrier.empty();
    for (const auto& warp : block.groups) {
        waits = waits || !warp.empty();
    }
    return waits;
}

/// The life of a fiber: runs threads, then hands over for good.
void run_fiber() {
    BlockState& block = running_block;
    block.execution->kernel->run(block.arguments);
    if (block.ready.empty() && somebody_waits()) {
        fail_launch(whereabouts());
    }
    Fiber* self = block.current;
    block.idle.push_back(self);
    if (block.ready.empty()) {
        switch_stack(&self->at, block.home);
    } else {
        block.current = next_fiber();
        switch_stack(&self->at, block.current->at);
    }
    __builtin_unreachable();
}

void start(Fiber& fiber) {
    fiber.at = start_on(fiber.stack, run_fiber);
}

void run_block(const Execution& execution, const Triple& index) {
    BlockState& block = running_block;
    for (const Region& region : execution.static_shared) {
        __builtin_memset(region.start, 0xFF, region.bytes);
    }
    *execution.table->block_index = index;
    unsigned total = execution.block.x * execution.block.y * execution.block.z;
    block.cursor() = Cursor{{0, 0, 0}, 0, total, 0, 0};
    block.waited.assign((total + 31) / 32, 0);
    block.current = &fresh_fiber();
    switch_stack(&block.home, block.current->at);
    if (!block.error.empty()) {
        std::string why;
        why.swap(block.error);
        block.idle.clear();
        for (Fiber& fiber : block.fibers) {
            block.idle.push_back(&fiber);
        }
        refuse(launch_failed, "kernel ", execution.kernel->name, ", block (", index.x, ", ", index.y, ", ", index.z, "): ", why);
    }
}

constexpr unsigned char shared_guard = 0xA5;
constexpr std::size_t shared_guard_bytes = 256;

void check_shared(const Execution& execution, std::size_t guarded) {
    const char* end = execution.table->dynamic_shared + execution.dynamic_shared;
    for (std::size_t i = 0; i < guarded; i++) {
        if (static_cast<unsigned char>(end[i]) != shared_guard) {
            refuse(illegal_address, "kernel ", execution.kernel->name, " wrote at byte ", execution.dynamic_shared + i, " of its ",
                   execution.dynamic_shared, " bytes of dynamic shared memory");
        }
    }
}

}

BlockState& running_block = *new BlockState;

void wait_in_block() {
    BlockState& block = running_block;
    Cursor& cursor = block.cursor();
    Fiber& self = *block.current;
    self.thread = cursor.running;
    self.index = *block.execution->table->thread_index;
    cursor.watched = 1;
    block.waited[self.thread / 32] |= 1u << self.thread % 32;
    Fiber* next = next_fiber();
    if (!next) {
        fail_launch(whereabouts());
    }
    block.current = next;
    switch_stack(&self.at, next->at);
    cursor.running = self.thread;
    *block.execution->table->thread_index = self.index;
}

void fail_launch(const std::string& why) {
    BlockState& block = running_block;
    block.error = why;
    block.ready.clear();
    block.at_barrier.clear();
    for (auto& warp : block.groups) {
        warp.clear();
    }
    StackPointer abandoned;
    switch_stack(&abandoned, block.home);
    __builtin_unreachable();
}

void run_blocks(const Execution& execution, void** arguments) {
    BlockState& block = running_block;
    block.execution = &execution;
    block.arguments = arguments;
    const ModuleTable& table = *execution.table;
    *table.services = &services();
    *table.block_size = execution.block;
    *table.grid_size = execution.grid;
    unsigned threads = execution.block.x * execution.block.y * execution.block.z;
    if (block.groups.size() < (threads + 31) / 32) {
        block.groups.resize((threads + 31) / 32);
    }
    std::size_t guarded = std::min<std::size_t>(shared_guard_bytes, table.dynamic_shared_bytes - execution.dynamic_shared);
    __builtin_memset(table.dynamic_shared + execution.dynamic_shared, shared_guard, guarded);
    for (unsigned z = 0; z < execution.grid.z; z++) {
        for (unsigned y = 0; y < execution.grid.y; y++) {
            for (unsigned x = 0; x < execution.grid.x; x++) {
                __builtin_memset(table.dynamic_shared, 0xFF, execution.dynamic_shared);
                run_block(execution, {x, y, z});
                check_shared(execution, guarded);
            }
        }
    }
}

}
