#pragma once

#include <string>
#include <string_view>

#include "contact/contact.h"

namespace pforte::contact {

// A contact as bytes: fields of a tag, a length of one byte and a value; numbers begin with their lowest byte. What has
// its default is left out. Longer texts are cut, so that a record has less than 16 KiB.
std::string to_record(const Contact& contact);

// Reads it. Fields of a tag that is not known are left out: a later version has written them.
// Fails with Kind::Invalid for anything to_record() does not write.
Result<Contact> read_record(std::string_view bytes);

}  // namespace pforte::contact
