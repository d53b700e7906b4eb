//! Cairn: microcredentials that can say why. See `cairn --help`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cairn::cli::run(std::env::args_os())
}
