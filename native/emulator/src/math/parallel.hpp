// Two threads for large loops. The split does not depend on the machine, so that sums are the same everywhere.
#pragma once

#include <cstddef>
#include <thread>

namespace lamina::emulator::math {

/// Below this many elementary steps a second thread costs more than it brings.
constexpr double worth_a_thread = 400'000;

/// Calls body(part, from, to) for the two halves of [0, count), at once if the work (in elementary steps) is worth it.
template <class Body>
void in_halves(std::ptrdiff_t count, double work, const Body& body) {
    std::ptrdiff_t middle = count / 2;
    if (middle == 0 || work < worth_a_thread) {
        if (middle > 0) body(0, std::ptrdiff_t{0}, middle);
        body(1, middle, count);
        return;
    }
    std::thread other([&] { body(0, std::ptrdiff_t{0}, middle); });
    body(1, middle, count);
    other.join();
}

}
