#include "admin/openapi.h"

namespace pforte::admin {

namespace {

constexpr std::string_view kDocument = R"json({
  "openapi": "3.1.0",
  "info": {
    "title": "Pforte",
    "version": "1",
    "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
  },
  "paths": {
    "/metrics": {
      "get": {
        "summary": "Counters and gauges in the text format of Prometheus",
        "responses": { "200": { "description": "The numbers", "content": { "text/plain": {} } } }
      }
    },
    "/api/v1/status": {
      "get": {
        "summary": "What runs, since when, sites, listeners, backends and their servers",
        "responses": {
          "200": {
            "description": "The gate at this instant",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Status" } } }
          }
        }
      }
    },
    "/api/v1/sign-ins/{reference}": {
      "get": {
        "summary": "How the sign-in of one request went, by its Pforte-Reference. Only through the control socket.",
        "parameters": [
          { "name": "reference", "in": "path", "required": true, "schema": { "type": "string" } }
        ],
        "responses": {
          "200": {
            "description": "What happened when",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/SignIn" } } }
          },
          "403": { "description": "Not through the control socket", "content": { "application/problem+json": {} } },
          "404": {
            "description": "Nothing is known of it, and why",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NoSignIn" } } }
          }
        }
      }
    },
    "/api/v1/openapi.json": {
      "get": {
        "summary": "This document",
        "responses": { "200": { "description": "OpenAPI 3.1", "content": { "application/json": {} } } }
      }
    },
    "/api/v1/follow": {
      "post": {
        "summary": "Takes over at once what a command has changed in the store; on the control socket only",
        "responses": {
          "200": { "description": "Every worker goes by it" },
          "503": { "description": "The store cannot be read" }
        }
      }
    },
    "/api/v1/cache": {
      "get": {
        "summary": "What the cache of answers takes and may take in bytes, and how many it has",
        "responses": { "200": { "description": "bytes, limit, entries", "content": { "application/json": {} } } }
      }
    },
    "/api/v1/cache/purge": {
      "post": {
        "summary": "Takes answers out of the cache. Only through the control socket.",
        "parameters": [
          { "name": "site", "in": "query", "schema": { "type": "string" }, "description": "A host; else all sites" },
          { "name": "path", "in": "query", "schema": { "type": "string" }, "description": "What paths begin with" }
        ],
        "responses": {
          "200": { "description": "How many: purged", "content": { "application/json": {} } },
          "403": { "description": "Not through the control socket", "content": { "application/problem+json": {} } },
          "404": { "description": "There is no such site", "content": { "application/problem+json": {} } }
        }
      }
    },
    "/api/v1/capture": {
      "post": {
        "summary": "Captures what clients' connections carry, as long as it lasts. Only through the control socket.",
        "parameters": [
          { "name": "for", "in": "query", "required": true, "schema": { "type": "integer" }, "description": "ms" },
          { "name": "limit", "in": "query", "required": true, "schema": { "type": "integer" }, "description": "Bytes" },
          { "name": "client", "in": "query", "schema": { "type": "string" }, "description": "An address or network" },
          { "name": "site", "in": "query", "schema": { "type": "string" }, "description": "A host" },
          { "name": "secrets", "in": "query", "schema": { "enum": ["yes", "no"] }, "description": "Of TLS" },
          { "name": "by", "in": "query", "schema": { "type": "string" }, "description": "Who asks, for the log" }
        ],
        "responses": {
          "200": {
            "description": "Blocks of pcapng; the first and the last are of type 0x80504654 and hold JSON about it",
            "content": { "application/octet-stream": {} }
          },
          "400": { "description": "Not to be understood: code, reason", "content": { "application/json": {} } },
          "403": { "description": "Not through the control socket", "content": { "application/problem+json": {} } },
          "404": { "description": "Nobody has the site", "content": { "application/json": {} } },
          "409": { "description": "One is under way: by, filter, until", "content": { "application/json": {} } }
        }
      }
    },
    "/api/v1/capture/end": {
      "post": {
        "summary": "Ends a capture. Only through the control socket.",
        "parameters": [
          { "name": "number", "in": "query", "required": true, "schema": { "type": "integer" }, "description": "Which" }
        ],
        "responses": {
          "200": { "description": "It ends, or has ended", "content": { "application/json": {} } },
          "400": { "description": "No number", "content": { "application/problem+json": {} } },
          "403": { "description": "Not through the control socket", "content": { "application/problem+json": {} } }
        }
      }
    },
    "/api/v1/renewals": {
      "post": {
        "summary": "Obtains certificates by ACME that are due or have failed, and waits. Only through the control socket.",
        "parameters": [
          { "name": "name", "in": "query", "schema": { "type": "string" }, "description": "A host; else all" },
          { "name": "force", "in": "query", "schema": { "enum": ["yes", "no"] }, "description": "Also what is not due" }
        ],
        "responses": {
          "200": {
            "description": "Those that were meant, as they are now",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/RenewalOutcome" } } }
          },
          "403": { "description": "Not through the control socket", "content": { "application/problem+json": {} } },
          "404": {
            "description": "No site has the name with a certificate by ACME",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/RenewalOutcome" } } }
          }
        }
      }
    },
    "/api/v1/reload": {
      "post": {
        "summary": "Reads the configuration again; an invalid one changes nothing. Only through the control socket.",
        "responses": {
          "200": {
            "description": "The new configuration is in force",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/ReloadOutcome" } } }
          },
          "403": { "description": "Not through the control socket", "content": { "application/problem+json": {} } },
          "422": {
            "description": "Refused: nothing has changed",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/ReloadOutcome" } } }
          }
        }
      }
    }
  },
  "components": {
    "schemas": {
      "Time": { "type": "string", "format": "date-time" },
      "Text": {
        "type": "object",
        "properties": { "en": { "type": "string" }, "de": { "type": "string" } }
      },
      "Renewal": {
        "type": "object",
        "properties": {
          "names": { "type": "array", "items": { "type": "string" } },
          "ca": { "type": "string" },
          "state": { "enum": ["waiting", "under-way", "failing"] },
          "expires": { "type": ["string", "null"], "format": "date-time" },
          "next_attempt": { "type": ["string", "null"], "format": "date-time" },
          "last_attempt": { "type": ["string", "null"], "format": "date-time" },
          "failures": { "type": "integer", "description": "In a row" },
          "code": { "type": ["string", "null"], "description": "Of the last failure, as in docs/errors.md" },
          "problem": { "oneOf": [{ "$ref": "#/components/schemas/Text" }, { "type": "null" }] },
          "remedy": { "oneOf": [{ "$ref": "#/components/schemas/Text" }, { "type": "null" }] }
        }
      },
      "RenewalOutcome": {
        "type": "object",
        "properties": {
          "ok": { "type": "boolean", "description": "None has failed" },
          "renewals": { "type": "array", "items": { "$ref": "#/components/schemas/Renewal" } }
        }
      },
      "Status": {
        "type": "object",
        "properties": {
          "version": { "type": "string" },
          "pid": { "type": "integer" },
          "since": { "$ref": "#/components/schemas/Time" },
          "configuration": {
            "type": "object",
            "properties": { "file": { "type": "string" }, "loaded": { "$ref": "#/components/schemas/Time" } }
          },
          "connections": {
            "type": "object",
            "properties": {
              "clients": { "type": "integer" },
              "backend_busy": { "type": "integer" },
              "backend_idle": { "type": "integer" }
            }
          },
          "listeners": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "address": { "type": "string" },
                "kind": { "enum": ["https", "http", "redirect"] }
              }
            }
          },
          "sites": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "hosts": { "type": "array", "items": { "type": "string" } },
                "backend": { "type": "string" },
                "certificate_expires": { "type": ["string", "null"], "format": "date-time" },
                "hosts_without_certificate": {
                  "type": "array", "items": { "type": "string" },
                  "description": "Of a site with certificate = auto: the inventory has none for them, and TLS is refused"
                }
              }
            }
          },
          "backends": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "name": { "type": "string" },
                "servers": { "type": "array", "items": { "$ref": "#/components/schemas/Server" } }
              }
            }
          },
          "renewals": {
            "type": "array",
            "description": "Certificates that come by ACME",
            "items": { "$ref": "#/components/schemas/Renewal" }
          },
          "services": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": { "name": { "enum": ["kerberos", "ldap", "database"] }, "runs": { "type": "boolean" } }
            }
          },
          "ldap_servers": {
            "type": "array",
            "description": "In the order in which they are asked",
            "items": { "$ref": "#/components/schemas/LdapServer" }
          },
          "expiring_certificates": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "sha256": { "type": "string" },
                "name": { "type": "string" },
                "owner": { "type": "string" },
                "expires": { "$ref": "#/components/schemas/Time" },
                "uses": { "type": "array", "items": { "type": "string" } }
              }
            }
          },
          "keys": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "principal": { "type": "string" },
                "keytab": { "type": "string" },
                "usable": { "type": "boolean" },
                "problem": { "oneOf": [{ "$ref": "#/components/schemas/Text" }, { "type": "null" }] },
                "key_versions": { "type": "array", "items": { "type": "integer" } },
                "encryptions": { "type": "array", "items": { "type": "string" } },
                "written": {
                  "type": ["string", "null"],
                  "format": "date-time",
                  "description": "The newest key, as the keytab has it; null where it says nothing, as ktpass does"
                },
                "rc4_tickets": { "type": "integer", "description": "Accepted because allow_rc4 names the principal" },
                "drift": { "type": "array", "items": { "$ref": "#/components/schemas/KeyDrift" } }
              }
            }
          },
          "capture": {
            "oneOf": [
              {
                "type": "object",
                "description": "What is being captured, and for whom; only through the control socket",
                "properties": {
                  "by": { "type": "string" },
                  "filter": { "type": "string" },
                  "begun": { "$ref": "#/components/schemas/Time" },
                  "until": { "$ref": "#/components/schemas/Time" },
                  "secrets": { "type": "boolean" },
                  "connections": { "type": "integer" },
                  "bytes": { "type": "integer" }
                }
              },
              { "type": "null" }
            ]
          },
          "delegated_tickets": {
            "type": ["object", "null"],
            "description": "Where tickets that clients forward are kept; null where they are dropped",
            "properties": {
              "folder": { "type": "string" },
              "problem": { "oneOf": [{ "$ref": "#/components/schemas/Text" }, { "type": "null" }] }
            }
          }
        }
      },
      "KeyDrift": {
        "type": "object",
        "description": "A version that tickets name and the keytab lacks; unproven, as anybody can write it into a token",
        "properties": {
          "key_version": { "type": "integer" },
          "shared": { "type": "boolean", "description": "The last of several, far from those of the keytab" },
          "age": { "enum": ["newer", "older"], "description": "older: normal for a ticket's life after a new keytab" },
          "first": { "$ref": "#/components/schemas/Time" },
          "last": { "$ref": "#/components/schemas/Time" },
          "tickets": { "type": "integer" },
          "clients": { "type": "integer" },
          "many_clients": { "type": "boolean", "description": "That many or more" },
          "contradicted": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "When the KDC, after the last such ticket, made one with a version of the keytab"
          },
          "remedy": { "$ref": "#/components/schemas/Text" }
        }
      },
      "Server": {
        "type": "object",
        "properties": {
          "url": { "type": "string" },
          "state": {
            "enum": ["up", "down", "ejected", "drained"],
            "description": "drained, if it is, whatever the other keys say"
          },
          "since": { "$ref": "#/components/schemas/Time" },
          "reason": { "type": ["string", "null"] },
          "failures_in_a_row": { "type": "integer", "description": "Requests that failed since one succeeded, a check passed or the server was taken back in" },
          "certificate_expires": { "type": ["string", "null"], "format": "date-time" },
          "check": {
            "type": ["object", "null"],
            "description": "The last health check; null where nobody checks",
            "properties": {
              "kind": { "enum": ["http", "tcp", "tls"] },
              "passed": { "type": "boolean" },
              "code": { "type": ["string", "null"], "description": "Why not: see errors.md" },
              "reason": { "type": ["string", "null"] },
              "at": { "$ref": "#/components/schemas/Time" },
              "milliseconds": { "type": "integer" }
            }
          },
          "healthy": { "type": "boolean", "description": "By its health check, if it has one" },
          "ejected": { "type": "boolean", "description": "Left out for a while, since requests failed" },
          "drained": { "type": "boolean", "description": "An administrator keeps it from new requests" },
          "backup": { "type": "boolean" },
          "weight": { "type": "integer" },
          "requests": { "type": "integer", "description": "Under way" },
          "max_requests": { "type": "integer", "description": "At once; 0: any number" }
        }
      },
      "LdapServer": {
        "type": "object",
        "properties": {
          "url": { "type": "string" },
          "state": { "enum": ["up", "down"], "description": "down: it has not answered since it failed" },
          "left_alone_until": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "While it is not asked; null with down: the next sign-in asks it"
          },
          "failed": { "type": ["string", "null"], "format": "date-time", "description": "The last time" },
          "reason": { "type": ["string", "null"], "description": "Of the last failure" }
        }
      },
      "SignIn": {
        "type": "object",
        "properties": {
          "reference": { "type": "string" },
          "found": { "const": true },
          "outcome": { "enum": ["signed-in", "goes-on", "refused", "client-left"] },
          "request": {
            "type": "object",
            "properties": {
              "time": { "$ref": "#/components/schemas/Time" },
              "client": { "type": "string" },
              "host": { "type": "string" },
              "site": { "type": ["string", "null"] },
              "method": { "type": "string" },
              "path": { "type": "string", "description": "Without the query" }
            }
          },
          "offered": {
            "type": "object",
            "properties": {
              "kind": {
                "enum": ["spnego", "krb5", "continuation", "spnego-without-ticket", "ntlm", "other-mechanism",
                         "garbage", "negotiate", "form", "token"],
                "description": "negotiate: refused before it was looked into"
              },
              "bytes": { "type": ["integer", "null"], "description": "Of a ticket's token, decoded" }
            }
          },
          "ticket": {
            "type": ["object", "null"],
            "properties": {
              "service": { "type": "string", "description": "This and the next two: as the ticket claims" },
              "key_version": { "type": ["integer", "null"] },
              "encryption": { "type": "string" },
              "key": {
                "type": ["object", "null"],
                "description": "Whose keys were tried, from which keytab",
                "properties": {
                  "principal": { "type": "string" },
                  "keytab": { "type": "string" },
                  "versions": { "type": "array", "items": { "type": "integer" } }
                }
              },
              "opened": { "type": "boolean", "description": "A key fits; what follows is there only then" },
              "client": { "type": "string" },
              "authenticated": { "$ref": "#/components/schemas/Time" },
              "begins": { "$ref": "#/components/schemas/Time" },
              "ends": { "$ref": "#/components/schemas/Time" },
              "asked": { "type": ["string", "null"], "format": "date-time", "description": "By the client's clock" },
              "clock_ahead_s": { "type": ["integer", "null"], "description": "The client's clock against ours" }
            }
          },
          "providers": {
            "type": "array",
            "description": "Asked for the password, in this order",
            "items": {
              "type": "object",
              "properties": {
                "name": { "enum": ["ldap", "database"] },
                "said": {
                  "enum": ["accepted", "no-such-login", "wrong-password", "waits", "refused", "silent", "stopped"]
                },
                "reason": { "type": ["string", "null"] },
                "took_us": { "type": "integer" },
                "store_us": { "type": "integer", "description": "Of that, in our own store" }
              }
            }
          },
          "times": {
            "type": "object",
            "properties": {
              "waited_us": { "type": "integer", "description": "For a thread" },
              "accepting_us": { "type": "integer", "description": "The ticket" },
              "finding_us": { "type": "integer", "description": "The agent of a ticket or token, in our own store" },
              "took_us": { "type": "integer", "description": "From the request's head to the outcome" }
            }
          },
          "agent": {
            "type": ["object", "null"],
            "properties": {
              "login": { "type": "string" },
              "method": { "enum": ["kerberos", "ldap", "database", "token"] },
              "principal": { "type": ["string", "null"] },
              "found_by": { "enum": ["principal", "login-fallback", "rule", null] },
              "rule": { "type": ["string", "null"], "description": "Its place in the configuration" },
              "created": { "type": "boolean" }
            }
          },
          "waiting_login": { "type": ["string", "null"], "description": "As typed, where it has failed too often" },
          "session": {
            "type": ["object", "null"],
            "properties": { "id": { "type": "string" }, "ends": { "$ref": "#/components/schemas/Time" } }
          },
          "problem": {
            "type": ["object", "null"],
            "properties": {
              "code": { "type": "string" },
              "reason": { "type": "string" },
              "remedy": { "oneOf": [{ "$ref": "#/components/schemas/Text" }, { "type": "null" }] }
            }
          }
        }
      },
      "NoSignIn": {
        "type": "object",
        "properties": {
          "reference": { "type": "string" },
          "found": { "const": false },
          "why": {
            "enum": ["unknown", "forgotten", "no-sign-in"],
            "description": "No request of this gate since it started; too old; the request had none, or is not over"
          },
          "kept": { "type": "integer", "description": "Of each kind and worker" },
          "gate_since": { "$ref": "#/components/schemas/Time" },
          "access_log": { "type": ["string", "null"] }
        }
      },
      "ReloadOutcome": {
        "type": "object",
        "properties": {
          "ok": { "type": "boolean" },
          "problems": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "severity": { "enum": ["error", "warning", "note"] },
                "file": { "type": "string" },
                "line": { "type": "integer", "description": "From 1; 0 is the file as a whole" },
                "column": { "type": "integer", "description": "In characters from 1; 0 is the line as a whole" },
                "code": { "type": "string" },
                "what": { "$ref": "#/components/schemas/Text" },
                "remedy": { "$ref": "#/components/schemas/Text" }
              }
            }
          }
        }
      }
    }
  }
}
)json";

}  // namespace

std::string_view openapi_document() {
  return kDocument;
}

}  // namespace pforte::admin
