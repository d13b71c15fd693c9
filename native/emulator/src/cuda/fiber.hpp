// Fibers: threads of a block that wait for each other, on stacks of their own.
#pragma once

#include <cstddef>

namespace lamina::emulator {

/// A suspended flow of control is its stack pointer; switching saves the registers that a function keeps.
using StackPointer = void*;

/// Saves the present flow into `from` and goes on with `to`.
void switch_stack(StackPointer* from, StackPointer to);

/// The upper end of a new stack, with an inaccessible page below it; kept for ever by the pool that asks. Ends are spread over addresses
/// so that the stacks of a block do not meet in a few lines of the cache.
char* new_stack();

/// A flow that starts with this function, which must never return.
StackPointer start_on(char* stack_end, void (*function)());

}
