#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "net/address.h"

namespace pforte::gate {

// Who is at the other end of a connection, and how.
struct Visitor {
  net::Address peer;      // of the socket, or as its PROXY header said
  std::string peer_text;  // its address without the port, written once
  bool believed = false;  // the peer is a listed proxy: what it says of the client is taken over
  bool tls = false;
};

// A request on its way to a server: its head, and the texts that are not the client's own words.
struct Outgoing {
  http::RequestHead head;
  std::string path;
  std::string cookies;  // only where ours had to be taken out
  std::string x_forwarded_for;
  std::string forwarded;

  void clear();
};

// "https" or "http", as the client sees it.
std::string_view scheme_of(const http::RequestHead& in, const Visitor& visitor);

// Whether a field of that name is the gate's to set: Remote-User and Pforte-*, in any case, and with anything for '-',
// since some applications take both for the same.
bool is_reserved(std::string_view name);

// Whether a request's field is for signing in its connection. The agent's ticket is for the gate alone. It would also
// sign in a connection to the application: behind a gate that shares those, the next agent would be taken for the last.
bool is_ticket(const http::Field& field);

// Whether a request's field makes applications believe in another method than the request line's.
bool overrides_method(const http::Field& field);

// Whether the gate tells applications by this field who asks, or how: no value of a client's means anything there.
// `own_names` as in Rewriting.
bool is_set_by_gate(const http::Field& field, const std::vector<std::string>* own_names);

// The host that the client asked for, as applications are told by X-Forwarded-Host.
std::string_view forwarded_host(const http::RequestHead& in, const Visitor& visitor);

// Fields that make applications believe in another method than the request line's go where methods are judged.
enum class Methods : std::uint8_t { Free, Judged };

// Whether an application may sign in connections by Negotiate, NTLM and the like (http::is_connection_scheme): only
// over a PrivateConnection.
enum class ConnectionSignIn : std::uint8_t { Withheld, Passes };

// How a request is changed on its way.
struct Rewriting {
  const Visitor& visitor;
  std::string_view path;  // what the path gate lets through
  Methods methods = Methods::Free;

  // Names of fields that are the gate's to set besides the reserved ones; null: none.
  const std::vector<std::string>* own_names = nullptr;

  // Authorization was meant for the gate, or the gate sets it: the client's does not pass.
  bool own_authorization = false;

  ConnectionSignIn connection_sign_in = ConnectionSignIn::Withheld;

  // Neither Authorization nor cookies pass: the application does not learn who asks.
  bool withholds_agent = false;
};

// Everything of `in` that the application may see, and what the gate adds: X-Forwarded-For, -Proto, -Host and
// Forwarded. Fields about the connection (RFC 9110, 7.6.1), and those that Connection lists, are left out before
// anything is added, so a client can neither forge nor remove a field of ours. Views in `out` point into `in`, `out`
// and `how`.
void rewrite_request(const http::RequestHead& in, const Rewriting& how, Outgoing& out);

// Takes the gate's own fields out of trailers, which applications may merge into the head. `own_names` as above.
void drop_reserved(http::Fields& trailers, const std::vector<std::string>* own_names = nullptr);

// The answer's head for the client, without the fields of the server's connection and without ours: a
// Pforte-Reference is the gate's word, and so are its cookies. Where signing in connections is withheld, what asks for
// it is left out, since no ticket goes to the application. Views point into `in`.
void rewrite_response(const http::ResponseHead& in, http::Method of_request, ConnectionSignIn sign_in,
                      http::ResponseHead& out);

}  // namespace pforte::gate
