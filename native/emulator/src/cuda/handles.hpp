// Handles: which are alive. A destroyed object's address is never used again, so that a stale handle is recognised as such.
#pragma once

#include "call.hpp"
#include "tally.hpp"

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lamina::emulator {

/// Objects need: serial; holder(), the context they belong to or null; end(), which gives up all they own.
template <class Object>
class Handles {
public:
    /// kind: their name in messages and counts; objects that others own are not counted.
    explicit Handles(const char* kind, bool counted = true) : kind_(kind), counted_(counted) {}

    /// Makes an object; its serial number, from 1, is its name in messages.
    template <class... Arguments>
    Object& create(Arguments&&... arguments) {
        auto object = std::make_unique<Object>(std::forward<Arguments>(arguments)...);
        Object& made = *object;
        made.serial = ++count_;
        entries_.emplace(&made, Entry{std::move(object), true});
        if (counted_) {
            hold(made.holder(), kind_);
        }
        return made;
    }

    /// The live object behind a handle; refuses null, unknown and destroyed handles.
    Object& get(Object* handle, const char* argument) const {
        if (!handle) {
            refuse(invalid_handle, argument, " is null");
        }
        auto found = entries_.find(handle);
        if (found == entries_.end()) {
            refuse(invalid_handle, argument, " is no ", kind_, ": ", static_cast<const void*>(handle));
        }
        if (!found->second.live) {
            refuse(invalid_handle, argument, " is ", kind_, " #", handle->serial, ", which was destroyed");
        }
        return *handle;
    }

    bool is_live(Object* handle) const {
        auto found = entries_.find(handle);
        return found != entries_.end() && found->second.live;
    }

    void destroy(Object& object) {
        entries_.at(&object).live = false;
        object.end();
        if (counted_) {
            let_go(object.holder(), kind_);
        }
    }

    /// Live objects, of one context if given.
    std::vector<Object*> live(const Context* holder = nullptr) const {
        std::vector<Object*> all;
        for (const auto& [handle, entry] : entries_) {
            if (entry.live && (!holder || handle->holder() == holder)) {
                all.push_back(handle);
            }
        }
        return all;
    }

private:
    struct Entry {
        std::unique_ptr<Object> object;
        bool live;
    };

    const char* kind_;
    bool counted_;
    std::size_t count_ = 0;
    std::unordered_map<Object*, Entry> entries_;
};

}
