#include "conf/path.h"

#include <utility>

#include "base/text.h"

namespace pforte::conf {

Text resolved(Text file) {
  std::size_t slash = file.place.file.rfind('/');
  bool stands_alone = file.value.empty() || file.value.starts_with('/');
  if (!stands_alone && slash != std::string::npos) file.value.insert(0, file.place.file, 0, slash + 1);
  return file;
}

}  // namespace pforte::conf
