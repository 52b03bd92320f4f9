//! The program: a command line, and nothing else.

use std::process::ExitCode;

/// Every request makes and drops some hundred small pieces of text.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    acp_gateway::cli::main()
}
