//! Cairn: microcredentials that can say why. See `cairn --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cairn::cli::run(std::env::args_os())
}
