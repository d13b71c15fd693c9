#include "fiber.hpp"

#include "call.hpp"

#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>

extern "C" void lamina_emulator_switch_stack(void** from, void* to);

#if defined(__x86_64__)
asm(R"(
    .text
    .globl lamina_emulator_switch_stack
    .hidden lamina_emulator_switch_stack
    .type lamina_emulator_switch_stack, @function
lamina_emulator_switch_stack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size lamina_emulator_switch_stack, .-lamina_emulator_switch_stack
)");
#elif defined(__aarch64__)
asm(R"(
    .text
    .globl lamina_emulator_switch_stack
    .hidden lamina_emulator_switch_stack
    .type lamina_emulator_switch_stack, %function
lamina_emulator_switch_stack:
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    ret
    .size lamina_emulator_switch_stack, .-lamina_emulator_switch_stack
)");
#else
#error "fibers are written for x86-64 and aarch64"
#endif

namespace lamina::emulator {
namespace {

constexpr std::size_t stack_bytes = 256 << 10;
/// Steps between the upper ends of stacks, within 16 KiB.
constexpr std::size_t step = 704;
constexpr std::size_t steps = 23;

}

void switch_stack(StackPointer* from, StackPointer to) {
    lamina_emulator_switch_stack(from, to);
}

char* new_stack() {
    std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* pages = mmap(nullptr, stack_bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (pages == MAP_FAILED) {
        refuse(launch_failed, "the host has no memory for the stacks of a block's threads");
    }
    mprotect(pages, page, PROT_NONE);
    static std::size_t count = 0;
    return static_cast<char*>(pages) + page + stack_bytes - count++ % steps * step;
}

StackPointer start_on(char* stack_end, void (*function)()) {
    auto top = reinterpret_cast<std::uintptr_t>(stack_end) & ~static_cast<std::uintptr_t>(63);
#if defined(__x86_64__)
    // Six registers, the address that the switch returns to, and a null return address, as if the function had been called.
    auto* frame = reinterpret_cast<void**>(top) - 8;
    for (int i = 0; i < 6; i++) {
        frame[i] = nullptr;
    }
    frame[6] = reinterpret_cast<void*>(function);
    frame[7] = nullptr;
#else
    auto* frame = reinterpret_cast<void**>(top) - 20;
    for (int i = 0; i < 20; i++) {
        frame[i] = nullptr;
    }
    frame[11] = reinterpret_cast<void*>(function);  // x30
#endif
    return frame;
}

}
