// The convolutions themselves: each image is unfolded into columns, block by block of output rows, and multiplied in double.
#include "convolution.hpp"

#include "../math/parallel.hpp"
#include "../math/product.hpp"

#include <algorithm>

namespace lamina::emulator::dnn {

namespace {

/// Doubles in one block of unfolded columns.
constexpr long long block_size = 1 << 18;

/// Shorthands for one group of a geometry.
struct Sizes {
    explicit Sizes(const Geometry& g)
        : channels(g.channels()), features(g.features()), height(g.x.dims[2]), width(g.x.dims[3]), r(g.w.dims[2]), s(g.w.dims[3]),
          p(g.y.dims[2]), q(g.y.dims[3]), depth(static_cast<long long>(channels) * r * s),
          rows(static_cast<int>(std::clamp<long long>(block_size / (depth * q), 1, p))) {}

    int channels, features, height, width, r, s, p, q;
    /// Rows of the unfolded matrix, and output rows in one block of it.
    long long depth;
    int rows;
};

/// Planes [first, first + planes) of one image, packed.
std::vector<double> read_planes(const Tensor& t, math::Rounding rounding, const void* data, int image, int first, int planes) {
    math::Type type = type_of(t, "tensor");
    std::vector<double> values(static_cast<long long>(planes) * t.dims[2] * t.dims[3]);
    double* target = values.data();
    for (int c = first; c < first + planes; c++) {
        for (int h = 0; h < t.dims[2]; h++) {
            long long start = static_cast<long long>(image) * t.strides[0] + static_cast<long long>(c) * t.strides[1]
                    + static_cast<long long>(h) * t.strides[2];
            math::gather(type, rounding, data, start, t.strides[3], t.dims[3], target);
            target += t.dims[3];
        }
    }
    return values;
}

/// Tap r (or s) of the filter in memory that belongs to tap `i` of the window: CUDNN_CONVOLUTION turns the filter round.
int turned(const Geometry& g, int i, int size) {
    return g.convolution.mode == mode_convolution ? size - 1 - i : i;
}

/// Calls body(offset in the filter tensor, index k, c, r, s in window order) for all weights of a group.
template <class Body>
void for_weights(const Geometry& g, int group, const Body& body) {
    Sizes z(g);
    long long index = 0;
    for (int k = group * z.features; k < (group + 1) * z.features; k++)
        for (int c = 0; c < z.channels; c++)
            for (int r = 0; r < z.r; r++)
                for (int s = 0; s < z.s; s++) {
                    const int at[] = {k, c, turned(g, r, z.r), turned(g, s, z.s)};
                    body(offset(g.w, at), index++);
                }
}

/// All weights as [group][k][c][r][s].
std::vector<double> read_weights(const Geometry& g, math::Rounding rounding, const void* w) {
    std::vector<double> weights(count(g.w));
    long long share = static_cast<long long>(weights.size()) / g.convolution.groups;
    for (int group = 0; group < g.convolution.groups; group++) {
        double* target = weights.data() + group * share;
        for_weights(g, group, [&](long long offset, long long i) { math::gather(g.type, rounding, w, offset, 1, 1, target + i); });
    }
    return weights;
}

/// Range of output columns whose tap at `shift` lies inside the input: q * step + shift in [0, width).
std::pair<int, int> inside(int shift, int step, int width, int q) {
    int from = shift >= 0 ? 0 : (-shift + step - 1) / step;
    int to = width - shift <= 0 ? 0 : (width - shift - 1) / step + 1;
    from = std::min(from, q);
    return {from, std::clamp(to, from, q)};
}

/// Visits the runs of unfolded columns that come from inside the image: body(column start, input start, count).
template <class Body>
void for_runs(const Geometry& g, const Sizes& z, int first_row, int rows, const Body& body) {
    const Convolution& v = g.convolution;
    long long wide = static_cast<long long>(rows) * z.q;
    for (int c = 0; c < z.channels; c++)
        for (int r = 0; r < z.r; r++)
            for (int s = 0; s < z.s; s++) {
                long long line = (static_cast<long long>(c) * z.r + r) * z.s + s;
                int shift = s * v.dilations[1] - v.pads[1];
                auto [from, to] = inside(shift, v.strides[1], z.width, z.q);
                for (int p = 0; p < rows && from < to; p++) {
                    int h = (first_row + p) * v.strides[0] + r * v.dilations[0] - v.pads[0];
                    if (h < 0 || h >= z.height) continue;
                    long long source = (static_cast<long long>(c) * z.height + h) * z.width + from * v.strides[1] + shift;
                    body(line * wide + static_cast<long long>(p) * z.q + from, source, to - from);
                }
            }
}

void unfold(const Geometry& g, const Sizes& z, const double* image, int first_row, int rows, std::vector<double>& columns) {
    columns.assign(z.depth * rows * z.q, 0);
    int step = g.convolution.strides[1];
    for_runs(g, z, first_row, rows, [&](long long column, long long source, int count) {
        for (int i = 0; i < count; i++) columns[column + i] = image[source + i * step];
    });
}

void fold(const Geometry& g, const Sizes& z, const std::vector<double>& columns, int first_row, int rows, double* image) {
    int step = g.convolution.strides[1];
    for_runs(g, z, first_row, rows, [&](long long column, long long target, int count) {
        for (int i = 0; i < count; i++) image[target + i * step] += columns[column + i];
    });
}

/// Calls body(first row, rows) for the blocks of output rows.
template <class Body>
void for_blocks(const Sizes& z, const Body& body) {
    for (int first = 0; first < z.p; first += z.rows) body(first, std::min(z.rows, z.p - first));
}

}

void forward_sums(const Geometry& g, math::Rounding rounding, const void* x, const void* w,
        const std::function<void(int, int, int, const double*, int)>& put) {
    Sizes z(g);
    std::vector<double> weights = read_weights(g, rounding, w);
    math::in_halves(g.batch(), g.work(), [&](int, int from, int to) {
        std::vector<double> columns;
        std::vector<double> sums;
        for (int image = from; image < to; image++)
            for (int group = 0; group < g.convolution.groups; group++) {
                std::vector<double> planes = read_planes(g.x, rounding, x, image, group * z.channels, z.channels);
                for_blocks(z, [&](int first, int rows) {
                    int wide = rows * z.q;
                    unfold(g, z, planes.data(), first, rows, columns);
                    sums.assign(static_cast<long long>(z.features) * wide, 0);
                    math::add_product(z.features, wide, z.depth, {weights.data() + group * z.features * z.depth, z.depth, 1},
                            {columns.data(), wide, 1}, sums.data(), wide);
                    for (int k = 0; k < z.features; k++) {
                        put(image, group * z.features + k, first * z.q, sums.data() + static_cast<long long>(k) * wide, wide);
                    }
                });
            }
    });
}

void forward(const Geometry& g, math::Rounding rounding, Scaling scaling, const void* x, const void* w, void* y) {
    int wide = g.y.dims[3];
    forward_sums(g, rounding, x, w, [&](int image, int k, int first, const double* sums, int count) {
        for (int done = 0; done < count; done += wide) {
            const int index[] = {image, k, (first + done) / wide, 0};
            math::blend_run(g.type, y, offset(g.y, index), g.y.strides[3], wide, scaling.alpha, sums + done, scaling.beta);
        }
    });
}

void backward_data(const Geometry& g, math::Rounding rounding, Scaling scaling, const void* w, const void* dy, void* dx) {
    Sizes z(g);
    std::vector<double> weights = read_weights(g, rounding, w);
    math::in_halves(g.batch(), g.work(), [&](int, int from, int to) {
        std::vector<double> columns;
        std::vector<double> sums(static_cast<long long>(z.channels) * z.height * z.width);
        for (int image = from; image < to; image++)
            for (int group = 0; group < g.convolution.groups; group++) {
                std::vector<double> planes = read_planes(g.y, rounding, dy, image, group * z.features, z.features);
                std::fill(sums.begin(), sums.end(), 0);
                for_blocks(z, [&](int first, int rows) {
                    int wide = rows * z.q;
                    columns.assign(z.depth * wide, 0);
                    math::add_product(z.depth, wide, z.features, {weights.data() + group * z.features * z.depth, 1, z.depth},
                            {planes.data() + first * z.q, static_cast<long long>(z.p) * z.q, 1}, columns.data(), wide);
                    fold(g, z, columns, first, rows, sums.data());
                });
                const double* sum = sums.data();
                for (int c = group * z.channels; c < (group + 1) * z.channels; c++)
                    for (int h = 0; h < z.height; h++, sum += z.width) {
                        const int index[] = {image, c, h, 0};
                        math::blend_run(g.type, dx, offset(g.x, index), g.x.strides[3], z.width, scaling.alpha, sum, scaling.beta);
                    }
            }
    });
}

void backward_filter(const Geometry& g, math::Rounding rounding, Scaling scaling, const void* x, const void* dy, void* dw) {
    Sizes z(g);
    long long share = z.features * z.depth;
    std::vector<double> totals[2];
    math::in_halves(g.batch(), g.work(), [&](int half, int from, int to) {
        std::vector<double> columns;
        totals[half].assign(share * g.convolution.groups, 0);
        for (int image = from; image < to; image++)
            for (int group = 0; group < g.convolution.groups; group++) {
                std::vector<double> planes = read_planes(g.x, rounding, x, image, group * z.channels, z.channels);
                std::vector<double> gradients = read_planes(g.y, rounding, dy, image, group * z.features, z.features);
                for_blocks(z, [&](int first, int rows) {
                    int wide = rows * z.q;
                    unfold(g, z, planes.data(), first, rows, columns);
                    math::add_product(z.features, z.depth, wide, {gradients.data() + first * z.q, static_cast<long long>(z.p) * z.q, 1},
                            {columns.data(), 1, wide}, totals[half].data() + group * share, z.depth);
                });
            }
    });
    totals[0].resize(totals[1].size());
    for (int group = 0; group < g.convolution.groups; group++) {
        for_weights(g, group, [&](long long offset, long long i) {
            double sum = totals[0][group * share + i] + totals[1][group * share + i];
            math::blend(g.type, dw, offset, scaling.alpha, sum, scaling.beta);
        });
    }
}

}
