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
                "certificate_expires": { "type": ["string", "null"], "format": "date-time" }
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
                "rc4_tickets": { "type": "integer", "description": "Accepted because allow_rc4 names the principal" }
              }
            }
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
      "Server": {
        "type": "object",
        "properties": {
          "url": { "type": "string" },
          "state": { "enum": ["up", "down", "ejected"] },
          "since": { "$ref": "#/components/schemas/Time" },
          "reason": { "type": ["string", "null"] },
          "certificate_expires": { "type": ["string", "null"], "format": "date-time" }
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
