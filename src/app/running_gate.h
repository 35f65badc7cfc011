#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "acme/server_tally.h"
#include "admin/control_socket.h"
#include "admin/service.h"
#include "app/capturing.h"
#include "app/certificate_alarms.h"
#include "app/certificate_renewal.h"
#include "app/certificate_watch.h"
#include "app/contact_writing.h"
#include "app/drain_watch.h"
#include "app/session_watch.h"
#include "conf/problem.h"
#include "contact/recorder.h"
#include "gate/access_log.h"
#include "gate/accounts.h"
#include "gate/health.h"
#include "gate/sign_in.h"
#include "gate/worker.h"
#include "net/listener.h"
#include "net/pool.h"
#include "net/signals.h"

namespace pforte::app {

// The program while it serves: workers on threads of their own, and on the main thread what is not a request: signals,
// reloads, health checks, the operator's listeners. Members stand in the order of their dependence.
class RunningGate {
 public:
  // Where a configuration comes from: read anew at each reload. On success with every file it names.
  using ReadConfig = std::function<std::optional<gate::Config>(conf::Problems&)>;

  explicit RunningGate(ReadConfig read_config);
  RunningGate(const RunningGate&) = delete;
  RunningGate& operator=(const RunningGate&) = delete;
  ~RunningGate();

  // Opens everything. What is wrong goes to `problems`, each at its line of the configuration; fails with Kind::Invalid
  // when that itself is wrong, and otherwise when the system refuses: a port in use, a folder that cannot be written.
  Result<> start(conf::Problems& problems);

  // Serves until SIGTERM or SIGINT has been followed by the end of what was under way, or by a second one.
  void run();

  const gate::Plan& plan() const { return *plan_; }

 private:
  // Most of them wait for a directory; few can hash at once.
  static constexpr unsigned kPasswordThreads = 16;

  struct Crew {
    gate::Worker worker;
    std::thread thread;
    Crew(gate::AccessLog& log, contact::Recorder& contacts, std::size_t most_clients)
        : worker(log, contacts, most_clients) {}
  };

  // A plan, and the accounts and certificates it needs where there were none before: to be taken over with it.
  struct Reading {
    conf::Problems problems;
    std::unique_ptr<gate::Accounts> accounts;
    std::unique_ptr<CertificateWatch> certificates;
    std::shared_ptr<const gate::Plan> plan;  // null: one of the problems is an error
    bool is_refused = false;                 // that one is the state_dir, or its store: the system refuses it
  };
  Reading read_plan();
  // What has to be opened for a plan, per worker. Nothing stays open when it fails.
  Result<std::vector<std::vector<gate::Door>>> open_doors(const gate::Plan& plan, conf::Problems& problems) const;
  Result<> open_operator_doors(const gate::AdminConfig& config, conf::Problems& problems);
  void hire(unsigned workers, std::size_t most_clients);
  void follow(std::shared_ptr<const gate::Plan> plan, std::vector<std::vector<gate::Door>> doors);
  net::Task<admin::ReloadOutcome> reload();
  net::Task<admin::RenewalOutcome> renew(std::string name, bool force);
  void follow_renewals();
  net::Task<admin::SignInDocument> find_sign_in(std::string reference);
  net::Task<> follow_store(bool unasked);
  // Does it on each worker's thread, and ends when all have.
  net::Task<> on_workers(std::function<void(gate::Worker&)> work);
  net::Task<> follow_certificates();
  net::Task<> follow_all();
  admin::CacheFacts cache_facts() const;
  std::optional<std::size_t> purge_cache(std::string_view host, std::string_view path);
  net::Task<> watch_alarms();
  net::Task<> deliver();
  net::Task<> watch_authority();
  net::Task<> watch_store();
  net::Task<> reload_and_tell();
  net::Task<> rotate_keys();
  net::Task<> watch_ocsp_files();
  void on_signal(int number);
  net::Task<> drain();
  std::int64_t clients() const;
  admin::Status status() const;
  std::string metrics() const;

  ReadConfig read_config_;
  gate::SiteNames site_names_;
  net::Loop loop_;
  net::Signals signals_;
  std::unique_ptr<gate::AccessLog> log_;
  contact::Recorder contacts_;  // written on the pool, by one at a time
  ContactWriting contact_writing_{loop_, contacts_};
  std::unique_ptr<gate::Accounts> accounts_;  // null until somebody can sign in
  // Used on the pool: its inventory by several at a time, all else by one. Null: the store is out of order.
  std::unique_ptr<CertificateWatch> certificates_;
  std::shared_ptr<const gate::Plan> plan_;
  std::shared_ptr<const gate::TlsNames> names_;  // what TLS clients are shown
  std::shared_ptr<const tls::TicketKeys> keys_;
  std::list<Crew> crew_;
  SessionWatch watch_;  // used on the pool, by one at a time
  DrainWatch drains_{loop_};
  net::Pool pool_{4};
  net::Pool acme_lookups_{8};
  acme::ServerTally acme_tally_;
  gate::SignInPools sign_in_pools_{.tickets = net::Pool(std::max(2U, std::thread::hardware_concurrency())),
                                   .passwords = net::Pool(kPasswordThreads)};
  std::unique_ptr<gate::Health> health_;
  std::unique_ptr<CertificateRenewal> renewal_;  // null until some site wants a certificate by ACME

  Capturing capturing_{
      loop_,
      {.on_workers = [this](auto work) { return on_workers(std::move(work)); },
       .knows = [this](std::string_view host) { return plan_->find_site(host) || plan_->is_passed_somewhere(host); }}};
  admin::Sources sources_;
  admin::AdminService network_service_{sources_, admin::Door::Network};
  admin::AdminService control_service_{sources_, admin::Door::Control};
  admin::Connections operators_{loop_, network_service_};
  std::unique_ptr<net::Listener> operator_door_;
  std::unique_ptr<admin::ControlSocket> control_;

  std::chrono::system_clock::time_point started_;
  std::chrono::system_clock::time_point loaded_;
  std::uint64_t reloads_ = 0;
  std::uint64_t reloads_refused_ = 0;
  std::shared_ptr<const SessionSight> sight_;
  CertificateSight certificate_sight_;
  bool delivers_ = true;  // the last time
  bool looking_ = false;
  bool looking_at_certificates_ = false;
  bool reloading_ = false;
  bool draining_ = false;
};

}  // namespace pforte::app
