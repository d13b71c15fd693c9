// The few words the emulator's own tests need: TEST(name) { ... } registers a test, the rest fail it with place and values.
#pragma once

#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace lamina::test {

struct Case {
    const char* name;
    void (*body)();
};

inline std::vector<Case>& cases() {
    static std::vector<Case> all;
    return all;
}

struct Registration {
    Registration(const char* name, void (*body)()) { cases().push_back({name, body}); }
};

[[noreturn]] inline void fail(const char* file, int line, const std::string& text) {
    throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": " + text);
}

template <class Actual, class Expected>
void equal(const char* file, int line, const char* what, const Actual& actual, const Expected& expected) {
    if (!(actual == expected)) {
        std::ostringstream text;
        text << what << " is " << actual << ", expected " << expected;
        fail(file, line, text.str());
    }
}

/// Fails unless all numbers agree within limit * max(1, |expected|).
template <class Number>
void near(const char* file, int line, const std::vector<Number>& actual, const std::vector<double>& expected, double limit) {
    equal(file, line, "length", actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); i++) {
        double difference = std::abs(static_cast<double>(actual[i]) - expected[i]);
        if (!(difference <= limit * std::max(1.0, std::abs(expected[i])))) {
            std::ostringstream text;
            text.precision(9);
            text << "element " << i << " is " << actual[i] << ", expected " << expected[i];
            fail(file, line, text.str());
        }
    }
}

}

#define TEST(name) \
    static void name(); \
    static lamina::test::Registration name##_registration(#name, name); \
    static void name()
#define EXPECT_EQUAL(actual, expected) lamina::test::equal(__FILE__, __LINE__, #actual, actual, expected)
#define EXPECT(condition) lamina::test::equal(__FILE__, __LINE__, #condition, static_cast<bool>(condition), true)
#define EXPECT_NEAR(actual, expected, limit) lamina::test::near(__FILE__, __LINE__, actual, expected, limit)
