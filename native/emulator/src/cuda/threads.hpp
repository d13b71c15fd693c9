// The threads of the running block: which wait where.
#pragma once

#include "block.hpp"
#include "fiber.hpp"

#include <deque>
#include <string>
#include <vector>

namespace lamina::emulator {

/// A flow of control that runs threads; it holds one thread while that waits.
struct Fiber {
    char* stack = nullptr;
    StackPointer at = nullptr;
    unsigned thread = 0;
    Triple index{};
    int line = 0;
    int predicate = 0;
    unsigned long long result = 0;
};

/// Lanes of a warp that meet in one operation.
struct WarpGroup {
    WarpGroup(unsigned mask, int operation, int line) : mask(mask), operation(operation), line(line) {}

    unsigned mask;
    int operation;
    int line;
    unsigned arrived = 0;
    /// Of lanes that have arrived; others are not set.
    unsigned long long value[32];
    unsigned source[32];
    Fiber* fiber[32];
};

struct BlockState {
    const Execution* execution = nullptr;
    void** arguments = nullptr;
    StackPointer home = nullptr;
    Fiber* current = nullptr;
    std::deque<Fiber> fibers;
    std::vector<Fiber*> idle;
    std::deque<Fiber*> ready;
    std::vector<Fiber*> at_barrier;
    int barrier_operation = 0;
    /// By warp: lanes whose thread has started to wait and has not returned since.
    std::vector<unsigned> waited;
    /// By warp.
    std::vector<std::vector<WarpGroup>> groups;
    std::string error;

    Cursor& cursor() const { return *execution->table->cursor; }
};

/// The block that runs; kept for ever, for threads may still run when the process ends.
extern BlockState& running_block;

/// Suspends the running thread; returns when somebody has made its fiber ready.
void wait_in_block();

/// Gives up the launch: does not return to the thread that calls.
[[noreturn]] void fail_launch(const std::string& why);

/// Services.
int barrier(int line, int operation, int predicate);
unsigned long long exchange(unsigned mask, int operation, unsigned long long value, unsigned source, int line);
void thread_left();

/// Where the threads of the block are, for messages.
std::string whereabouts();

}
