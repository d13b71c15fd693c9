// Emulated cuBLAS: products worked by hand, number formats, and the calls it must refuse.
#include "device.hpp"

struct cublasContext;
extern "C" {
int cublasCreate_v2(cublasContext**);
int cublasDestroy_v2(cublasContext*);
int cublasSetStream_v2(cublasContext*, CUstream_st*);
int cublasGetStream_v2(cublasContext*, CUstream_st**);
int cublasSetWorkspace_v2(cublasContext*, void*, std::size_t);
int cublasSetMathMode(cublasContext*, int);
int cublasGetMathMode(cublasContext*, int*);
int cublasSetPointerMode_v2(cublasContext*, int);
int cublasGetVersion_v2(cublasContext*, int*);
int cublasGetProperty(int, int*);
const char* cublasGetStatusName(int);
int cublasSgemm_v2(cublasContext*, int, int, int, int, int, const float*, const float*, int, const float*, int, const float*, float*, int);
int cublasDgemm_v2(cublasContext*, int, int, int, int, int, const double*, const double*, int, const double*, int, const double*, double*,
        int);
int cublasSgemmStridedBatched(cublasContext*, int, int, int, int, int, const float*, const float*, int, long long, const float*, int,
        long long, const float*, float*, int, long long, int);
int cublasGemmEx(cublasContext*, int, int, int, int, int, const void*, const void*, int, int, const void*, int, int, const void*, void*,
        int, int, int, int);
int cublasGemmStridedBatchedEx(cublasContext*, int, int, int, int, int, const void*, const void*, int, int, long long, const void*, int,
        int, long long, const void*, void*, int, int, long long, int, int, int);
}

using namespace lamina::test;

namespace {

constexpr int N = 0;
constexpr int T = 1;
constexpr int r32f = 0;
constexpr int r64f = 1;
constexpr int r16bf = 14;
constexpr int compute_32f = 68;
constexpr int compute_64f = 70;
constexpr int compute_tf32 = 77;
constexpr int invalid_value = 7;
constexpr int not_supported = 15;
const float one = 1;
const float zero = 0;

class Blas {
public:
    Blas() {
        open_device();
        EXPECT_EQUAL(cublasCreate_v2(&handle), 0);
        EXPECT_EQUAL(cublasSetStream_v2(handle, stream.get()), 0);
    }
    ~Blas() { cublasDestroy_v2(handle); }
    Stream stream;
    cublasContext* handle = nullptr;
};

}

// A = [1 2; 3 4] and B = [5 6; 7 8], column by column; A B = [19 22; 43 50].
TEST(cublas_sgemm_multiplies_column_by_column) {
    Blas blas;
    Buffer<float> a(std::vector<float>{1, 3, 2, 4});
    Buffer<float> b(std::vector<float>{5, 7, 6, 8});
    Buffer<float> c(std::vector<float>{1, 1, 1, 1});
    EXPECT_EQUAL(cublasSgemm_v2(blas.handle, N, N, 2, 2, 2, &one, a.get(), 2, b.get(), 2, &zero, c.get(), 2), 0);
    EXPECT_NEAR(c.read(blas.stream), (std::vector<double>{19, 43, 22, 50}), 0);
    float two = 2;
    EXPECT_EQUAL(cublasSgemm_v2(blas.handle, T, N, 2, 2, 2, &two, a.get(), 2, b.get(), 2, &one, c.get(), 2), 0);
    // 2 At B = 2 [26 30; 38 44], added to the above.
    EXPECT_NEAR(c.read(blas.stream), (std::vector<double>{71, 119, 82, 138}), 0);
    EXPECT_EQUAL(cublasSgemm_v2(blas.handle, N, T, 2, 2, 2, &one, a.get(), 2, b.get(), 2, &zero, c.get(), 2), 0);
    EXPECT_NEAR(c.read(blas.stream), (std::vector<double>{17, 39, 23, 53}), 0);
}

TEST(cublas_products_of_every_size_and_transpose_agree_with_plain_loops) {
    Blas blas;
    for (int m : {1, 3, 4, 9})
        for (int n : {1, 7, 8, 17})
            for (int k : {1, 5, 300})
                for (int flags = 0; flags < 4; flags++) {
                    int lda = (flags & 1 ? k : m) + 1;
                    int ldb = (flags & 2 ? n : k) + 2;
                    std::vector<double> a = random<double>(lda * (flags & 1 ? m : k), 1);
                    std::vector<double> b = random<double>(ldb * (flags & 2 ? k : n), 2);
                    std::vector<double> expected(m * n);
                    for (int j = 0; j < n; j++)
                        for (int i = 0; i < m; i++)
                            for (int p = 0; p < k; p++)
                                expected[j * m + i] += a[flags & 1 ? i * lda + p : p * lda + i] * b[flags & 2 ? p * ldb + j : j * ldb + p];
                    Buffer<double> da(a), db(b), dc(m * n);
                    double alpha = 1, beta = 0;
                    EXPECT_EQUAL(cublasDgemm_v2(blas.handle, flags & 1 ? T : N, flags & 2 ? T : N, m, n, k, &alpha, da.get(), lda,
                            db.get(), ldb, &beta, dc.get(), m), 0);
                    EXPECT_NEAR(dc.read(blas.stream), expected, 1e-13);
                }
}

TEST(cublas_large_products_use_two_threads_and_stay_exact) {
    Blas blas;
    int size = 150;
    std::vector<float> a(size * size), b(size * size);
    std::vector<double> expected(size * size);
    for (int j = 0; j < size; j++)
        for (int i = 0; i < size; i++) {
            a[j * size + i] = i == j ? 2 : 0;
            b[j * size + i] = i - j;
            expected[j * size + i] = 2 * (i - j);
        }
    Buffer<float> da(a), db(b), dc(size * size);
    EXPECT_EQUAL(cublasSgemm_v2(blas.handle, N, N, size, size, size, &one, da.get(), size, db.get(), size, &zero, dc.get(), size), 0);
    EXPECT_NEAR(dc.read(blas.stream), expected, 0);
}

TEST(cublas_gemmex_takes_bf16_and_gives_bf16_or_float) {
    Blas blas;
    Buffer<std::uint16_t> a(std::vector<std::uint16_t>{narrow(1), narrow(3), narrow(2), narrow(4)});
    Buffer<std::uint16_t> b(std::vector<std::uint16_t>{narrow(5), narrow(7), narrow(6), narrow(8)});
    Buffer<float> c(4);
    Buffer<std::uint16_t> d(4);
    EXPECT_EQUAL(cublasGemmEx(blas.handle, N, N, 2, 2, 2, &one, a.get(), r16bf, 2, b.get(), r16bf, 2, &zero, c.get(), r32f, 2, compute_32f,
            -1), 0);
    EXPECT_NEAR(c.read(blas.stream), (std::vector<double>{19, 43, 22, 50}), 0);
    EXPECT_EQUAL(cublasGemmEx(blas.handle, N, N, 2, 2, 2, &one, a.get(), r16bf, 2, b.get(), r16bf, 2, &zero, d.get(), r16bf, 2,
            compute_32f, -1), 0);
    std::vector<float> wide;
    for (std::uint16_t value : d.read(blas.stream)) wide.push_back(widen(value));
    EXPECT_NEAR(wide, (std::vector<double>{19, 43, 22, 50}), 0);
}

// 1 + 2^-11 lies half way between two TF32 numbers and is rounded away from zero; 1 + 2^-12 becomes 1.
TEST(cublas_tf32_rounds_operands_to_ten_bits) {
    Blas blas;
    Buffer<float> a(std::vector<float>{1 + 0x1p-11f, 1 + 0x1p-12f, -1 - 0x1p-11f});
    Buffer<float> b(std::vector<float>{1});
    Buffer<float> c(3);
    auto multiply = [&](int compute) {
        EXPECT_EQUAL(cublasGemmEx(blas.handle, N, N, 3, 1, 1, &one, a.get(), r32f, 3, b.get(), r32f, 1, &zero, c.get(), r32f, 3, compute,
                -1), 0);
        return c.read(blas.stream);
    };
    std::vector<double> rounded{1 + 0x1p-10, 1, -1 - 0x1p-10};
    std::vector<double> exact{1 + 0x1p-11, 1 + 0x1p-12, -1 - 0x1p-11};
    EXPECT_NEAR(multiply(compute_tf32), rounded, 0);
    EXPECT_NEAR(multiply(compute_32f), exact, 0);
    EXPECT_EQUAL(cublasSetMathMode(blas.handle, 3), 0);
    EXPECT_NEAR(multiply(compute_32f), rounded, 0);
    EXPECT_NEAR(multiply(69), exact, 0);
}

TEST(cublas_strided_batches_multiply_each_pair) {
    Blas blas;
    Buffer<float> a(std::vector<float>{2, 0, 3});
    Buffer<float> b(std::vector<float>{5, 7});
    Buffer<float> c(std::vector<float>{1, 9, 1});
    EXPECT_EQUAL(cublasSgemmStridedBatched(blas.handle, N, N, 1, 1, 1, &one, a.get(), 1, 2, b.get(), 1, 1, &one, c.get(), 1, 2, 2), 0);
    EXPECT_NEAR(c.read(blas.stream), (std::vector<double>{11, 9, 22}), 0);
    EXPECT_EQUAL(cublasGemmStridedBatchedEx(blas.handle, N, N, 1, 1, 1, &one, a.get(), r32f, 1, 0, b.get(), r32f, 1, 1, &zero, c.get(),
            r32f, 1, 1, 2, compute_32f, -1), 0);
    EXPECT_NEAR(c.read(blas.stream), (std::vector<double>{10, 14, 22}), 0);
    EXPECT_EQUAL(cublasGemmStridedBatchedEx(blas.handle, N, N, 1, 1, 1, &one, a.get(), r32f, 1, 0, b.get(), r32f, 1, 1, &zero, c.get(),
            r32f, 1, 0, 2, compute_32f, -1), invalid_value);
}

TEST(cublas_reads_scalars_at_the_call_and_no_result_with_beta_zero) {
    Blas blas;
    Buffer<float> a(std::vector<float>{2});
    Buffer<float> c(std::vector<float>{NAN});
    float alpha = 3;
    float beta = 0;
    EXPECT_EQUAL(cublasSgemm_v2(blas.handle, N, N, 1, 1, 1, &alpha, a.get(), 1, a.get(), 1, &beta, c.get(), 1), 0);
    alpha = 100;
    beta = 100;
    EXPECT_NEAR(c.read(blas.stream), (std::vector<double>{12}), 0);
}

TEST(cublas_refuses_what_does_not_fit) {
    Blas blas;
    Buffer<float> a(4), c(4);
    cublasContext* h = blas.handle;
    EXPECT_EQUAL(cublasSgemm_v2(h, N, N, 2, 2, 2, &one, a.get(), 1, a.get(), 2, &zero, c.get(), 2), invalid_value);
    EXPECT(std::string(lamina_emulator_last_message()).find("lda is 1") != std::string::npos);
    EXPECT_EQUAL(cublasSgemm_v2(h, N, N, 2, 2, 2, &one, a.get(), 2, a.get(), 2, &zero, c.get(), 1), invalid_value);
    EXPECT_EQUAL(cublasSgemm_v2(h, N, N, -1, 2, 2, &one, a.get(), 2, a.get(), 2, &zero, c.get(), 2), invalid_value);
    EXPECT_EQUAL(cublasSgemm_v2(h, 9, N, 2, 2, 2, &one, a.get(), 2, a.get(), 2, &zero, c.get(), 2), invalid_value);
    EXPECT_EQUAL(cublasSgemm_v2(h, N, N, 2, 2, 2, nullptr, a.get(), 2, a.get(), 2, &zero, c.get(), 2), invalid_value);
    EXPECT_EQUAL(cublasSgemm_v2(h, N, N, 2, 2, 2, &one, nullptr, 2, a.get(), 2, &zero, c.get(), 2), invalid_value);
    EXPECT_EQUAL(cublasSgemm_v2(h, N, N, 2, 2, 2, &one, a.get(), 2, a.get(), 2, &zero, a.get(), 2), invalid_value);
    EXPECT_EQUAL(cublasSgemm_v2(nullptr, N, N, 2, 2, 2, &one, a.get(), 2, a.get(), 2, &zero, c.get(), 2), 1);
    auto ex = [&](int type, int result, int compute, int algo) {
        return cublasGemmEx(h, N, N, 1, 1, 1, &one, a.get(), type, 1, a.get(), type, 1, &zero, c.get(), result, 1, compute, algo);
    };
    EXPECT_EQUAL(ex(r32f, r32f, compute_64f, -1), not_supported);
    EXPECT_EQUAL(ex(r64f, r64f, compute_32f, -1), not_supported);
    EXPECT_EQUAL(ex(r16bf, r16bf, compute_tf32, -1), not_supported);
    EXPECT_EQUAL(ex(r32f, r16bf, compute_32f, -1), not_supported);
    EXPECT_EQUAL(ex(2, 2, 64, -1), not_supported);
    EXPECT_EQUAL(ex(r32f, r32f, compute_32f, 50), invalid_value);
}

TEST(cublas_workspace_is_aligned_overwritten_and_lost_with_a_new_stream) {
    Blas blas;
    Buffer<float> space(std::vector<float>(128, 1)), a(std::vector<float>{2}), c(1);
    EXPECT_EQUAL(cublasSetWorkspace_v2(blas.handle, space.get() + 1, 256), invalid_value);
    EXPECT_EQUAL(cublasSetWorkspace_v2(blas.handle, space.get(), 256), 0);
    EXPECT_EQUAL(cublasSgemm_v2(blas.handle, N, N, 1, 1, 1, &one, a.get(), 1, a.get(), 1, &zero, c.get(), 1), 0);
    std::vector<float> after = space.read(blas.stream);
    EXPECT(after[0] != after[0]);
    EXPECT_EQUAL(after[64], 1.0f);
    EXPECT_EQUAL(cublasSgemm_v2(blas.handle, N, N, 1, 1, 1, &one, space.get() + 3, 1, a.get(), 1, &zero, c.get(), 1), invalid_value);
    EXPECT_EQUAL(cublasSetStream_v2(blas.handle, blas.stream.get()), 0);
    EXPECT_EQUAL(cublasSgemm_v2(blas.handle, N, N, 1, 1, 1, &one, space.get() + 3, 1, a.get(), 1, &zero, c.get(), 1), 0);
}

TEST(cublas_handles_have_modes_versions_and_names) {
    Blas blas;
    int value = 0;
    CUstream_st* stream = nullptr;
    EXPECT_EQUAL(cublasGetStream_v2(blas.handle, &stream), 0);
    EXPECT(stream == blas.stream.get());
    EXPECT_EQUAL(cublasSetMathMode(blas.handle, 18), 0);
    EXPECT_EQUAL(cublasGetMathMode(blas.handle, &value), 0);
    EXPECT_EQUAL(value, 18);
    EXPECT_EQUAL(cublasSetMathMode(blas.handle, 7), invalid_value);
    EXPECT_EQUAL(cublasSetPointerMode_v2(blas.handle, 1), not_supported);
    EXPECT_EQUAL(cublasGetVersion_v2(blas.handle, &value), 0);
    EXPECT_EQUAL(value, 120604);
    EXPECT_EQUAL(cublasGetProperty(0, &value), 0);
    EXPECT_EQUAL(value, 12);
    EXPECT_EQUAL(std::string(cublasGetStatusName(13)), "CUBLAS_STATUS_EXECUTION_FAILED");
    cublasContext* gone = nullptr;
    EXPECT_EQUAL(cublasCreate_v2(&gone), 0);
    EXPECT_EQUAL(cublasDestroy_v2(gone), 0);
    EXPECT_EQUAL(cublasDestroy_v2(gone), 1);
}

TEST(cublas_faults_can_be_injected) {
    Blas blas;
    Buffer<float> a(std::vector<float>{2}), c(1);
    lamina_emulator_inject("cublasSgemm", 1, 14, 1);
    auto multiply = [&] { return cublasSgemm_v2(blas.handle, N, N, 1, 1, 1, &one, a.get(), 1, a.get(), 1, &zero, c.get(), 1); };
    EXPECT_EQUAL(multiply(), 0);
    EXPECT_EQUAL(multiply(), 14);
    EXPECT_EQUAL(multiply(), 0);
    lamina_emulator_reset();
}
