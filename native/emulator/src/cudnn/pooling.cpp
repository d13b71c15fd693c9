// Pooling and its gradient.
//
// Where several elements of a window are the largest, cuDNN promises nothing. The stand-in gives the gradient to the first of them (row by
// row) with MAX_DETERMINISTIC and to the last with MAX, so that whoever relies on a rule under MAX is found out.
#include "pooling.hpp"

#include "../math/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

namespace {

struct Job {
    Pooling pooling;
    Tensor x;
    Tensor y;
    math::Type type;
    double alpha;
    double beta;
};

/// The part of a window that lies inside the input: rows [h0, h1), columns [w0, w1).
struct Window {
    int h0, h1, w0, w1;
};

Window window(const Job& job, int p, int q) {
    const Pooling& o = job.pooling;
    int h = p * o.strides[0] - o.pads[0];
    int w = q * o.strides[1] - o.pads[1];
    return {std::max(0, h), std::min(h + o.windows[0], job.x.dims[2]), std::max(0, w), std::min(w + o.windows[1], job.x.dims[3])};
}

bool is_max(const Job& job) {
    return job.pooling.mode == pooling_max || job.pooling.mode == pooling_max_deterministic;
}

double divisor(const Job& job, const Window& v) {
    bool all = job.pooling.mode == pooling_average_include_padding;
    return all ? job.pooling.windows[0] * job.pooling.windows[1] : (v.h1 - v.h0) * (v.w1 - v.w0);
}

/// Offset of the plane of image n and channel c.
long long plane(const Tensor& t, int n, int c) {
    return static_cast<long long>(n) * t.strides[0] + static_cast<long long>(c) * t.strides[1];
}

long long cell(const Tensor& t, int h, int w) {
    return static_cast<long long>(h) * t.strides[2] + static_cast<long long>(w) * t.strides[3];
}

double largest(const Job& job, const Window& v, const void* x, long long base) {
    double best = -std::numeric_limits<double>::infinity();
    for (int h = v.h0; h < v.h1; h++)
        for (int w = v.w0; w < v.w1; w++) {
            double value = math::load(job.type, x, base + cell(job.x, h, w));
            if (value != value) {
                if (job.pooling.nan_option == 1) return value;
            } else if (value > best) {
                best = value;
            }
        }
    return best;
}

double average(const Job& job, const Window& v, const void* x, long long base) {
    double sum = 0;
    for (int h = v.h0; h < v.h1; h++)
        for (int w = v.w0; w < v.w1; w++) sum += math::load(job.type, x, base + cell(job.x, h, w));
    return sum / divisor(job, v);
}

/// Calls body(n, c) for all planes, on two threads if there is much to do.
template <class Body>
void for_planes(const Job& job, const Body& body) {
    double work = 4.0 * count(job.y) * job.pooling.windows[0] * job.pooling.windows[1];
    math::in_halves(static_cast<long long>(job.x.dims[0]) * job.x.dims[1], work, [&](int, long long from, long long to) {
        for (long long i = from; i < to; i++) body(static_cast<int>(i / job.x.dims[1]), static_cast<int>(i % job.x.dims[1]));
    });
}

void pool(const Job& job, const void* x, void* y) {
    for_planes(job, [&](int n, int c) {
        for (int p = 0; p < job.y.dims[2]; p++)
            for (int q = 0; q < job.y.dims[3]; q++) {
                Window v = window(job, p, q);
                long long base = plane(job.x, n, c);
                double value = is_max(job) ? largest(job, v, x, base) : average(job, v, x, base);
                math::blend(job.type, y, plane(job.y, n, c) + cell(job.y, p, q), job.alpha, value, job.beta);
            }
    });
}

/// Gives `gradient` to the element of the window that has the window's value.
void route(const Job& job, const Window& v, const void* x, long long base, double value, double gradient, double* sums) {
    double* winner = nullptr;
    for (int h = v.h0; h < v.h1; h++)
        for (int w = v.w0; w < v.w1; w++) {
            double candidate = math::load(job.type, x, base + cell(job.x, h, w));
            bool wins = candidate == value || (candidate != candidate && value != value);
            if (wins && (winner == nullptr || job.pooling.mode == pooling_max)) winner = &sums[h * job.x.dims[3] + w];
        }
    if (winner != nullptr) *winner += gradient;
}

void unpool(const Job& job, const Tensor& tdy, const Tensor& tdx, const void* x, const void* y, const void* dy, void* dx) {
    for_planes(job, [&](int n, int c) {
        std::vector<double> sums(static_cast<std::size_t>(job.x.dims[2]) * job.x.dims[3]);
        for (int p = 0; p < job.y.dims[2]; p++)
            for (int q = 0; q < job.y.dims[3]; q++) {
                Window v = window(job, p, q);
                double gradient = math::load(job.type, dy, plane(tdy, n, c) + cell(tdy, p, q));
                if (is_max(job)) {
                    double value = math::load(job.type, y, plane(job.y, n, c) + cell(job.y, p, q));
                    route(job, v, x, plane(job.x, n, c), value, gradient, sums.data());
                    continue;
                }
                for (int h = v.h0; h < v.h1; h++)
                    for (int w = v.w0; w < v.w1; w++) sums[h * job.x.dims[3] + w] += gradient / divisor(job, v);
            }
        for (int h = 0; h < job.x.dims[2]; h++)
            for (int w = 0; w < job.x.dims[3]; w++)
                math::blend(job.type, dx, plane(tdx, n, c) + cell(tdx, h, w), job.alpha, sums[h * job.x.dims[3] + w], job.beta);
    });
}

Job prepare(const Pooling* descriptor, const Tensor* x, const Tensor* y, const void* alpha, const void* beta) {
    Job job;
    job.pooling = checked(descriptor);
    job.x = checked(x, "xDesc");
    job.y = checked(y, "yDesc");
    job.type = type_of(job.x, "xDesc");
    job.alpha = scalar(job.x, alpha, "alpha");
    job.beta = scalar(job.x, beta, "beta");
    require(job.x.data_type == job.y.data_type, not_supported_data_type, "xDesc and yDesc have different data types");
    int dims[most_dimensions];
    output_dims(job.pooling, job.x, dims);
    require(std::equal(dims, dims + job.x.rank, job.y.dims) && job.y.rank == job.x.rank, shape_mismatch, "yDesc is " + describe(job.y)
            + ", but this pooling of " + describe(job.x) + " gives planes of " + text(dims[2]) + "x" + text(dims[3]));
    require(job.pooling.rank == 2, not_supported_shape, "the emulator pools over 2 spatial dimensions only");
    for (int d = 0; d < 2; d++) {
        bool touches = job.pooling.pads[d] < job.pooling.windows[d];
        require(touches, not_supported_padding, "padding " + text(job.pooling.pads[d]) + " is not smaller than the window");
    }
    return job;
}

}

LAMINA_EXPORT int cudnnPoolingForward(Handle* handle, const Pooling* descriptor, const void* alpha, const Tensor* x_desc, const void* x,
        const void* beta, const Tensor* y_desc, void* y) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Job job = prepare(descriptor, x_desc, y_desc, alpha, beta);
        queue(live, "cudnnPoolingForward", {range(job.x, x, false, "x"), range(job.y, y, true, "y")}, [=] { pool(job, x, y); });
    });
}

LAMINA_EXPORT int cudnnPoolingBackward(Handle* handle, const Pooling* descriptor, const void* alpha, const Tensor* y_desc, const void* y,
        const Tensor* dy_desc, const void* dy, const Tensor* x_desc, const void* x, const void* beta, const Tensor* dx_desc, void* dx) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Job job = prepare(descriptor, x_desc, y_desc, alpha, beta);
        Tensor tdy = checked(dy_desc, "dyDesc");
        Tensor tdx = checked(dx_desc, "dxDesc");
        require(same_strides(job.y, tdy) && same_strides(job.x, tdx), bad_param,
                "dyDesc must equal yDesc and dxDesc xDesc in size and strides");
        require(tdy.data_type == job.x.data_type && tdx.data_type == job.x.data_type, not_supported_data_type, "the data types differ");
        std::vector<Range> ranges{range(job.x, x, false, "x"), range(job.y, y, false, "y"), range(tdy, dy, false, "dy"),
                range(tdx, dx, true, "dx")};
        queue(live, "cudnnPoolingBackward", ranges, [=] { unpool(job, tdy, tdx, x, y, dy, dx); });
    });
}
