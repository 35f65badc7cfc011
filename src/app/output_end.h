#pragma once

#include "app/complaint.h"
#include "app/streams.h"

namespace pforte::app {

// Hands out what is still held back of standard output. It is not whole where a disk is full or a reader has gone:
// exit status 3, with `remedy`.
Answer<void> whole_output(const Streams& streams, const Message& remedy = {});

}  // namespace pforte::app
