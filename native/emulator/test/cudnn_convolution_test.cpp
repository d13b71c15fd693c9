// Emulated cuDNN: convolutions and their gradients against numbers worked by hand and against plain loops.
#include "cudnn.hpp"

using namespace lamina::test;

namespace {

/// One convolution for the comparison with plain loops.
struct Setting {
    int n, c, h, w, k, r, s, pad, stride, dilation, groups, mode, format;
    int p() const { return 1 + (h + 2 * pad - (r - 1) * dilation - 1) / stride; }
    int q() const { return 1 + (w + 2 * pad - (s - 1) * dilation - 1) / stride; }
};

/// Index of (a, b, i, j) in a packed tensor of b_size channels and i_size x j_size planes.
int at(int format, int b_size, int i_size, int j_size, int a, int b, int i, int j) {
    return format == nchw ? ((a * b_size + b) * i_size + i) * j_size + j : ((a * i_size + i) * j_size + j) * b_size + b;
}

/// Visits every multiply-add: body(x index, w index, y index).
template <class Body>
void plain(const Setting& z, const Body& body) {
    int per_group = z.c / z.groups;
    int features = z.k / z.groups;
    for (int n = 0; n < z.n; n++)
        for (int k = 0; k < z.k; k++)
            for (int p = 0; p < z.p(); p++)
                for (int q = 0; q < z.q(); q++)
                    for (int c = 0; c < per_group; c++)
                        for (int r = 0; r < z.r; r++)
                            for (int s = 0; s < z.s; s++) {
                                int h = p * z.stride + r * z.dilation - z.pad;
                                int w = q * z.stride + s * z.dilation - z.pad;
                                if (h < 0 || h >= z.h || w < 0 || w >= z.w) continue;
                                int fr = z.mode == 0 ? z.r - 1 - r : r;
                                int fs = z.mode == 0 ? z.s - 1 - s : s;
                                body(at(z.format, z.c, z.h, z.w, n, k / features * per_group + c, h, w),
                                        at(z.format, per_group, z.r, z.s, k, c, fr, fs), at(z.format, z.k, z.p(), z.q(), n, k, p, q));
                            }
}

template <class Number>
void compare(const Setting& z, int type) {
    Dnn dnn;
    Tensor xd(z.n, z.c, z.h, z.w, type, z.format), yd(z.n, z.k, z.p(), z.q(), type, z.format);
    Filter wd(z.k, z.c / z.groups, z.r, z.s, type, z.format);
    Convolution conv(z.pad, z.stride, z.dilation, z.groups, type, z.mode);
    EXPECT_EQUAL(cudnnSetConvolutionMathType(conv.get(), 3), 0);
    std::vector<Number> x = random<Number>(z.n * z.c * z.h * z.w, 1);
    std::vector<Number> w = random<Number>(z.k * (z.c / z.groups) * z.r * z.s, 2);
    std::vector<Number> dy = random<Number>(z.n * z.k * z.p() * z.q(), 3);
    std::vector<double> y(dy.size()), dx(x.size()), dw(w.size());
    plain(z, [&](int i, int j, int o) {
        y[o] += static_cast<double>(x[i]) * w[j];
        dx[i] += static_cast<double>(w[j]) * dy[o];
        dw[j] += static_cast<double>(x[i]) * dy[o];
    });
    // Blended with what is there: 0.5 * result + 2 * old.
    Number alpha = 0.5;
    Number beta = 2;
    std::vector<Number> old_y(y.size(), 1), old_dx(dx.size(), 1), old_dw(dw.size(), 1);
    for (std::vector<double>* sums : {&y, &dx, &dw})
        for (double& sum : *sums) sum = 0.5 * sum + 2;
    Buffer<Number> bx(x), bw(w), bdy(dy), by(old_y), bdx(old_dx), bdw(old_dw);
    // float: one rounding at the end. double: sums of at most 4000 terms below 1, added in another order.
    double limit = type == type_double ? 4000 * 0x1p-53 : 0x1p-24;
    EXPECT_EQUAL(cudnnConvolutionForward(dnn.handle, &alpha, xd.get(), bx.get(), wd.get(), bw.get(), conv.get(), 0, nullptr, 0, &beta,
            yd.get(), by.get()), 0);
    EXPECT_NEAR(by.read(dnn.stream), y, limit);
    EXPECT_EQUAL(cudnnConvolutionBackwardData(dnn.handle, &alpha, wd.get(), bw.get(), yd.get(), bdy.get(), conv.get(), 0, nullptr, 0,
            &beta, xd.get(), bdx.get()), 0);
    EXPECT_NEAR(bdx.read(dnn.stream), dx, limit);
    EXPECT_EQUAL(cudnnConvolutionBackwardFilter(dnn.handle, &alpha, xd.get(), bx.get(), yd.get(), bdy.get(), conv.get(), 0, nullptr, 0,
            &beta, wd.get(), bdw.get()), 0);
    EXPECT_NEAR(bdw.read(dnn.stream), dw, limit);
}

}

// The 2x2 filter [1 2; 3 4] over [1 2 3; 4 5 6; 7 8 9]; y(0,0) = 1*1 + 2*2 + 3*4 + 4*5.
TEST(cudnn_convolution_by_hand) {
    Dnn dnn;
    Tensor xd(1, 1, 3, 3), yd(1, 1, 2, 2);
    Filter wd(1, 1, 2, 2);
    Convolution conv;
    Buffer<float> x(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9}), w(std::vector<float>{1, 2, 3, 4}), y(4);
    EXPECT_EQUAL(cudnnConvolutionForward(dnn.handle, &one, xd.get(), x.get(), wd.get(), w.get(), conv.get(), 0, nullptr, 0, &zero,
            yd.get(), y.get()), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{37, 47, 67, 77}), 0);
    Convolution turned(0, 1, 1, 1, type_float, 0);
    EXPECT_EQUAL(cudnnConvolutionForward(dnn.handle, &one, xd.get(), x.get(), wd.get(), w.get(), turned.get(), 0, nullptr, 0, &zero,
            yd.get(), y.get()), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{23, 33, 53, 63}), 0);
}

TEST(cudnn_convolution_gradients_by_hand) {
    Dnn dnn;
    Tensor xd(1, 1, 3, 3), yd(1, 1, 2, 2), bd(1, 1, 1, 1);
    Filter wd(1, 1, 2, 2);
    Convolution conv;
    Buffer<float> x(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9}), w(std::vector<float>{1, 2, 3, 4}), dy(std::vector<float>{1, 0, 0, 2});
    Buffer<float> dx(9), dw(4), db(1);
    EXPECT_EQUAL(cudnnConvolutionBackwardData(dnn.handle, &one, wd.get(), w.get(), yd.get(), dy.get(), conv.get(), 0, nullptr, 0, &zero,
            xd.get(), dx.get()), 0);
    EXPECT_NEAR(dx.read(dnn.stream), (std::vector<double>{1, 2, 0, 3, 6, 4, 0, 6, 8}), 0);
    EXPECT_EQUAL(cudnnConvolutionBackwardFilter(dnn.handle, &one, xd.get(), x.get(), yd.get(), dy.get(), conv.get(), 0, nullptr, 0, &zero,
            wd.get(), dw.get()), 0);
    EXPECT_NEAR(dw.read(dnn.stream), (std::vector<double>{11, 14, 20, 23}), 0);
    EXPECT_EQUAL(cudnnConvolutionBackwardBias(dnn.handle, &one, yd.get(), dy.get(), &zero, bd.get(), db.get()), 0);
    EXPECT_NEAR(db.read(dnn.stream), (std::vector<double>{3}), 0);
}

TEST(cudnn_convolutions_agree_with_plain_loops) {
    const Setting settings[] = {
        {1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, nchw}, {2, 3, 7, 5, 4, 3, 3, 1, 1, 1, 1, 1, nchw}, {3, 4, 9, 8, 6, 3, 2, 2, 2, 1, 2, 1, nchw},
        {1, 6, 11, 7, 6, 3, 3, 3, 2, 2, 6, 1, nchw}, {2, 2, 5, 5, 3, 5, 5, 4, 3, 1, 1, 0, nchw}, {2, 3, 4, 4, 2, 1, 1, 0, 3, 1, 1, 1, nchw},
        {2, 8, 6, 5, 4, 3, 3, 1, 1, 1, 1, 1, nhwc}, {3, 4, 8, 8, 8, 2, 3, 1, 2, 2, 2, 1, nhwc}, {4, 16, 20, 20, 24, 3, 3, 1, 1, 1, 1, 1,
        nhwc},
        {1, 3, 40, 40, 16, 5, 5, 2, 1, 1, 1, 1, nchw}, {5, 12, 9, 9, 20, 3, 3, 1, 2, 1, 4, 1, nhwc},
    };
    for (const Setting& setting : settings) {
        compare<float>(setting, type_float);
        if (setting.format == nchw) compare<double>(setting, type_double);
    }
}

TEST(cudnn_convolution_of_bf16_computes_in_float) {
    Dnn dnn;
    Tensor xd(1, 8, 1, 1, type_bfloat16, nhwc), yd(1, 8, 1, 1, type_bfloat16, nhwc);
    Filter wd(8, 8, 1, 1, type_bfloat16, nhwc);
    Convolution conv;
    std::vector<std::uint16_t> x, w;
    for (int i = 0; i < 8; i++) x.push_back(narrow(i + 1));
    for (int i = 0; i < 64; i++) w.push_back(narrow(i / 8 == i % 8 ? 3 : 1));
    Buffer<std::uint16_t> bx(x), bw(w), by(8);
    EXPECT_EQUAL(cudnnConvolutionForward(dnn.handle, &one, xd.get(), bx.get(), wd.get(), bw.get(), conv.get(), 0, nullptr, 0, &zero,
            yd.get(), by.get()), 0);
    std::vector<float> y;
    for (std::uint16_t value : by.read(dnn.stream)) y.push_back(widen(value));
    EXPECT_NEAR(y, (std::vector<double>{38, 40, 42, 44, 46, 48, 50, 52}), 0);
}

// 1 + 2^-12 becomes 1 on tensor cores, which the default math mode allows.
TEST(cudnn_convolution_rounds_to_tf32_unless_forbidden) {
    Dnn dnn;
    Tensor xd(1, 1, 1, 1, type_float, nhwc), yd(1, 1, 1, 1, type_float, nhwc);
    Filter wd(1, 1, 1, 1, type_float, nhwc);
    Convolution conv;
    Buffer<float> x(std::vector<float>{1 + 0x1p-12f}), w(std::vector<float>{1}), y(1);
    auto run = [&](int math) {
        EXPECT_EQUAL(cudnnSetConvolutionMathType(conv.get(), math), 0);
        EXPECT_EQUAL(cudnnConvolutionForward(dnn.handle, &one, xd.get(), x.get(), wd.get(), w.get(), conv.get(), 0, nullptr, 0, &zero,
                yd.get(), y.get()), 0);
        return y.read(dnn.stream);
    };
    EXPECT_NEAR(run(0), (std::vector<double>{1}), 0);
    EXPECT_NEAR(run(3), (std::vector<double>{1 + 0x1p-12}), 0);
}

// relu(2 * (x * w) + 1 * z + bias) with z in place.
TEST(cudnn_convolution_with_bias_and_activation) {
    Dnn dnn;
    Tensor xd(1, 1, 1, 2), yd(1, 2, 1, 2), bd(1, 2, 1, 1);
    Filter wd(2, 1, 1, 1);
    Convolution conv;
    Activation relu(1), identity(5), tanh(2);
    Buffer<float> x(std::vector<float>{1, -3}), w(std::vector<float>{1, 10}), b(std::vector<float>{100, -5}), y(std::vector<float>{1, 2, 3,
            4});
    Buffer<float> space(1024);
    float two = 2;
    auto run = [&](Activation& act, int algo) {
        return cudnnConvolutionBiasActivationForward(dnn.handle, &two, xd.get(), x.get(), wd.get(), w.get(), conv.get(), algo, space.get(),
                space.bytes(), &one, yd.get(), y.get(), bd.get(), b.get(), act.get(), yd.get(), y.get());
    };
    EXPECT_EQUAL(run(relu, 0), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{103, 96, 18, 0}), 0);
    EXPECT_EQUAL(run(identity, 0), not_supported);
    EXPECT_EQUAL(run(tanh, 1), not_supported);
    EXPECT_EQUAL(run(identity, 1), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{205, 190, 33, -65}), 0);
}
