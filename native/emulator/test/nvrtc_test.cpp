// NVRTC: programs, images, errors, cache.
#include "driver.hpp"

#include <cstdlib>

using namespace lamina::test;

namespace {

const std::string source = "extern \"C\" __global__ void f(int* x) { *x = 1; }\n";

struct Outcome {
    int result;
    std::string log;
};

Outcome compile(const std::string& text, std::vector<const char*> options) {
    void* program = nullptr;
    EXPECT_EQUAL(nvrtcCreateProgram(&program, text.c_str(), "some/kernel.cu", 0, nullptr, nullptr), 0);
    int result = nvrtcCompileProgram(program, static_cast<int>(options.size()), options.data());
    std::size_t bytes = 0;
    EXPECT_EQUAL(nvrtcGetProgramLogSize(program, &bytes), 0);
    std::string log(bytes, ' ');
    EXPECT_EQUAL(nvrtcGetProgramLog(program, log.data()), 0);
    EXPECT_EQUAL(nvrtcDestroyProgram(&program), 0);
    EXPECT(program == nullptr);
    return {result, log};
}

}

TEST(nvrtc_saysWhereASyntaxErrorIs) {
    Outcome outcome = compile("\n\nextern \"C\" __global__ void f() { x = 1; }", {"--gpu-architecture=sm_90"});
    EXPECT_EQUAL(outcome.result, 6);
    EXPECT(outcome.log.find("some/kernel.cu:3") != std::string::npos);
    EXPECT(outcome.log.find("'x' was not declared") != std::string::npos || outcome.log.find("x") != std::string::npos);
    EXPECT_EQUAL(std::string(nvrtcGetErrorString(6)), "NVRTC_ERROR_COMPILATION");
}

TEST(nvrtc_hasNoHeaders) {
    EXPECT_EQUAL(compile("#include <cmath>\n" + source, {"--gpu-architecture=sm_90"}).result, 6);
}

TEST(nvrtc_readsOptionsStrictly) {
    const char* bad[] = {"--gpu-architecture=sm_9", "--gpu-architecture=90", "--gpu-architecture=sm_100", "--gpu-architecture=sm_",
                         "--nonsense", ""};
    for (const char* option : bad) {
        EXPECT_EQUAL(compile(source, {option}).result, 5);
    }
    EXPECT_EQUAL(compile(source, {"-arch=sm_75", "--std=c++17", "--fmad=false", "-DX=1", "-lineinfo"}).result, 0);
}

TEST(nvrtc_findsKernelsBehindMacrosAndConditions) {
    Stream stream;
    Kernels kernels(R"CUDA(
        #define FILL(T, name) /* __global__ void not_me() */ \
            extern "C" __global__ void __launch_bounds__(256, 2) fill_##name(T* out, T value) { out[threadIdx.x] = value; }
        FILL(float, float)
        FILL(long long, long)
        #if __CUDA_ARCH__ < 900
        extern "C" __global__ void old() { nothing }
        #endif
        static __device__ const char* text = "__global__ void neither()";
    )CUDA");
    Buffer<long long> out(2);
    EXPECT_EQUAL(launch(kernels["fill_long"], 1, 2, 0, stream.get(), out.get(), 9ll), 0);
    EXPECT_EQUAL(out.read(stream)[1], 9ll);
    CUfunc_st* none = nullptr;
    EXPECT_REFUSED(cuModuleGetFunction(&none, kernels.get(), "not_me"), not_found, "no kernel not_me");
    kernels["fill_float"];
}

TEST(nvrtc_loadsTextFormToo) {
    open_device();
    void* program = nullptr;
    const char* option = "--gpu-architecture=compute_80";
    EXPECT_EQUAL(nvrtcCreateProgram(&program, source.c_str(), nullptr, 0, nullptr, nullptr), 0);
    std::size_t bytes = 0;
    EXPECT_EQUAL(nvrtcGetPTXSize(program, &bytes), 4);
    EXPECT_EQUAL(nvrtcCompileProgram(program, 1, &option), 0);
    EXPECT_EQUAL(nvrtcGetCUBINSize(program, &bytes), 0);
    EXPECT_EQUAL(bytes, std::size_t{0});
    EXPECT_EQUAL(nvrtcGetPTXSize(program, &bytes), 0);
    std::string text(bytes, ' ');
    EXPECT_EQUAL(nvrtcGetPTX(program, text.data()), 0);
    EXPECT_EQUAL(text.find('\0'), text.size() - 1);
    CUmod_st* module = nullptr;
    EXPECT_EQUAL(cuModuleLoadData(&module, text.c_str()), 0);
    EXPECT_EQUAL(cuModuleUnload(module), 0);
    text[text.size() / 2] = text[text.size() / 2] == '0' ? '1' : '0';
    EXPECT_REFUSED(cuModuleLoadData(&module, text.c_str()), invalid_image, "checksum");
    EXPECT_EQUAL(nvrtcDestroyProgram(&program), 0);
}

TEST(nvrtc_namesInstancesOfTemplates) {
    Stream stream;
    void* program = nullptr;
    const char* option = "--gpu-architecture=sm_90";
    const char* header = "template <class T> __device__ T twice(T x) { return x + x; }";
    const char* header_name = "twice.h";
    const char* text = "#include \"twice.h\"\ntemplate <class T> __global__ void f(T* x) { *x = twice(T(2.5)); }";
    EXPECT_EQUAL(nvrtcCreateProgram(&program, text, "t.cu", 1, &header, &header_name), 0);
    EXPECT_EQUAL(nvrtcAddNameExpression(program, "f<float>"), 0);
    EXPECT_EQUAL(nvrtcAddNameExpression(program, "&f<int>"), 0);
    EXPECT_EQUAL(nvrtcCompileProgram(program, 1, &option), 0);
    const char* name = nullptr;
    EXPECT_EQUAL(nvrtcGetLoweredName(program, "f<float>", &name), 0);
    std::size_t bytes = 0;
    EXPECT_EQUAL(nvrtcGetCUBINSize(program, &bytes), 0);
    std::vector<char> image(bytes);
    EXPECT_EQUAL(nvrtcGetCUBIN(program, image.data()), 0);
    CUmod_st* module = nullptr;
    CUfunc_st* function = nullptr;
    EXPECT_EQUAL(cuModuleLoadData(&module, image.data()), 0);
    EXPECT_EQUAL(cuModuleGetFunction(&function, module, name), 0);
    Buffer<float> out(1);
    EXPECT_EQUAL(launch(function, 1, 1, 0, stream.get(), out.get()), 0);
    EXPECT_EQUAL(out.read(stream)[0], 5.0f);
    EXPECT_EQUAL(cuModuleUnload(module), 0);
    EXPECT_EQUAL(nvrtcDestroyProgram(&program), 0);
}

TEST(nvrtc_imagesOfOtherKindsAreRefused) {
    open_device();
    CUmod_st* module = nullptr;
    std::vector<char> image = compiled(source);
    std::vector<char> damaged = image;
    damaged[damaged.size() / 2] ^= 1;
    EXPECT_REFUSED(cuModuleLoadData(&module, damaged.data()), invalid_image, "checksum");
    damaged = image;
    damaged[40] ^= 1;
    EXPECT_REFUSED(cuModuleLoadData(&module, damaged.data()), invalid_image, "header");
    EXPECT_REFUSED(cuModuleLoadData(&module, "\177ELF is not enough to be a module here"), invalid_image, "none of the emulated NVRTC");
    EXPECT_REFUSED(cuModuleLoadData(&module, compiled(source, "--gpu-architecture=sm_80").data()), no_binary, "sm_80");
}

TEST(nvrtc_compilesAgainWhenTheCacheIsDamaged) {
    char folder[] = "/tmp/lamina-emulator-cache-XXXXXX";
    EXPECT(mkdtemp(folder) != nullptr);
    const char* before = std::getenv("LAMINA_EMULATOR_CACHE");
    std::string kept = before ? before : "";
    setenv("LAMINA_EMULATOR_CACHE", folder, 1);
    std::vector<char> first = compiled(source);
    std::string damage = "for f in " + std::string(folder) + "/*; do printf x | dd of=$f bs=1 seek=200 conv=notrunc 2>/dev/null; done";
    EXPECT_EQUAL(std::system(damage.c_str()), 0);
    std::vector<char> second = compiled(source);
    EXPECT_EQUAL(first.size(), second.size());
    EXPECT_EQUAL(std::system(("chmod 777 " + std::string(folder)).c_str()), 0);
    compiled(source);
    before ? setenv("LAMINA_EMULATOR_CACHE", kept.c_str(), 1) : unsetenv("LAMINA_EMULATOR_CACHE");
    EXPECT_EQUAL(std::system(("rm -rf " + std::string(folder)).c_str()), 0);
}
