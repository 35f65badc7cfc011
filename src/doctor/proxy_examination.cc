#include "doctor/proxy_examination.h"

#include <utility>
#include <vector>

#include "doctor/name_examination.h"
#include "doctor/proxy_verdict.h"
#include "doctor/tcp_examination.h"

namespace pforte::doctor {

net::Task<std::shared_ptr<const ProxyWay>> examine_proxy(const Setting& setting, const NameFacts& facts,
                                                         const ProxySubject& subject, Path& path) {
  const Proxy& proxy = *subject.destination.via;
  Station station{.host = proxy.host, .port = proxy.port, .at = proxy.at, .hop = subject.hop};
  std::vector<net::Address> addresses = co_await examine_name(setting, facts, station, path);
  std::vector<net::Address> open = co_await examine_tcp(setting, station, std::move(addresses), path);
  std::shared_ptr<const ProxyWay> none;
  if (open.empty()) co_return none;
  ProxyWay found{.proxy = proxy, .at = open.front(), .trust = subject.trust};
  auto way = std::make_shared<const ProxyWay>(std::move(found));
  const Destination& end = subject.destination;
  std::string target = end.scheme == Scheme::Http ? to_text(end) : host_port(end.host, end.port);
  ConnectAnswer answer = co_await ask_proxy(setting, way, std::move(target));
  judge_proxy_answer(answer, subject.destination, subject.hop, path);
  if (answer.state != ConnectState::Opened || !answer.stream) co_return none;
  co_return way;
}

}  // namespace pforte::doctor
