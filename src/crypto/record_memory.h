#pragma once

namespace pforte::crypto {

// Lets each thread keep a few of the blocks of memory that OpenSSL takes for every TLS record and gives back behind it:
// those for the record (with SSL_MODE_RELEASE_BUFFERS) are larger than what the C library keeps at hand. To be called
// before OpenSSL is used for anything else (CRYPTO_set_mem_functions(3)); false if that is too late, and all goes on
// as without it.
bool keep_record_memory();

}  // namespace pforte::crypto
