// Softmax and its gradient: over all of an image (INSTANCE) or over the channels of each position (CHANNEL).
#include "tensor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

namespace {

/// Numbers of cudnnSoftmaxAlgorithm_t and cudnnSoftmaxMode_t.
enum { softmax_fast = 0, softmax_accurate = 1, softmax_log = 2 };
enum { mode_instance = 0, mode_channel = 1 };

/// Calls body(offsets) with the offsets of all elements of each group that sums to one, in x and y.
template <class Body>
void for_groups(const Tensor& shape, int mode, const Tensor& a, const Tensor& b, const Body& body) {
    Tensor outer = shape;
    Tensor inner = shape;
    for (int d = 0; d < shape.rank; d++) {
        bool summed = d == 1 || (d > 1 && mode == mode_instance);
        (summed ? outer : inner).dims[d] = 1;
    }
    std::vector<long long> from(count(inner));
    std::vector<long long> to(count(inner));
    for_each(outer, [&](const int* base) {
        std::size_t i = 0;
        for_each(inner, [&](const int* index) {
            int sum[most_dimensions];
            for (int d = 0; d < shape.rank; d++) sum[d] = base[d] + index[d];
            from[i] = offset(a, sum);
            to[i++] = offset(b, sum);
        });
        body(from, to);
    });
}

struct Pair {
    Tensor first;
    Tensor second;
    math::Type type;
    double alpha;
    double beta;
};

Pair prepare(int algorithm, int mode, Tensor first, Tensor second, const void* alpha, const void* beta) {
    require_enum(algorithm, softmax_log, "algo");
    require_enum(mode, mode_channel, "mode");
    require(first.data_type == second.data_type && same_dims(first, second), bad_param, "the tensors differ: " + describe(first) + " and "
            + describe(second));
    return {first, second, type_of(first, "xDesc"), scalar(first, alpha, "alpha"), scalar(first, beta, "beta")};
}

/// e^x with the range of the computation: FAST in float overflows where the device does.
double power(const Pair& p, double x) {
    return p.type == math::Type::float64 ? std::exp(x) : static_cast<double>(static_cast<float>(std::exp(x)));
}

void forward(const Pair& p, int algorithm, int mode, const void* x, void* y) {
    for_groups(p.first, mode, p.first, p.second, [&](const std::vector<long long>& from, const std::vector<long long>& to) {
        double top = algorithm == softmax_fast ? 0 : -std::numeric_limits<double>::infinity();
        if (algorithm != softmax_fast) {
            for (long long i : from) top = std::max(top, math::load(p.type, x, i));
        }
        double sum = 0;
        for (long long i : from) sum += power(p, math::load(p.type, x, i) - top);
        for (std::size_t i = 0; i < from.size(); i++) {
            double shifted = math::load(p.type, x, from[i]) - top;
            double value = algorithm == softmax_log ? shifted - std::log(sum) : power(p, shifted) / sum;
            math::blend(p.type, y, to[i], p.alpha, value, p.beta);
        }
    });
}

void backward(const Pair& p, int algorithm, int mode, const void* y, const void* dy, void* dx) {
    for_groups(p.first, mode, p.first, p.second, [&](const std::vector<long long>& at_y, const std::vector<long long>& at_dy) {
        double sum = 0;
        for (std::size_t i = 0; i < at_y.size(); i++) {
            double gradient = math::load(p.type, dy, at_dy[i]);
            sum += algorithm == softmax_log ? gradient : gradient * math::load(p.type, y, at_y[i]);
        }
        for (std::size_t i = 0; i < at_y.size(); i++) {
            double value = math::load(p.type, y, at_y[i]);
            double gradient = math::load(p.type, dy, at_dy[i]);
            double result = algorithm == softmax_log ? gradient - std::exp(value) * sum : value * (gradient - sum);
            // dx has the strides of dy: see cudnnSoftmaxBackward.
            math::blend(p.type, dx, at_dy[i], p.alpha, result, p.beta);
        }
    });
}

}

LAMINA_EXPORT int cudnnSoftmaxForward(Handle* handle, int algorithm, int mode, const void* alpha, const Tensor* x_desc, const void* x,
        const void* beta, const Tensor* y_desc, void* y) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Pair p = prepare(algorithm, mode, checked(x_desc, "xDesc"), checked(y_desc, "yDesc"), alpha, beta);
        queue(live, "cudnnSoftmaxForward", in_place(p.first, range(p.first, x, false, "x"), p.second, range(p.second, y, true, "y")),
                [=] { forward(p, algorithm, mode, x, y); });
    });
}

LAMINA_EXPORT int cudnnSoftmaxBackward(Handle* handle, int algorithm, int mode, const void* alpha, const Tensor* y_desc, const void* y,
        const Tensor* dy_desc, const void* dy, const void* beta, const Tensor* dx_desc, void* dx) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Pair p = prepare(algorithm, mode, checked(y_desc, "yDesc"), checked(dy_desc, "dyDesc"), alpha, beta);
        Tensor tdx = checked(dx_desc, "dxDesc");
        require(tdx.data_type == p.first.data_type && same_strides(p.second, tdx), bad_param,
                "dxDesc must equal dyDesc in type, size and strides");
        std::vector<Range> ranges = in_place(p.second, range(p.second, dy, false, "dy"), tdx, range(tdx, dx, true, "dx"));
        ranges.push_back(range(p.first, y, false, "y"));
        queue(live, "cudnnSoftmaxBackward", ranges, [=] { backward(p, algorithm, mode, y, dy, dx); });
    });
}
