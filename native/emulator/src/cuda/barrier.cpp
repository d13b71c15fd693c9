// What threads of a block wait for: barriers of the block, operations of a warp.
#include "call.hpp"
#include "threads.hpp"

#include <map>

namespace lamina::emulator {
namespace {

constexpr unsigned long long nothing = ~0ull;

int joined_predicate(const std::vector<Fiber*>& all, int operation) {
    int count = 0;
    for (const Fiber* fiber : all) {
        count += fiber->predicate != 0;
    }
    switch (operation) {
        case block_count: return count;
        case block_and: return count == static_cast<int>(all.size());
        case block_or: return count > 0;
        default: return 0;
    }
}

constexpr unsigned lanes_below(unsigned count) {
    return count >= 32 ? ~0u : (1u << count) - 1;
}

/// Lanes of a warp that are in the block and have not returned; `self` has its bit even if it never waited.
unsigned present_lanes(unsigned warp, unsigned self) {
    BlockState& block = running_block;
    const Cursor& cursor = block.cursor();
    unsigned first = warp * 32;
    unsigned not_started = lanes_below(cursor.total - first) & ~lanes_below(cursor.number > first ? cursor.number - first : 0);
    return block.waited[warp] | self | not_started;
}

/// Gives each lane its result and makes those that wait ready.
void conclude(WarpGroup& group, Fiber* running) {
    unsigned ballot = 0;
    for (unsigned open = group.arrived; open; open &= open - 1) {
        unsigned lane = static_cast<unsigned>(__builtin_ctz(open));
        ballot |= group.value[lane] ? 1u << lane : 0;
    }
    for (unsigned open = group.arrived; open; open &= open - 1) {
        unsigned lane = static_cast<unsigned>(__builtin_ctz(open));
        unsigned source = group.source[lane];
        Fiber* fiber = group.fiber[lane];
        switch (group.operation) {
            case warp_shuffle: fiber->result = group.arrived >> source & 1 ? group.value[source] : nothing; break;
            case warp_ballot: fiber->result = ballot; break;
            case warp_all: fiber->result = ballot == group.arrived; break;
            default: fiber->result = 0; break;
        }
        if (fiber != running) {
            running_block.ready.push_back(fiber);
        }
    }
}

/// The group that lanes with this mask form; refuses masks that overlap without being equal, and differing operations.
WarpGroup& group_of(unsigned warp, unsigned mask, int operation, int line) {
    auto& groups = running_block.groups[warp];
    for (WarpGroup& group : groups) {
        if (group.mask == mask && group.operation == operation && group.line == line) {
            return group;
        }
        if (group.mask & mask) {
            fail_launch(text("lanes of warp ", warp, " meet in different warp operations: mask 0x", std::hex, group.mask, std::dec,
                             " at line ", group.line, " and mask 0x", std::hex, mask, std::dec, " at line ", line));
        }
    }
    groups.emplace_back(mask, operation, line);
    return groups.back();
}

void drop_group(unsigned warp, const WarpGroup& group) {
    auto& groups = running_block.groups[warp];
    if (&group != &groups.back()) {
        groups[static_cast<std::size_t>(&group - groups.data())] = groups.back();
    }
    groups.pop_back();
}

}

int barrier(int line, int operation, int predicate) {
    BlockState& block = running_block;
    Fiber& self = *block.current;
    self.line = line;
    self.predicate = predicate;
    if (!block.at_barrier.empty() && block.at_barrier.front()->line != line) {
        fail_launch(text("threads wait in different barriers: at line ", block.at_barrier.front()->line, " and at line ", line));
    }
    block.at_barrier.push_back(&self);
    if (block.at_barrier.size() < block.cursor().total) {
        wait_in_block();
        return static_cast<int>(self.result);
    }
    int joined = joined_predicate(block.at_barrier, operation);
    for (Fiber* fiber : block.at_barrier) {
        fiber->result = static_cast<unsigned>(joined);
        if (fiber != &self) {
            block.ready.push_back(fiber);
        }
    }
    block.at_barrier.clear();
    return joined;
}

unsigned long long exchange(unsigned mask, int operation, unsigned long long value, unsigned source, int line) {
    BlockState& block = running_block;
    Fiber& self = *block.current;
    unsigned thread = block.cursor().running;
    unsigned warp = thread / 32;
    unsigned lane = thread % 32;
    if (!(mask >> lane & 1)) {
        fail_launch(text("thread ", thread, " calls a warp operation at line ", line, " whose mask 0x", std::hex, mask,
                         " does not name its lane"));
    }
    WarpGroup& group = group_of(warp, mask, operation, line);
    group.arrived |= 1u << lane;
    group.value[lane] = value;
    group.source[lane] = source & 31;
    group.fiber[lane] = &self;
    if ((group.mask & present_lanes(warp, 1u << lane)) == group.arrived) {
        conclude(group, &self);
        drop_group(warp, group);
    } else {
        wait_in_block();
    }
    return self.result;
}

void thread_left() {
    BlockState& block = running_block;
    unsigned thread = block.cursor().running;
    unsigned warp = thread / 32;
    block.waited[warp] &= ~(1u << thread % 32);
    unsigned present = present_lanes(warp, 0);
    auto& groups = block.groups[warp];
    for (std::size_t i = groups.size(); i-- > 0;) {
        if ((groups[i].mask & present) == groups[i].arrived) {
            conclude(groups[i], nullptr);
            drop_group(warp, groups[i]);
        }
    }
}

std::string whereabouts() {
    BlockState& block = running_block;
    std::map<std::string, unsigned> places;
    unsigned waiting = static_cast<unsigned>(block.at_barrier.size());
    for (const Fiber* fiber : block.at_barrier) {
        places[text("in the block's barrier at line ", fiber->line)]++;
    }
    for (const auto& warp : block.groups) {
        for (const WarpGroup& group : warp) {
            unsigned lanes = static_cast<unsigned>(__builtin_popcount(group.arrived));
            places[text("in a warp operation at line ", group.line, " for mask 0x", std::hex, group.mask)] += lanes;
            waiting += lanes;
        }
    }
    std::string all = "threads wait in vain:";
    for (const auto& [place, count] : places) {
        all += text(" ", count, " ", place, ";");
    }
    return all + text(" ", block.cursor().total - waiting, " of ", block.cursor().total, " have returned");
}

const Services& services() {
    static const Services all{module_version, barrier, exchange, thread_left, [](const char* what, int line) {
        BlockState& block = running_block;
        const Triple& index = *block.execution->table->thread_index;
        fail_launch(text("thread (", index.x, ", ", index.y, ", ", index.z, "): ", what, " at line ", line));
    }};
    return all;
}

}
