// Compilation by the host's C++ compiler: g++, or what CXX names.
#include "cache.hpp"
#include "image.hpp"
#include "options.hpp"
#include "prelude.hpp"
#include "process.hpp"
#include "program.hpp"
#include "scan.hpp"

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace lamina::emulator {
namespace {

using Words = std::vector<std::string>;

Words compiler() {
    const char* own = std::getenv("CXX");
    std::istringstream in(own && *own ? own : "g++");
    Words all;
    for (std::string word; in >> word;) {
        all.push_back(word);
    }
    return all;
}

/// The compiler's own description, asked for once; empty if it cannot be run.
const std::string& compiler_version(const std::string& folder) {
    static const std::string version = [&] {
        Words command = compiler();
        command.push_back("--version");
        std::string file = folder + "/version";
        return run_process(command, file) == 0 ? read_file(file) : std::string();
    }();
    return version;
}

Words language_options(const Options& options, const std::string& folder) {
    std::string arch = std::to_string(options.arch * 10);
    Words all{"-x", "c++", "-std=" + options.standard, "-nostdinc", "-nostdinc++", "-w", "-I" + folder, "-D__CUDACC__", "-D__CUDACC_RTC__",
              "-D__CUDA_ARCH__=" + arch, "-D__CUDACC_VER_MAJOR__=12", "-D__CUDACC_VER_MINOR__=6"};
    all.insert(all.end(), options.passed_on.begin(), options.passed_on.end());
    return all;
}

/// A multiply and an add are fused only where a kernel says so; then by the CPU's instruction where it has one.
Words code_options() {
    Words all{"-O2", "-fPIC", "-shared", "-fno-exceptions", "-fno-rtti", "-fno-math-errno", "-ffp-contract=off", "-fvisibility=hidden",
              "-fno-asynchronous-unwind-tables", "-fno-stack-protector", "-fno-strict-aliasing", "-nostdlib"};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2")) {
        all.push_back("-mavx2");
        all.push_back("-mfma");
    }
#endif
    return all;
}

Words joined(std::initializer_list<Words> parts) {
    Words all;
    for (const Words& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

std::string line(const std::string& file) {
    std::string quoted;
    for (char c : file) {
        quoted += c == '"' || c == '\\' || c == '\n' ? '_' : c;
    }
    return "\n#line 1 \"" + quoted + "\"\n";
}

/// The table of kernels, in the words of the prelude.
std::string table_of(const std::vector<KernelName>& kernels, const Program& program) {
    std::string entries;
    std::size_t count = 0;
    auto add = [&](const std::string& function, const std::string& name, const std::string& bounds) {
        entries += "    lamina_entry<&" + function + ">(\"" + name + "\", " + (bounds.empty() ? "0" : "lamina_first" + bounds) + "),\n";
        count++;
    };
    for (const KernelName& kernel : kernels) {
        add(kernel.name, kernel.name, kernel.bounds);
    }
    for (const auto& [expression, name] : program.expressions) {
        std::size_t start = expression.find_first_not_of(" &");
        add(start == std::string::npos ? expression : expression.substr(start), name, "");
    }
    entries += "    lamina_kernel{},\n";
    return line("kernel table") + "static const lamina_kernel lamina_kernels[] = {\n" + entries + "};\n"
           "static const lamina_table lamina_whole = {1, " + std::to_string(count) + ", lamina_kernels,\n"
           "    &threadIdx, &blockIdx, &blockDim, &gridDim, &lamina_cursor, &lamina_services,\n"
           "    lamina_dynamic_shared, sizeof lamina_dynamic_shared};\n"
           "extern \"C\" __attribute__((visibility(\"default\"))) const lamina_table* lamina_module() { return &lamina_whole; }\n";
}

bool write_headers(const Program& program, const std::string& folder) {
    for (const auto& [name, text] : program.headers) {
        std::filesystem::path file = std::filesystem::path(folder) / name;
        std::error_code ignored;
        std::filesystem::create_directories(file.parent_path(), ignored);
        if (!write_file(file.string(), with_dynamic_shared(text))) {
            return false;
        }
    }
    return true;
}

/// Everything that the object depends on.
std::string key_of(const Program& program, const Options& options, const std::string& version) {
    std::string all = version + prelude() + program.name + '\0' + program.text + '\0';
    for (const auto& [name, text] : program.headers) {
        all += name + '\0' + text + '\0';
    }
    for (const auto& [expression, name] : program.expressions) {
        all += expression + '\0' + name + '\0';
    }
    for (const std::string& word : joined({compiler(), language_options(options, ""), code_options()})) {
        all += word + '\0';
    }
    return digest(all);
}

/// One compilation in a folder of its own.
struct Compilation {
    Program& program;
    const Options& options;
    const std::string& folder;

    /// Names of kernels; false if the preprocessor refuses the text.
    bool find_kernels(std::vector<KernelName>& kernels) {
        if (program.headers.empty() && !needs_preprocessing(program.text)) {
            kernels = kernels_in(program.text);
            return true;
        }
        std::string source = folder + "/program.txt";
        std::string result = folder + "/program.i";
        if (!write_file(source, line(program.name) + program.text) ||
            !run(joined({compiler(), language_options(options, folder), {"-E", "-P", "-o", result, source}}))) {
            return false;
        }
        kernels = kernels_in(read_file(result));
        return true;
    }

    /// The shared object; empty if the compiler refuses the text.
    std::string object() {
        std::vector<KernelName> kernels;
        std::string source = folder + "/module.txt";
        std::string result = folder + "/module.so";
        if (!write_headers(program, folder) || !find_kernels(kernels)) {
            return "";
        }
        std::string text = line("prelude") + prelude() + "namespace {" + line(program.name) + with_dynamic_shared(program.text) + "\n}\n" +
                           table_of(kernels, program);
        bool made = write_file(source, text) && run(joined({compiler(), language_options(options, folder), code_options(),
                                                            {"-o", result, source, "-x", "none", "-lm", "-lc"}}));
        return made ? read_file(result) : "";
    }

private:
    bool run(const Words& command) {
        int exit = run_process(command, folder + "/log");
        program.log = read_file(folder + "/log");
        if (exit < 0) {
            program.log = "the emulator needs a C++ compiler: " + command[0] + " cannot be run\n";
        } else if (exit > 0 && program.log.empty()) {
            program.log = command[0] + " ended with " + std::to_string(exit) + "\n";
        }
        return exit == 0;
    }
};

}

Result compile(Program& program, int option_count, const char* const* given) {
    Options options;
    program.log.clear();
    program.image.clear();
    program.ptx.clear();
    if (!read_options(option_count, given, options, program.log)) {
        return nvrtc_invalid_option;
    }
    Cache cache;
    TemporaryFolder folder(cache.folder());
    if (folder.path().empty()) {
        program.log = "the emulator has no folder to compile in\n";
        return nvrtc_internal;
    }
    const std::string& version = compiler_version(folder.path());
    std::string key = key_of(program, options, version);
    std::string object = cache.find(key);
    if (object.empty()) {
        object = Compilation{program, options, folder.path()}.object();
        if (object.empty()) {
            return version.empty() ? nvrtc_internal : nvrtc_compilation;
        }
        cache.keep(key, object);
    }
    program.compiled = true;
    program.is_virtual = options.is_virtual;
    program.image = make_image(object, options.arch, false);
    program.ptx = image_as_text(make_image(object, options.arch, true));
    return nvrtc_success;
}

}
