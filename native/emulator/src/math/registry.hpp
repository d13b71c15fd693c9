// Handles and descriptors: which are alive, so that a call with a stale or foreign pointer is an error and not a crash.
#pragma once

#include "../emulator.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>

namespace lamina::emulator::math {

template <class Object>
class Registry {
public:
    explicit Registry(const char* kind) : kind_(kind) {}

    Object* create() {
        auto object = std::make_unique<Object>();
        Object* address = object.get();
        std::lock_guard lock(mutex_);
        live_.emplace(address, std::move(object));
        created(kind_);
        return address;
    }

    bool destroy(const Object* object) {
        std::lock_guard lock(mutex_);
        if (live_.erase(object) == 0) {
            return false;
        }
        destroyed(kind_);
        return true;
    }

    bool is_live(const Object* object) const {
        std::lock_guard lock(mutex_);
        return live_.count(object) > 0;
    }

    const char* kind() const { return kind_; }

private:
    const char* kind_;
    mutable std::mutex mutex_;
    std::unordered_map<const Object*, std::unique_ptr<Object>> live_;
};

/// One thread at a time may use a handle; says whether this one has it alone.
class Turn {
public:
    explicit Turn(std::mutex& mutex) : lock_(mutex, std::try_to_lock) {}
    bool alone() const { return lock_.owns_lock(); }

private:
    std::unique_lock<std::mutex> lock_;
};

}
