// Reductions over the dimensions in which the result has size 1.
#include "tensor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lamina::emulator::dnn {

namespace {

/// Numbers of cudnnReduceTensorOp_t.
enum { sum = 0, product = 1, minimum = 2, maximum = 3, largest_magnitude = 4, mean = 5, norm1 = 6, norm2 = 7, product_no_zeros = 8 };

/// What a reduction descriptor holds; `op` -1: never set.
struct Reduction {
    int op = -1;
    int compute_type = data_float;
    int nan_option = 0;
    int indices = 0;
    int indices_type = 0;
};

math::Registry<Reduction>& reductions() {
    static auto* registry = new math::Registry<Reduction>("cudnnReduceTensorDescriptor");
    return *registry;
}

Reduction& live(Reduction* descriptor) {
    require(descriptor != nullptr, null_pointer, "reduceTensorDesc is null");
    require(reductions().is_live(descriptor), bad_param, "reduceTensorDesc is destroyed or not a reduction descriptor");
    return *descriptor;
}

bool selects(const Reduction& r) {
    return r.op == minimum || r.op == maximum || r.op == largest_magnitude;
}

bool wants_indices(const Reduction& r) {
    return r.indices == 1 && selects(r);
}

/// A checked pair of tensors.
struct Job {
    Reduction reduction;
    Tensor a;
    Tensor c;
    math::Type type;
    long long members() const { return count(a) / count(c); }
};

Job prepare(Reduction* descriptor, const Tensor* a_desc, const Tensor* c_desc) {
    Job job{live(descriptor), checked(a_desc, "aDesc"), checked(c_desc, "cDesc"), math::Type::float32};
    require(job.reduction.op >= 0, bad_param, "reduceTensorDesc was created but never set");
    job.type = type_of(job.a, "aDesc");
    bool fits = job.a.rank == job.c.rank;
    for (int d = 0; fits && d < job.a.rank; d++) fits = job.c.dims[d] == job.a.dims[d] || job.c.dims[d] == 1;
    require(fits, bad_param, "cDesc is " + describe(job.c) + "; each dimension must be 1 or that of " + describe(job.a));
    require(job.a.data_type == job.c.data_type, not_supported_data_type, "aDesc and cDesc have different data types");
    bool computes = job.reduction.compute_type == (job.type == math::Type::float64 ? data_double : data_float);
    require(computes, not_supported_data_type, "reduceTensorCompType does not fit the tensors");
    return job;
}

std::size_t indices_bytes(const Job& job) {
    return wants_indices(job.reduction) ? 4 * static_cast<std::size_t>(count(job.c)) : 0;
}

std::size_t workspace_bytes(const Job& job) {
    return (static_cast<std::size_t>(count(job.c)) * 8 + 255) / 256 * 256;
}

/// What the members of one result have come to so far.
struct Total {
    double value;
    std::uint32_t index = 0;
};

double start(int op) {
    switch (op) {
    case product:
    case product_no_zeros: return 1;
    case minimum: return std::numeric_limits<double>::infinity();
    case maximum: return -std::numeric_limits<double>::infinity();
    case largest_magnitude: return -1;
    default: return 0;
    }
}

void select(const Reduction& r, Total& total, double x, std::uint32_t index) {
    double candidate = r.op == largest_magnitude ? std::abs(x) : x;
    bool better = r.op == minimum ? candidate < total.value : candidate > total.value;
    bool spreads = candidate != candidate && r.nan_option == 1 && total.value == total.value;
    if ((better && total.value == total.value) || spreads) total = {candidate, index};
}

void add(const Reduction& r, Total& total, double x, std::uint32_t index) {
    switch (r.op) {
    case sum:
    case mean: total.value += x; return;
    case product: total.value *= x; return;
    case product_no_zeros: total.value *= x == 0 ? 1 : x; return;
    case norm1: total.value += std::abs(x); return;
    case norm2: total.value += x * x; return;
    default: select(r, total, x, index); return;
    }
}

double finish(const Job& job, const Total& total) {
    switch (job.reduction.op) {
    case mean: return total.value / static_cast<double>(job.members());
    case norm2: return std::sqrt(total.value);
    default: return total.value;
    }
}

void reduce(const Job& job, double alpha, double beta, const void* a, void* c, std::uint32_t* indices) {
    Tensor packed = job.c;
    for (int d = packed.rank - 1, step = 1; d >= 0; step *= packed.dims[d--]) packed.strides[d] = step;
    std::vector<Total> totals(count(job.c), {start(job.reduction.op)});
    for_each(job.a, [&](const int* i) {
        // Flattened index within the reduced dimensions.
        std::uint32_t flat = 0;
        for (int d = 0; d < job.a.rank; d++) {
            if (job.c.dims[d] == 1 && job.a.dims[d] > 1) flat = flat * job.a.dims[d] + i[d];
        }
        add(job.reduction, totals[offset(packed, i)], math::load(job.type, a, offset(job.a, i)), flat);
    });
    for_each(job.c, [&](const int* i) {
        const Total& total = totals[offset(packed, i)];
        math::blend(job.type, c, offset(job.c, i), alpha, finish(job, total), beta);
        if (indices != nullptr) indices[offset(packed, i)] = total.index;
    });
}

}

}

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

LAMINA_EXPORT int cudnnCreateReduceTensorDescriptor(Reduction** descriptor) {
    return entry(__func__, [&] {
        require(descriptor != nullptr, null_pointer, "reduceTensorDesc is null");
        need(Part::ops);
        *descriptor = reductions().create();
    });
}

LAMINA_EXPORT int cudnnDestroyReduceTensorDescriptor(Reduction* descriptor) {
    return entry(__func__, [&] {
        if (descriptor == nullptr) return;
        require(reductions().destroy(descriptor), bad_param, "reduceTensorDesc is destroyed already or not a reduction descriptor");
    });
}

LAMINA_EXPORT int cudnnSetReduceTensorDescriptor(Reduction* descriptor, int op, int compute_type, int nan_option, int indices,
        int indices_type) {
    return entry(__func__, [&] {
        require_enum(op, product_no_zeros, "reduceTensorOp");
        require_enum(nan_option, 1, "reduceTensorNanOpt");
        require_enum(indices, 1, "reduceTensorIndices");
        require(compute_type == data_float || compute_type == data_double, bad_param, "reduceTensorCompType is " + text(compute_type));
        require(indices_type == 0, not_supported, "only 32-bit indices are supported");
        live(descriptor) = {op, compute_type, nan_option, indices, indices_type};
    });
}

LAMINA_EXPORT int cudnnGetReduceTensorDescriptor(Reduction* descriptor, int* op, int* compute_type, int* nan_option, int* indices,
        int* indices_type) {
    return entry(__func__, [&] {
        Reduction r = live(descriptor);
        int* const targets[] = {op, compute_type, nan_option, indices, indices_type};
        const int values[] = {r.op, r.compute_type, r.nan_option, r.indices, r.indices_type};
        for (int i = 0; i < 5; i++) {
            if (targets[i] != nullptr) *targets[i] = values[i];
        }
    });
}

LAMINA_EXPORT int cudnnGetReductionIndicesSize(Handle* handle, Reduction* descriptor, const Tensor* a, const Tensor* c,
        std::size_t* bytes) {
    return entry(__func__, [&] {
        checked(handle);
        require(bytes != nullptr, null_pointer, "sizeInBytes is null");
        *bytes = indices_bytes(prepare(descriptor, a, c));
    });
}

LAMINA_EXPORT int cudnnGetReductionWorkspaceSize(Handle* handle, Reduction* descriptor, const Tensor* a, const Tensor* c,
        std::size_t* bytes) {
    return entry(__func__, [&] {
        checked(handle);
        require(bytes != nullptr, null_pointer, "sizeInBytes is null");
        *bytes = workspace_bytes(prepare(descriptor, a, c));
    });
}

LAMINA_EXPORT int cudnnReduceTensor(Handle* handle, Reduction* descriptor, void* indices, std::size_t indices_size, void* space,
        std::size_t space_bytes, const void* alpha, const Tensor* a_desc, const void* a, const void* beta, const Tensor* c_desc, void* c) {
    return entry(__func__, [&] {
        Handle& owner = checked(handle);
        need(Part::ops);
        Job job = prepare(descriptor, a_desc, c_desc);
        double scale = scalar(job.a, alpha, "alpha");
        double keep = scalar(job.c, beta, "beta");
        std::vector<Range> ranges{range(job.a, a, false, "A"), range(job.c, c, true, "C"),
                workspace(space, space_bytes, workspace_bytes(job))};
        bool wanted = wants_indices(job.reduction);
        if (wanted) {
            require(indices != nullptr, null_pointer, "indices is null");
            require(indices_size >= indices_bytes(job), size_insufficient, "indices has " + text(indices_size) + " bytes, needed are "
                    + text(indices_bytes(job)));
            require(math::is_aligned(indices, 4), misaligned_pointer, "indices is not aligned to 4 bytes");
            ranges.push_back({indices, indices_bytes(job), true, "indices"});
        }
        queue(owner, "cudnnReduceTensor", ranges, [=] {
            scribble(space, space_bytes);
            reduce(job, scale, keep, a, c, wanted ? static_cast<std::uint32_t*>(indices) : nullptr);
        });
    });
}
