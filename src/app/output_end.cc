#include "app/output_end.h"

#include <cerrno>
#include <string>
#include <system_error>

#include "base/german.h"
#include "base/text.h"

namespace pforte::app {

Answer<void> whole_output(const Streams& streams, const Message& remedy) {
  errno = 0;
  if (std::fflush(streams.out) == 0 && std::ferror(streams.out) == 0) return {};
  std::string why = std::generic_category().message(errno == 0 ? EIO : errno);
  return std::unexpected(Complaint(kSystemRefused,
                                   {cat("standard output cannot be written: ", why),
                                    cat("die Standardausgabe lässt sich nicht schreiben: ", german_or_same(why))},
                                   remedy));
}

}  // namespace pforte::app
