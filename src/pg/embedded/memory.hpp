// How much memory there is, and how much of it the embedded cluster takes for its own cache.
#pragma once

#include <cstdint>

namespace pim::pg::embedded {

// In bytes: of the machine, or what it is limited to by its control group (a container, a unit's MemoryMax) where that
// is less.
std::uint64_t memory();

// shared_buffers in mebibytes for so many bytes of memory: an eighth, 128 at least, 2048 at most.
std::uint64_t shared_buffers(std::uint64_t memory);

}  // namespace pim::pg::embedded
