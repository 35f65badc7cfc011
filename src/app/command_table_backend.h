#pragma once

#include "app/command_table.h"

// The part of the command table about the servers behind the gate.

namespace pforte::app {

inline constexpr Phrase kBackendName = {"NAME", "NAME"};
inline constexpr Phrase kServerUrl = {"URL", "URL"};

inline constexpr CommandSpec kBackendListCommand = {
    .command = Command::BackendList,
    .group = "backend",
    .word = "list",
    .operand = kBackendName,
    .summary = {"list the servers behind the gate as it sees them",
                "die Server hinter dem Tor auflisten, wie es sie sieht"},
    .more = {"State, weight, requests under way, and why a server gets none. NAME: of this backend alone.\n",
             "Zustand, Gewicht, laufende Anfragen, und warum ein Server keine erhält. NAME: nur dieses Backend.\n"}};

inline constexpr CommandSpec kBackendDrainCommand = {
    .command = Command::BackendDrain,
    .group = "backend",
    .word = "drain",
    .operand = kBackendName,
    .needs_operand = true,
    .second_operand = kServerUrl,
    .summary = {"give a server, or all of a backend, no new requests",
                "einem Server oder allen eines Backends keine neuen Anfragen geben"},
    .more = {"In force at once, also over a restart. Requests under way end as usual, and clients that are bound to\n"
             "the server go on there.\n",
             "Gilt sofort, auch über einen Neustart hinweg. Laufende Anfragen enden wie sonst, und wer an den Server\n"
             "gebunden ist, bleibt dort.\n"}};

inline constexpr CommandSpec kBackendUndrainCommand = {
    .command = Command::BackendUndrain,
    .group = "backend",
    .word = "undrain",
    .operand = kBackendName,
    .needs_operand = true,
    .second_operand = kServerUrl,
    .summary = {"let a drained server have requests again", "einem ausgeleiteten Server wieder Anfragen geben"}};

}  // namespace pforte::app
