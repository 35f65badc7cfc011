#include "kerberos/kdc_client.h"

#include <krb5/krb5.h>
#include <profile.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/text.h"
#include "kerberos/gss_client.h"

namespace pforte::kerberos {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr int kMostTurns = 12;
constexpr unsigned kGoesOn = 1;  // KRB5_INIT_CREDS_STEP_FLAG_CONTINUE and KRB5_TKT_CREDS_STEP_FLAG_CONTINUE

// Something of the library that it takes back itself.
template <class T, auto kFree>
struct FreeWith {
  krb5_context library = nullptr;
  void operator()(T* object) const { kFree(library, object); }
};
using PrincipalHandle = std::unique_ptr<krb5_principal_data, FreeWith<krb5_principal_data, krb5_free_principal>>;
using InitHandle = std::unique_ptr<_krb5_init_creds_context, FreeWith<_krb5_init_creds_context, krb5_init_creds_free>>;
using TicketHandle = std::unique_ptr<_krb5_tkt_creds_context, FreeWith<_krb5_tkt_creds_context, krb5_tkt_creds_free>>;
using OptionsHandle =
    std::unique_ptr<krb5_get_init_creds_opt, FreeWith<krb5_get_init_creds_opt, krb5_get_init_creds_opt_free>>;

struct CloseFile {
  krb5_context library;
  void operator()(_krb5_kt* keytab) const { krb5_kt_close(library, keytab); }
};

// What the library put into a krb5_data.
class LibraryData {
 public:
  explicit LibraryData(krb5_context library) : library_(library) {}
  LibraryData(const LibraryData&) = delete;
  LibraryData& operator=(const LibraryData&) = delete;
  ~LibraryData() { krb5_free_data_contents(library_, &data_); }
  krb5_data* out() { return &data_; }
  std::string_view view() const { return {data_.data, data_.length}; }

 private:
  krb5_context library_;
  krb5_data data_{};
};

std::unexpected<KdcFailure> failure(Error why, std::optional<KdcMessage> said = std::nullopt) {
  return std::unexpected(KdcFailure{std::move(said), std::move(why)});
}

std::unexpected<KdcFailure> library_failure(krb5_context library, krb5_error_code code,
                                            std::optional<KdcMessage> said = std::nullopt) {
  return failure(Error(Kind::Denied, "kdc.error", library_text(library, code)), std::move(said));
}

PrincipalHandle handle_of(krb5_context library, const Principal& principal) {
  krb5_principal made = nullptr;
  krb5_parse_name(library, principal.to_text().c_str(), &made);
  return {made, {library}};
}

// One step of the library: takes an answer, gives the next request and its realm.
using KdcStep = std::function<krb5_error_code(krb5_data* in, krb5_data* out, krb5_data* realm, unsigned* flags)>;

// Carries requests and answers until the library has what it wants. The last message of the KDC.
KdcResult<KdcMessage> converse(krb5_context library, KdcRoute route, std::string_view realm, const KdcStep& step) {
  std::optional<KdcMessage> last;
  std::string answer;
  for (int turn = 0; turn < kMostTurns; ++turn) {
    krb5_data in = {.magic = KV5M_DATA, .length = unsigned(answer.size()), .data = answer.data()};
    LibraryData request(library), next_realm(library);
    unsigned flags = 0;
    krb5_error_code code = step(&in, request.out(), next_realm.out(), &flags);
    if (code == KRB5KRB_ERR_RESPONSE_TOO_BIG) {
      route.transport = KdcTransport::Tcp;
    } else if (code != 0) {
      bool denied = last && last->kind == KdcMessage::Kind::Error;
      return library_failure(library, code, denied ? std::move(last) : std::nullopt);
    }
    if ((flags & kGoesOn) == 0 && last) return *std::move(last);
    if (next_realm.view() != realm)
      return failure(Error(Kind::Denied, "kdc.error", cat("the KDC points to the realm ", next_realm.view())));
    Result<std::string> said = ask_kdc(route.address, route.transport, request.view(), route.limit);
    if (!said) return failure(std::move(said).error());
    answer = *std::move(said);
    last = read_kdc_message(answer);
    if (!last) return failure(Error(Kind::Invalid, "kdc.garbage", "its answer is no message of Kerberos"));
  }
  return failure(Error(Kind::Limit, "kdc.error", "the KDC asks for more and more"));
}

// Signs in and stores the ticket-granting ticket; `prepare` tells the library of password or keytab.
struct Initial {
  krb5_ccache tickets = nullptr;
  KdcMessage reply;
};
using Prepare = std::function<krb5_error_code(krb5_init_creds_context)>;

krb5_error_code store_credentials(krb5_context library, krb5_init_creds_context state, krb5_ccache* tickets) {
  krb5_creds credentials{};
  krb5_error_code code = krb5_init_creds_get_creds(library, state, &credentials);
  if (code == 0) code = krb5_cc_new_unique(library, "MEMORY", nullptr, tickets);
  if (code == 0) code = krb5_cc_initialize(library, *tickets, credentials.client);
  if (code == 0) code = krb5_cc_store_cred(library, *tickets, &credentials);
  krb5_free_cred_contents(library, &credentials);
  return code;
}

KdcResult<Initial> initial_ticket(krb5_context library, const KdcRoute& route, const Principal& client,
                                  const Prepare& prepare) {
  PrincipalHandle name = handle_of(library, client);
  krb5_init_creds_context made = nullptr;
  krb5_error_code code = krb5_init_creds_init(library, name.get(), nullptr, nullptr, 0, nullptr, &made);
  if (code != 0) return library_failure(library, code);
  InitHandle state(made, {library});
  code = prepare(made);
  if (code != 0) return library_failure(library, code);
  auto step = [&](krb5_data* in, krb5_data* out, krb5_data* realm, unsigned* flags) {
    return krb5_init_creds_step(library, made, in, out, realm, flags);
  };
  Initial initial{.tickets = nullptr, .reply = TRY(converse(library, route, client.realm, step))};
  code = store_credentials(library, made, &initial.tickets);
  if (code != 0) return library_failure(library, code);
  return initial;
}

// The library without a krb5.conf: nothing of it matters here, and a mistake in it would look as one of the KDC.
Library bare_library() {
  profile_t nothing = nullptr;
  krb5_context made = nullptr;
  if (profile_init(nullptr, &nothing) != 0) return nullptr;
  krb5_init_context_profile(nothing, 0, &made);
  profile_release(nothing);
  return Library(made);
}

constexpr std::string_view kNoLibrary = "the Kerberos library does not start";

}  // namespace

bool KdcFailure::is_silence() const {
  constexpr std::array<std::string_view, 4> kOnTheWay = {"kdc.name", "kdc.no-answer", "kdc.refused", "kdc.garbage"};
  return std::ranges::find(kOnTheWay, why.code()) != kOnTheWay.end();
}

Result<std::string> initial_request(const Principal& client, const std::vector<int>& encryptions) {
  std::vector<krb5_enctype> asked(encryptions.begin(), encryptions.end());
  if (asked.empty())
    asked = {ENCTYPE_AES256_CTS_HMAC_SHA1_96, ENCTYPE_AES128_CTS_HMAC_SHA1_96, ENCTYPE_AES256_CTS_HMAC_SHA384_192,
             ENCTYPE_AES128_CTS_HMAC_SHA256_128, ENCTYPE_ARCFOUR_HMAC};
  Library library = bare_library();
  if (!library) return fail(Kind::Invalid, "kerberos.krb5-config", std::string(kNoLibrary));
  krb5_get_init_creds_opt* made_options = nullptr;
  krb5_get_init_creds_opt_alloc(library.get(), &made_options);
  OptionsHandle options(made_options, {library.get()});
  krb5_get_init_creds_opt_set_etype_list(made_options, asked.data(), int(asked.size()));
  PrincipalHandle name = handle_of(library.get(), client);
  krb5_init_creds_context made = nullptr;
  krb5_error_code code = krb5_init_creds_init(library.get(), name.get(), nullptr, nullptr, 0, made_options, &made);
  InitHandle state(made, {library.get()});
  LibraryData request(library.get()), realm(library.get());
  krb5_data nothing{};
  unsigned flags = 0;
  if (code == 0) code = krb5_init_creds_step(library.get(), made, &nothing, request.out(), realm.out(), &flags);
  if (code != 0) return fail(Kind::Denied, "kdc.error", library_text(library.get(), code));
  return std::string(request.view());
}

KdcResult<KdcMessage> ask_about(const KdcRoute& route, const Principal& client, const std::vector<int>& encryptions) {
  Result<std::string> request = initial_request(client, encryptions);
  if (!request) return failure(std::move(request).error());
  Result<std::string> said = ask_kdc(route.address, route.transport, *request, route.limit);
  if (!said) return failure(std::move(said).error());
  std::optional<KdcMessage> message = read_kdc_message(*said);
  if (!message) return failure(Error(Kind::Invalid, "kdc.garbage", "its answer is no message of Kerberos"));
  if (message->error != kdc_error::kTooBig || route.transport == KdcTransport::Tcp) return *std::move(message);
  return ask_about({route.address, KdcTransport::Tcp, route.limit}, client, encryptions);
}

KdcResult<KdcClient> KdcClient::sign_in(const KdcRoute& route, const Principal& client, const std::string& keytab) {
  Library library = bare_library();
  if (!library) return failure(Error(Kind::Invalid, "kerberos.krb5-config", std::string(kNoLibrary)));
  krb5_keytab opened = nullptr;
  krb5_error_code code = krb5_kt_resolve(library.get(), cat("FILE:", keytab).c_str(), &opened);
  if (code != 0) return library_failure(library.get(), code);
  std::unique_ptr<_krb5_kt, CloseFile> keys(opened, {library.get()});
  KdcClient made(std::move(library), client);
  Clock::time_point begun = Clock::now();
  Initial initial = TRY(initial_ticket(made.library_.get(), route, client, [&](krb5_init_creds_context state) {
    return krb5_init_creds_set_keytab(made.library_.get(), state, opened);
  }));
  made.took_ = duration_cast<microseconds>(Clock::now() - begun);
  made.tickets_ = initial.tickets;
  made.reply_ = std::move(initial.reply);
  keys.reset();
  return made;
}

KdcResult<KdcClient> KdcClient::sign_in_with_password(const KdcRoute& route, const Principal& client,
                                                      const Secret& password) {
  Library library = bare_library();
  if (!library) return failure(Error(Kind::Invalid, "kerberos.krb5-config", std::string(kNoLibrary)));
  KdcClient made(std::move(library), client);
  std::string text(password.reveal());
  auto initial = initial_ticket(made.library_.get(), route, client, [&](krb5_init_creds_context state) {
    return krb5_init_creds_set_password(made.library_.get(), state, text.c_str());
  });
  explicit_bzero(text.data(), text.size());
  if (!initial) return std::unexpected(std::move(initial).error());
  made.tickets_ = initial->tickets;
  made.reply_ = std::move(initial->reply);
  return made;
}

std::optional<KdcClient> KdcClient::of_this_session(const std::string& realm) {
  Library library = open_library();
  krb5_ccache theirs = nullptr, copy = nullptr;
  if (!library || krb5_cc_default(library.get(), &theirs) != 0) return std::nullopt;
  krb5_principal owner = nullptr;
  krb5_error_code code = krb5_cc_get_principal(library.get(), theirs, &owner);
  Principal principal;
  if (code == 0) principal = principal_of(*owner);
  // A copy, so that what we fetch does not come to be in theirs.
  if (code == 0) code = krb5_cc_new_unique(library.get(), "MEMORY", nullptr, &copy);
  if (code == 0) code = krb5_cc_initialize(library.get(), copy, owner);
  if (code == 0) code = krb5_cc_copy_creds(library.get(), theirs, copy);
  krb5_free_principal(library.get(), owner);
  krb5_cc_close(library.get(), theirs);
  KdcClient made(std::move(library), std::move(principal));
  made.tickets_ = copy;
  if (code != 0 || made.principal_.realm != realm) return std::nullopt;
  return made;
}

KdcClient::KdcClient(KdcClient&& other) noexcept
    : library_(std::move(other.library_)),
      principal_(std::move(other.principal_)),
      tickets_(std::exchange(other.tickets_, nullptr)),
      reply_(std::move(other.reply_)),
      took_(other.took_) {}

KdcClient::~KdcClient() {
  if (tickets_) krb5_cc_destroy(library_.get(), tickets_);
}

KdcResult<ServiceTicket> KdcClient::ticket_for(const KdcRoute& route, const Principal& service) {
  krb5_context library = library_.get();
  PrincipalHandle client = handle_of(library, principal_), server = handle_of(library, service);
  krb5_creds wanted{};
  wanted.client = client.get();
  wanted.server = server.get();
  krb5_tkt_creds_context made = nullptr;
  krb5_error_code code = krb5_tkt_creds_init(library, tickets_, &wanted, 0, &made);
  if (code != 0) return library_failure(library, code);
  TicketHandle state(made, {library});
  auto step = [&](krb5_data* in, krb5_data* out, krb5_data* realm, unsigned* flags) {
    return krb5_tkt_creds_step(library, made, in, out, realm, flags);
  };
  Clock::time_point begun = Clock::now();
  KdcMessage reply = TRY(converse(library, route, service.realm, step));
  return ServiceTicket{.reply = std::move(reply), .took = duration_cast<microseconds>(Clock::now() - begun)};
}

std::string KdcClient::cache_name() const {
  return cat(krb5_cc_get_type(library_.get(), tickets_), ":", krb5_cc_get_name(library_.get(), tickets_));
}

Result<std::string> KdcClient::token_for(const Principal& service) const {
  return first_token(cache_name(), service.to_text());
}

}  // namespace pforte::kerberos
