#include "options.hpp"

#include <algorithm>

namespace lamina::emulator {

const std::vector<int> supported_archs{50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90};

namespace {

/// Options without effect here; those that end in = take a value.
const char* const ignored[] = {
    "--use_fast_math", "-use_fast_math", "--fmad=", "-fmad=", "--ftz=", "-ftz=", "--prec-sqrt=", "-prec-sqrt=", "--prec-div=", "-prec-div=",
    "--restrict", "-restrict", "--device-as-default-execution-space", "-default-device", "--generate-line-info", "-lineinfo",
    "--device-debug", "-G", "--relocatable-device-code=", "-rdc=", "--extensible-whole-program", "-ewp", "--maxrregcount=",
    "-maxrregcount=",
    "--extra-device-vectorization", "-extra-device-vectorization", "--disable-warnings", "-w", "--display-error-number", "-err-no",
    "--no-display-error-number", "-no-err-no", "--diag-suppress=", "-diag-suppress=", "--ptxas-options=", "-Xptxas=",
    "--optimization-info=",
    "-opt-info=", "--dopt=", "-dopt=", "--minimal", "-minimal", "--builtin-initializer-list=", "-builtin-initializer-list=",
    "--builtin-move-forward=", "-builtin-move-forward=", "--split-compile=", "-split-compile=", "--no-cache", "-no-cache",
};

bool starts_with(const std::string& text, const std::string& start) {
    return text.compare(0, start.size(), start) == 0;
}

/// The value if the option has one of these names.
bool value_of(const std::string& option, std::initializer_list<const char*> names, std::string& value) {
    for (const char* name : names) {
        if (starts_with(option, name)) {
            value = option.substr(std::string(name).size());
            return true;
        }
    }
    return false;
}

bool read_arch(const std::string& value, Options& options, std::string& why) {
    options.is_virtual = starts_with(value, "compute_");
    std::string number = value.substr(options.is_virtual ? 8 : std::min<std::size_t>(3, value.size()));
    bool formed = (options.is_virtual || starts_with(value, "sm_")) && !number.empty() && number.size() < 4 &&
                  number.find_first_not_of("0123456789a") == std::string::npos;
    options.arch = formed ? static_cast<unsigned>(std::atoi(number.c_str())) : 0;
    if (number == "90a") {
        number = "90";
    }
    bool supported = std::count(supported_archs.begin(), supported_archs.end(), static_cast<int>(options.arch)) > 0;
    if (!formed || !supported || number != std::to_string(options.arch)) {
        why = "nvrtc: error: invalid value for --gpu-architecture (-arch): '" + value + "'";
        return false;
    }
    return true;
}

bool is_ignored(const std::string& option) {
    return std::any_of(std::begin(ignored), std::end(ignored), [&](const std::string& known) {
        return known.back() == '=' ? starts_with(option, known) && option.size() > known.size() : option == known;
    });
}

bool read(const std::string& option, Options& options, std::string& why) {
    std::string value;
    if (value_of(option, {"--gpu-architecture=", "-arch="}, value)) {
        return read_arch(value, options, why);
    }
    if (value_of(option, {"--std=", "-std="}, value)) {
        options.standard = value == "c++20" ? value : "c++17";  // the prelude needs C++17
        why = "nvrtc: error: invalid value for --std: '" + value + "'";
        return value == "c++11" || value == "c++14" || value == "c++17" || value == "c++20";
    }
    for (const char* letter : {"D", "U", "I"}) {
        const char* name = *letter == 'D' ? "--define-macro=" : *letter == 'U' ? "--undefine-macro=" : "--include-path=";
        std::string brief = std::string("-") + letter;
        if (value_of(option, {name, brief.c_str()}, value) && !value.empty()) {
            options.passed_on.push_back(brief + value);
            return true;
        }
    }
    why = "nvrtc: error: unrecognized option " + option;
    return is_ignored(option);
}

}

bool read_options(int count, const char* const* given, Options& options, std::string& why) {
    for (int i = 0; i < count; i++) {
        if (!given[i] || !read(given[i], options, why)) {
            why = given[i] ? why : "nvrtc: error: option " + std::to_string(i) + " is null";
            return false;
        }
    }
    why.clear();
    return true;
}

}
