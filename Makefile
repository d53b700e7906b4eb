# Two commands are all the set-up there is: `cargo run --release -- demo` and `make test`.
SHELL := /bin/bash
export CAIRN_SHARED ?= $(abspath ../shared)
.PHONY: test check unit e2e interop api-fuzz deny tools fmt bench schemas

## Everything: installs what the tests need (pinned), then lint, unit, vectors, both databases, pages, other people's software, the API.
test: tools check deny unit e2e interop api-fuzz

## What one runs before every commit: format, lints.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

## Unit, property, vector and story tests. Skipped vectors are counted.
unit:
	scripts/unit.sh

## A real browser on the running demo.
e2e: tools
	cargo build --locked
	scripts/e2e.sh

## Other people's verifiers read what we sign; we read what they sign.
interop: tools
	cargo build --locked
	scripts/interop.sh

## An outside fuzzer calls every end of the API for 75 seconds.
api-fuzz: tools
	cargo build --locked
	scripts/api-fuzz.sh

## Licences, duplicate and banned crates, sources.
deny: tools
	scripts/deny.sh

## Debian, npm and PyPI packages that the tests need, pinned. Idempotent.
tools:
	scripts/tools.sh

bench:
	cargo bench --workspace

## Rewrites docs/schema from the Rust types.
schemas:
	CAIRN_WRITE_SCHEMAS=1 cargo test -p cairn --test schemas
