"""Puts something real on a fresh site, through the API and the pages, so that the fuzzer meets things that are there.

usage: seed.py BASE SLUG TOKEN COOKIE-JAR DATABASE-FILE; prints JSON: by the name of a path parameter the ids that exist, and what
single ends are rather given (by operationId).
"""

import json
import re
import sqlite3
import sys
import urllib.error
import urllib.parse
import urllib.request

base, slug, token, jar, database = sys.argv[1:6]
org = f"/api/v1/orgs/{slug}"
session = next(line.split("\t")[6] for line in open(jar).read().splitlines() if "\tcairn-session\t" in line)


class Stay(urllib.request.HTTPRedirectHandler):
    """Where a form leads is read, not followed."""

    def redirect_request(self, *_):
        return None


def send(method, path, body=None, kind="application/json", **headers):
    """Status, headers and text of an answer."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, method=method, headers=headers)
    if data is not None:
        request.add_header("Content-Type", kind)
    try:
        answer = urllib.request.build_opener(Stay).open(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers, answer.read().decode()


def api(method, path, body=None, kind="application/json", **headers):
    """What the API answers to the token."""
    status, _, text = send(method, path, body, kind, Authorization=f"Bearer {token}", **headers)
    if status >= 300:
        sys.exit(f"seed: {method} {path}: {status} {text}")
    return json.loads(text) if text else None


def form(path, cookies, **fields):
    """Sends a form; gives the headers of what is answered."""
    body = urllib.parse.urlencode(fields).encode()
    headers = {"Cookie": cookies, "Sec-Fetch-Site": "same-origin"}
    status, answered, text = send("POST", path, body, "application/x-www-form-urlencoded", **headers)
    if status not in (200, 303):
        sys.exit(f"seed: POST {path}: {status} {text[:2000]}")
    return answered


def learner(email):
    """Cookie of a new account: its letter is read where letters wait to be sent, for there is no mail server."""
    asked = form("/sign-in", "", email=email)
    look = "select words from letter where to_address = ? order by created_at desc"
    words = sqlite3.connect(database).execute(look, (email,)).fetchone()[0]
    cookies = "; ".join(one.split(";")[0] for one in asked.get_all("Set-Cookie") or [])
    link = re.search(r"/sign-in/[^\s]+", words).group(0)
    return form(link, cookies, name="Lena Learner")["Set-Cookie"].split(";")[0]


def definition(name):
    """A definition that can be published."""
    return {
        "name": name,
        "description": "Weld a sound fillet and say why it holds.",
        "kind": "MicroCredential",
        "language": "en",
        "criteria": [
            {"id": "fillet", "statement": "Welds a fillet that bends without a crack."},
            {"id": "care", "statement": "Works safely.", "levels": ["fair", "good"], "required": "fair"},
        ],
        "tags": ["welding"],
        "picture": picture,
    }


def published(name, opened=False):
    """Id of a published achievement."""
    one = api("POST", f"{org}/achievements", definition(name))["id"]
    api("POST", f"{org}/achievements/{one}/publish", **{"If-Match": "*"})
    if opened:
        api("PUT", f"{org}/achievements/{one}/open")
    return one


def award(achievement, who):
    """Id of an award."""
    ask = {"achievement": achievement, "version": "1", "email": f"{who}@fuzz.example", "name": who.title()}
    ask["results"] = [{"criterion": "care", "level": "good"}]
    return api("POST", f"{org}/awards", ask)["id"]


def batch(achievement, who):
    """Id of a batch that is checked, or soon is."""
    file = f"email,name\n{who}1@fuzz.example,One\n{who}2@fuzz.example,Two\nnobody,Three\n".encode()
    query = urllib.parse.urlencode({"achievement": achievement, "version": "1", "name": f"{who}.csv"})
    return api("POST", f"{org}/batches?{query}", file, "text/csv")["id"]


def framework(version, last):
    """Id of an imported framework."""
    file = f"id,statement,parent\nA,Welding,\nA1,Fillets,A\nA2,{last},A\n".encode()
    query = urllib.parse.urlencode({"title": "Welding", "uri": "https://fuzz.example/welding", "version": version})
    return api("POST", f"{org}/frameworks?{query}", file, "text/csv")["id"]


def request(achievement):
    """Id of a request that lies with the assessors."""
    where = form(f"/ask/{achievement}", asks)["Location"]
    form(where, asks, revision=1, name="Lena Learner", words="I have welded for years.", do="send")
    return re.search(r"/home/requests/([^/]+)$", where).group(1)


svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><circle cx="256" cy="256" r="200"/></svg>'
picture = {**api("PUT", f"{org}/pictures", svg, "image/svg+xml")["picture"], "alt": "A disc"}
kept = published("Fillet welds", opened=True)
spare = published("Butt welds", opened=True)
draft, *ready = [api("POST", f"{org}/achievements", definition(n))["id"] for n in ("Pipe welds", "Spot welds", "Seam welds")]
awards = [award(kept, who) for who in ("ann", "ben", "cleo", "dan")]
batches = [batch(kept, "early"), batch(kept, "late")]
frameworks = [framework("1", "Butts"), framework("2", "Pipes")]
api("PUT", f"{org}/frameworks/{frameworks[0]}/public", {"public": True})
gone = framework("3", "Gone")
items = [one["id"] for one in api("GET", f"/api/v1/frameworks/{frameworks[0]}/items")["items"]]
invitations = [api("POST", f"{org}/invitations", {"email": f"{n}@fuzz.example", "role": "assessor"})["id"] for n in "xyz"]
asks = learner("lena@fuzz.example")
requests = [request(kept), request(spare)]
cookie = {"Cookie": f"cairn-session={session}"}
made = send("POST", f"{org}/tokens", {"label": "spare", "scopes": ["read"], "days": 1}, **cookie)
me = api("GET", "/api/v1/me")["person"]

print(json.dumps({
    "path": {
        "org": [slug], "achievement": [kept, kept, draft], "version": ["1"], "award": awards, "batch": batches,
        "framework": frameworks, "other": frameworks, "item": items, "invitation": invitations, "request": requests,
        "person": [me], "role": ["owner", "issuer", "assessor", "employer", "registrar"],
        "token": [json.loads(made[2])["token"]["id"]],
    },
    # what takes something away is given what nothing else needs
    "ends": {
        "retireAchievement": {"achievement": [spare]}, "unretireAchievement": {"achievement": [spare]},
        "closeAchievement": {"achievement": [spare]}, "openAchievement": {"achievement": [spare]},
        "deleteFramework": {"framework": [gone]}, "publishAchievement": {"achievement": ready},
    },
    "queries": {
        "uploadBatch": {"achievement": kept, "version": "1"}, "achievementDiff": {"from": 1, "to": 1},
        "importFramework": {"as": "csv", "title": "Fuzz", "uri": "https://fuzz.example/fuzz", "version": "1"},
    },
    # members that make a body one that can be acted on
    "bodies": {
        "award": {
            "achievement": kept, "version": "1", "email": "fay@fuzz.example", "name": "Fay", "awarded": None,
            "valid_until": None, "results": [{"criterion": "care", "level": "good"}], "narrative": None,
        },
        "correctName": {"name": "Dana"},
        "judgeRequest": {
            "revision": 2, "words": "Well done.", "shown": [], "waived": [],
            "criteria": [
                {"criterion": "fillet", "level": "", "met": True}, {"criterion": "care", "level": "good", "met": True},
            ],
        },
        "putPicture": {
            "composed": {"shape": "circle", "ground": "#1f4e5f", "accent": "#f2c14e", "icon": "", "words": "Weld"},
        },
        "gap": {"ads": ["We need a welder who knows project management."], "files": []},
        "plan": {"ads": ["We need a welder who knows project management."], "files": []},
        "rotateKey": {"note": "A new one."},
        "reportKey": {"key": api("GET", f"{org}/keys")["items"][0]["id"], "since": "2026-11-20T00:00:00Z", "note": None},
        "makeToken": {"label": "made", "scopes": ["read"], "days": 3},
    },
    "files": {"uploadBatch": "email,name\ngus@fuzz.example,Gus\n", "importFramework": "id,statement\nA,Welding\n"},
    # what only a person may do, in a session
    "session": ["listMyBadges", "listMyShares", "makeToken", "rotateKey", "reportKey"],
    "cookie": cookie["Cookie"],
    "bearer": f"Bearer {token}",
    "own": next(one["id"] for one in api("GET", f"{org}/tokens")["items"] if one["label"] == "fuzz"),
}))
