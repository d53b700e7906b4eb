"""Schemathesis hooks: in two of three requests, ids that exist stand where the fuzzer would put noise.

What the fuzzer has made wrong on purpose is left as it is. Loaded by SCHEMATHESIS_HOOKS=hooks; CAIRN_FUZZ_IDS names
the file that seed.py printed, CAIRN_FUZZ_ANSWERS the one for what was answered.
"""

import atexit
import json
import os
import random

import schemathesis
from schemathesis.core.parameters import ParameterLocation as At

seeded = json.load(open(os.environ["CAIRN_FUZZ_IDS"]))
chance = random.Random(20261123)


def sound(case, place):
    """Whether this part of the request is not wrong on purpose."""
    return case.meta is None or not case.meta.is_negative_at(place)


@schemathesis.hook
def filter_case(ctx, case):
    """A text file has no shape, and the parts of a form are bytes: what is made wrong there (a list, a number) is sent
    as text, and that is right."""
    return not (case.media_type in ("text/csv", "multipart/form-data") and not sound(case, At.BODY))


@schemathesis.hook
def before_call(ctx, case, kwargs):
    end = case.operation.definition.raw.get("operationId", "")
    if case.path_parameters and sound(case, At.PATH):
        for name in list(case.path_parameters):
            known = seeded["ends"].get(end, {}).get(name) or seeded["path"].get(name)
            # a stranger's organisation answers 404 to everything: seldom is enough
            often = 0.97 if name == "org" else 0.7
            if known and chance.random() < often:
                case.path_parameters[name] = chance.choice(known)
    # copies: the fuzzer may look at its own again
    if end in seeded["queries"] and sound(case, At.QUERY) and chance.random() < 0.6:
        case.query = {**dict(case.query or {}), **seeded["queries"][end]}
    if sound(case, At.BODY):
        if end in seeded["bodies"] and isinstance(case.body, dict) and chance.random() < 0.5:
            case.body = {**case.body, **seeded["bodies"][end]}
        if end in seeded["files"] and case.media_type == "text/csv" and chance.random() < 0.5:
            case.body = seeded["files"][end]
    # the fuzzer finds its own token in the list, and would saw off the branch on which it sits
    if (case.path_parameters or {}).get("token") == seeded["own"]:
        case.path_parameters["token"] = seeded["path"]["token"][0]
    case.headers.pop("Authorization", None)
    if end in seeded["session"]:
        case.headers["Cookie"] = seeded["cookie"]
    else:
        case.headers["Authorization"] = seeded["bearer"]
    # a key that was used for another body is refused: most requests come without one
    if sound(case, At.HEADER) and chance.random() < 0.7:
        case.headers.pop("Idempotency-Key", None)
    wants_match = any(one.get("name") == "If-Match" for one in case.operation.definition.raw.get("parameters", []))
    if wants_match and sound(case, At.HEADER) and chance.random() < 0.6:
        case.headers["If-Match"] = "*"


answered = {}


@schemathesis.hook
def after_call(ctx, case, response):
    end = case.operation.definition.raw.get("operationId", "")
    counts = answered.setdefault(end, {})
    counts[response.status_code] = counts.get(response.status_code, 0) + 1


@atexit.register
def tell():
    """Which end answered what how often: it shows what was really reached."""
    with open(os.environ["CAIRN_FUZZ_ANSWERS"], "w") as file:
        json.dump(answered, file)
