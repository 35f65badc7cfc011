"""What lies in Pforte's store before it starts: one agent, or very many and their sessions."""

import random
import secrets
import sqlite3
import subprocess
import time

from processes import Failed
from realm import AGENT, REALM, SERVICE, made_up_keytab

PRINCIPALS = 1_000
AGENTS = 1_000_000
SESSIONS = 100_000
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"


def one_keytab(realm, _folder):
    """The lines of [kerberos.keytabs]."""
    return f'"{SERVICE}@{REALM}" = "{realm.keytab}"'


def many_keytabs(realm, folder):
    """So many services, each with a keytab of its own; the one that is used stands in the middle."""
    lines = []
    for number in range(PRINCIPALS - 1):
        file = folder / f"h{number:04}.keytab"
        lines.append(f'"{made_up_keytab(file, f"h{number:04}.bench.test")}" = "{file}"')
    lines.insert(PRINCIPALS // 2, one_keytab(realm, folder))
    return "\n".join(lines)


def one_agent(program, config, _folder):
    _pforte(program, "agent", "add", "bench", "--principal", AGENT, "--groups", "crm-users,staff", "--config", config)


def many_agents(program, config, folder):
    """Agents through `pforte agent import`; their sessions, which no command makes, by SQL."""
    file = folder / "agents.csv"
    with file.open("w") as rows:
        rows.write("login,name,mail,principals,groups\n")
        for number in range(AGENTS - 1):
            login = f"a{number:07}"
            rows.write(f"{login},Agent {number},{login}@bench.test,{login}@{REALM},crm-users;staff\n")
    _pforte(program, "agent", "import", file, "--config", config)
    file.unlink()
    one_agent(program, config, folder)
    _add_sessions(folder / "pforte.db")


def _add_sessions(database):
    choose = random.Random(1)
    now = int(time.time() * 1000)
    hour = 3_600_000
    with sqlite3.connect(database) as store:
        agents = store.execute("SELECT number, login FROM agent ORDER BY number LIMIT ?", (SESSIONS,)).fetchall()
        rows = []
        for agent, login in agents:
            began = now - choose.randrange(hour // 2)
            client = f"10.{choose.randrange(256)}.{choose.randrange(256)}.7"
            rows.append((secrets.token_urlsafe(16), agent, login, "kerberos", f"{login}@{REALM}", client, BROWSER, began, began,
                         now + 9 * hour))
        store.executemany("INSERT INTO session (id, agent, login, method, principal, client, user_agent, began, seen, expires) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    store.close()


def _pforte(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"pforte {words[0]} {words[1]}: {done.stderr.strip()}")
