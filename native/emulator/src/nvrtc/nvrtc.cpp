// The API of NVRTC.
#include "options.hpp"
#include "program.hpp"

#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>

#define LAMINA_API extern "C" __attribute__((visibility("default")))

using namespace lamina::emulator;

namespace {

struct Programs {
    std::mutex lock;
    std::unordered_map<void*, std::shared_ptr<Program>> live;
};

Programs& programs() {
    static auto* all = new Programs;
    return *all;
}

std::shared_ptr<Program> find(void* handle) {
    std::lock_guard<std::mutex> lock(programs().lock);
    auto found = programs().live.find(handle);
    return found == programs().live.end() ? nullptr : found->second;
}

/// What a program has, as bytes with or without the end of a text.
Result give_size(void* handle, std::size_t* bytes, std::string Program::*part, bool is_text, bool needs_code) {
    std::shared_ptr<Program> program = find(handle);
    if (!program || (needs_code && !program->compiled)) {
        return nvrtc_invalid_program;
    }
    if (!bytes) {
        return nvrtc_invalid_input;
    }
    *bytes = ((*program).*part).size() + is_text;
    return nvrtc_success;
}

Result give(void* handle, char* out, std::string Program::*part, bool is_text, bool needs_code) {
    std::size_t bytes = 0;
    Result result = give_size(handle, &bytes, part, is_text, needs_code);
    if (result != nvrtc_success || !out) {
        return result != nvrtc_success ? result : nvrtc_invalid_input;
    }
    std::memcpy(out, ((*find(handle)).*part).c_str(), bytes);
    return nvrtc_success;
}

/// True if it was compiled for a virtual architecture: then there is no CUBIN.
bool lacks_cubin(void* handle) {
    std::shared_ptr<Program> program = find(handle);
    return program && program->is_virtual;
}

}

LAMINA_API const char* nvrtcGetErrorString(int result) {
    static const char* const names[] = {
        "NVRTC_SUCCESS", "NVRTC_ERROR_OUT_OF_MEMORY", "NVRTC_ERROR_PROGRAM_CREATION_FAILURE", "NVRTC_ERROR_INVALID_INPUT",
        "NVRTC_ERROR_INVALID_PROGRAM", "NVRTC_ERROR_INVALID_OPTION", "NVRTC_ERROR_COMPILATION", "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE",
        "NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION", "NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION",
        "NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID", "NVRTC_ERROR_INTERNAL_ERROR",
    };
    bool known = result >= 0 && static_cast<std::size_t>(result) < sizeof names / sizeof *names;
    return known ? names[result] : "NVRTC_ERROR unknown";
}

LAMINA_API int nvrtcVersion(int* major, int* minor) {
    if (!major || !minor) {
        return nvrtc_invalid_input;
    }
    *major = 12;
    *minor = 6;
    return nvrtc_success;
}

LAMINA_API int nvrtcGetNumSupportedArchs(int* count) {
    if (!count) {
        return nvrtc_invalid_input;
    }
    *count = static_cast<int>(supported_archs.size());
    return nvrtc_success;
}

LAMINA_API int nvrtcGetSupportedArchs(int* archs) {
    if (!archs) {
        return nvrtc_invalid_input;
    }
    std::memcpy(archs, supported_archs.data(), supported_archs.size() * sizeof(int));
    return nvrtc_success;
}

LAMINA_API int nvrtcCreateProgram(void** out, const char* text, const char* name, int header_count, const char* const* headers,
                                  const char* const* header_names) {
    if (!out || !text || header_count < 0 || (header_count > 0 && (!headers || !header_names))) {
        return nvrtc_invalid_input;
    }
    auto program = std::make_shared<Program>();
    program->text = text;
    program->name = name && *name ? name : "default_program";
    for (int i = 0; i < header_count; i++) {
        program->headers.emplace_back(header_names[i], headers[i]);
    }
    std::lock_guard<std::mutex> lock(programs().lock);
    *out = program.get();
    programs().live.emplace(program.get(), program);
    return nvrtc_success;
}

LAMINA_API int nvrtcDestroyProgram(void** handle) {
    if (!handle) {
        return nvrtc_invalid_input;
    }
    std::lock_guard<std::mutex> lock(programs().lock);
    if (programs().live.erase(*handle) == 0) {
        return nvrtc_invalid_program;
    }
    *handle = nullptr;
    return nvrtc_success;
}

LAMINA_API int nvrtcCompileProgram(void* handle, int option_count, const char* const* options) {
    std::shared_ptr<Program> program = find(handle);
    if (!program) {
        return nvrtc_invalid_program;
    }
    if (option_count < 0 || (option_count > 0 && !options)) {
        return nvrtc_invalid_input;
    }
    return compile(*program, option_count, options);
}

LAMINA_API int nvrtcAddNameExpression(void* handle, const char* expression) {
    std::shared_ptr<Program> program = find(handle);
    if (!program || !expression) {
        return program ? nvrtc_invalid_input : nvrtc_invalid_program;
    }
    if (program->compiled) {
        return nvrtc_late_name_expression;
    }
    program->expressions.emplace(expression, "lamina_kernel_" + std::to_string(program->expressions.size()));
    return nvrtc_success;
}

LAMINA_API int nvrtcGetLoweredName(void* handle, const char* expression, const char** name) {
    std::shared_ptr<Program> program = find(handle);
    if (!program || !expression || !name) {
        return program ? nvrtc_invalid_input : nvrtc_invalid_program;
    }
    if (!program->compiled) {
        return nvrtc_early_lowered_name;
    }
    auto found = program->expressions.find(expression);
    if (found == program->expressions.end()) {
        return nvrtc_bad_name_expression;
    }
    *name = found->second.c_str();
    return nvrtc_success;
}

LAMINA_API int nvrtcGetPTXSize(void* handle, std::size_t* bytes) {
    return give_size(handle, bytes, &Program::ptx, true, true);
}

LAMINA_API int nvrtcGetPTX(void* handle, char* out) {
    return give(handle, out, &Program::ptx, true, true);
}

/// Code for a virtual architecture has no CUBIN: its size is 0.
LAMINA_API int nvrtcGetCUBINSize(void* handle, std::size_t* bytes) {
    if (lacks_cubin(handle) && bytes) {
        *bytes = 0;
        return nvrtc_success;
    }
    return give_size(handle, bytes, &Program::image, false, true);
}

LAMINA_API int nvrtcGetCUBIN(void* handle, char* out) {
    return lacks_cubin(handle) ? nvrtc_invalid_program : give(handle, out, &Program::image, false, true);
}

LAMINA_API int nvrtcGetProgramLogSize(void* handle, std::size_t* bytes) {
    return give_size(handle, bytes, &Program::log, true, false);
}

LAMINA_API int nvrtcGetProgramLog(void* handle, char* out) {
    return give(handle, out, &Program::log, true, false);
}
