// Local response normalisation across channels: y = x * (k + alpha / n * sum of squares over a window of n channels)^-beta.
#include "tensor.hpp"

#include "../math/parallel.hpp"

#include <algorithm>
#include <cmath>

namespace lamina::emulator::dnn {

namespace {

/// What an LRN descriptor holds; `n` 0: never set. The window is channels c - (n - 1) / 2 to c + n / 2, cut at the border.
struct Lrn {
    unsigned n = 0;
    double alpha = 0;
    double beta = 0;
    double k = 0;
};

math::Registry<Lrn>& norms() {
    static auto* registry = new math::Registry<Lrn>("cudnnLRNDescriptor");
    return *registry;
}

Lrn checked(const Lrn* descriptor) {
    require(descriptor != nullptr, null_pointer, "normDesc is null");
    require(norms().is_live(descriptor), bad_param, "normDesc is destroyed or not an LRN descriptor");
    require(descriptor->n > 0, bad_param, "normDesc was created but never set");
    return *descriptor;
}

struct Job {
    Lrn norm;
    math::Type type;
    double alpha;
    double beta;
};

Job prepare(const Lrn* descriptor, int mode, const Tensor& x, const void* alpha, const void* beta) {
    require_enum(mode, 0, "lrnMode");
    return {checked(descriptor), type_of(x, "xDesc"), scalar(x, alpha, "alpha"), scalar(x, beta, "beta")};
}

void require_like(const Tensor& a, const Tensor& b, const char* names) {
    require(a.data_type == b.data_type, not_supported_data_type, std::string(names) + " have different data types");
    require(same_dims(a, b), not_supported_shape, std::string(names) + " differ: " + describe(a) + " and " + describe(b));
}

/// Calls body(index) for all positions (index of channel 0), on two threads if there is much to do.
template <class Body>
void for_positions(const Tensor& x, const Body& body) {
    math::in_halves(x.dims[0], 30.0 * count(x), [&](int, long long from, long long to) {
        Tensor outer = x;
        outer.dims[0] = static_cast<int>(to - from);
        outer.dims[1] = 1;
        for_each(outer, [&](const int* index) {
            int at[most_dimensions];
            std::copy(index, index + x.rank, at);
            at[0] += static_cast<int>(from);
            body(static_cast<const int*>(at));
        });
    });
}

std::vector<double> column(math::Type type, const Tensor& t, const void* data, const int* position) {
    std::vector<double> values(t.dims[1]);
    math::gather(type, math::Rounding::none, data, offset(t, position), t.strides[1], t.dims[1], values.data());
    return values;
}

/// k + alpha / n * sum of squares, for each channel.
std::vector<double> scales(const Lrn& norm, const std::vector<double>& x) {
    int before = static_cast<int>(norm.n - 1) / 2;
    int after = static_cast<int>(norm.n) - before - 1;
    int channels = static_cast<int>(x.size());
    std::vector<double> result(channels);
    for (int c = 0; c < channels; c++) {
        double sum = 0;
        for (int i = std::max(0, c - before); i <= std::min(channels - 1, c + after); i++) sum += x[i] * x[i];
        result[c] = norm.k + norm.alpha / norm.n * sum;
    }
    return result;
}

void forward(const Job& job, const Tensor& tx, const Tensor& ty, const void* x, void* y) {
    for_positions(tx, [&](const int* position) {
        std::vector<double> values = column(job.type, tx, x, position);
        std::vector<double> scale = scales(job.norm, values);
        long long start = offset(ty, position);
        for (int c = 0; c < tx.dims[1]; c++) {
            double value = values[c] * std::pow(scale[c], -job.norm.beta);
            math::blend(job.type, y, start + static_cast<long long>(c) * ty.strides[1], job.alpha, value, job.beta);
        }
    });
}

/// dx(i) = dy(i) scale(i)^-beta - 2 alpha beta / n x(i) * sum over c whose windows hold i of dy(c) y(c) / scale(c).
void backward(const Job& job, const Tensor& tx, const Tensor& ty, const Tensor& tdy, const Tensor& tdx, const void* x, const void* y,
        const void* dy, void* dx) {
    const Lrn& norm = job.norm;
    int before = static_cast<int>(norm.n - 1) / 2;
    int after = static_cast<int>(norm.n) - before - 1;
    int channels = tx.dims[1];
    for_positions(tx, [&](const int* position) {
        std::vector<double> values = column(job.type, tx, x, position);
        std::vector<double> results = column(job.type, ty, y, position);
        std::vector<double> gradients = column(job.type, tdy, dy, position);
        std::vector<double> scale = scales(norm, values);
        long long start = offset(tdx, position);
        for (int i = 0; i < channels; i++) {
            double sum = 0;
            for (int c = std::max(0, i - after); c <= std::min(channels - 1, i + before); c++) sum += gradients[c] * results[c] / scale[c];
            double result = gradients[i] * std::pow(scale[i], -norm.beta) - 2 * norm.alpha * norm.beta / norm.n * values[i] * sum;
            math::blend(job.type, dx, start + static_cast<long long>(i) * tdx.strides[1], job.alpha, result, job.beta);
        }
    });
}

}

}

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

LAMINA_EXPORT int cudnnCreateLRNDescriptor(Lrn** descriptor) {
    return entry(__func__, [&] {
        require(descriptor != nullptr, null_pointer, "normDesc is null");
        need(Part::ops);
        *descriptor = norms().create();
        // As documented: a new descriptor holds n = 5, alpha = 1e-4, beta = 0.75, k = 2.
        **descriptor = {5, 1e-4, 0.75, 2};
    });
}

LAMINA_EXPORT int cudnnDestroyLRNDescriptor(Lrn* descriptor) {
    return entry(__func__, [&] {
        if (descriptor == nullptr) return;
        require(norms().destroy(descriptor), bad_param, "normDesc is destroyed already or not an LRN descriptor");
    });
}

LAMINA_EXPORT int cudnnSetLRNDescriptor(Lrn* descriptor, unsigned n, double alpha, double beta, double k) {
    return entry(__func__, [&] {
        checked(descriptor);
        require(n >= 1 && n <= 16, bad_param, "lrnN is " + text(n) + "; 1 to 16 are allowed");
        require(k >= 1e-5, bad_param, "lrnK is " + std::to_string(k) + "; it must be at least 1e-5");
        require(beta >= 0.01, bad_param, "lrnBeta is " + std::to_string(beta) + "; it must be at least 0.01");
        *descriptor = {n, alpha, beta, k};
    });
}

LAMINA_EXPORT int cudnnGetLRNDescriptor(const Lrn* descriptor, unsigned* n, double* alpha, double* beta, double* k) {
    return entry(__func__, [&] {
        Lrn norm = checked(descriptor);
        if (n != nullptr) *n = norm.n;
        if (alpha != nullptr) *alpha = norm.alpha;
        if (beta != nullptr) *beta = norm.beta;
        if (k != nullptr) *k = norm.k;
    });
}

LAMINA_EXPORT int cudnnLRNCrossChannelForward(Handle* handle, const Lrn* descriptor, int mode, const void* alpha, const Tensor* x_desc,
        const void* x, const void* beta, const Tensor* y_desc, void* y) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor tx = checked(x_desc, "xDesc");
        Tensor ty = checked(y_desc, "yDesc");
        Job job = prepare(descriptor, mode, tx, alpha, beta);
        require_like(tx, ty, "xDesc and yDesc");
        std::vector<Range> ranges{range(tx, x, false, "x"), range(ty, y, true, "y")};
        queue(live, "cudnnLRNCrossChannelForward", ranges, [=] { forward(job, tx, ty, x, y); });
    });
}

LAMINA_EXPORT int cudnnLRNCrossChannelBackward(Handle* handle, const Lrn* descriptor, int mode, const void* alpha, const Tensor* y_desc,
        const void* y, const Tensor* dy_desc, const void* dy, const Tensor* x_desc, const void* x, const void* beta, const Tensor* dx_desc,
        void* dx) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor ty = checked(y_desc, "yDesc");
        Tensor tdy = checked(dy_desc, "dyDesc");
        Tensor tx = checked(x_desc, "xDesc");
        Tensor tdx = checked(dx_desc, "dxDesc");
        Job job = prepare(descriptor, mode, tx, alpha, beta);
        require_like(tx, ty, "xDesc and yDesc");
        require_like(ty, tdy, "yDesc and dyDesc");
        require_like(tx, tdx, "xDesc and dxDesc");
        std::vector<Range> ranges{range(tx, x, false, "x"), range(ty, y, false, "y"), range(tdy, dy, false, "dy"),
                range(tdx, dx, true, "dx")};
        queue(live, "cudnnLRNCrossChannelBackward", ranges, [=] { backward(job, tx, ty, tdy, tdx, x, y, dy, dx); });
    });
}
