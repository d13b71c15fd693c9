// Runs the emulator's own tests, or those whose names contain the first argument.
#include "expect.hpp"

#include <cstdio>
#include <cstring>
#include <exception>

int main(int count, char** arguments) {
    int run = 0;
    int failed = 0;
    for (const lamina::test::Case& test : lamina::test::cases()) {
        if (count > 1 && std::strstr(test.name, arguments[1]) == nullptr) {
            continue;
        }
        run++;
        try {
            test.body();
        } catch (const std::exception& e) {
            failed++;
            std::printf("FAILED %s\n    %s\n", test.name, e.what());
        }
    }
    std::printf("%d tests, %d failed\n", run, failed);
    return failed == 0 && run > 0 ? 0 : 1;
}
